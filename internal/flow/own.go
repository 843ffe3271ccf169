package flow

import (
	"go/token"

	"golang.org/x/tools/go/ssa"
)

// intoOwn applies a store of the obligation in a field of a struct that this
// function has made and hasn't given to anybody yet: the struct holds it from
// then on. It reports false for all other stores.
func (f *follower) intoOwn(st *state, store *ssa.Store) bool {
	part, ok := store.Addr.(*ssa.FieldAddr)
	if !ok || !f.carries(*st, store.Val) {
		return false
	}
	if own, ok := part.X.(*ssa.Alloc); ok {
		if f.givenBefore(own, nil, part, store) {
			return false
		}
		st.held = st.held.with(own)
		return true
	}
	own, cell := ownBehind(part.X)
	if own == nil || f.givenBefore(own, cell, part, store) {
		return false
	}
	st.held = st.held.with(own, cell)
	return true
}

// ownBehind returns the struct that v is loaded as from a variable which
// never holds anything else.
func ownBehind(v ssa.Value) (own, cell *ssa.Alloc) {
	load, ok := v.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return nil, nil
	}
	cell, ok = load.X.(*ssa.Alloc)
	if !ok {
		return nil, nil
	}
	own, ok = onlyStore(cell).(*ssa.Alloc)
	if !ok {
		return nil, nil
	}
	for _, ref := range *cell.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store, *ssa.UnOp, *ssa.DebugRef:
		case *ssa.MakeClosure:
			for i, bound := range ref.Bindings {
				if bound == cell && assigns(ref.Fn.(*ssa.Function), i) {
					return nil, nil
				}
			}
		default:
			return nil, nil
		}
	}
	return own, cell
}

// givenBefore reports whether somebody else can have a struct when a field of
// it is stored, or can have the address of the field. The struct may lie
// behind a variable as well.
func (f *follower) givenBefore(own, cell *ssa.Alloc, part *ssa.FieldAddr, store *ssa.Store) bool {
	if f.passedBefore(own, cell, part, store) {
		return true
	}
	if cell == nil {
		return false
	}
	earlier, at := f.earlierThan(store.Block()), indexOf(store)
	for _, ref := range *cell.Referrers() {
		switch ref := ref.(type) {
		case *ssa.UnOp:
			if f.passedBefore(ref, nil, part, store) {
				return true
			}
		case *ssa.MakeClosure:
			if earlier[ref.Block()] || ref.Block() == store.Block() && indexOf(ref) < at {
				return true
			}
		}
	}
	return false
}

// passedBefore looks at one name of the struct; cell is a variable that may
// have it.
func (f *follower) passedBefore(own ssa.Value, cell *ssa.Alloc, part *ssa.FieldAddr, store *ssa.Store) bool {
	earlier, at := f.earlierThan(store.Block()), indexOf(store)
	for _, ref := range *own.Referrers() {
		switch ref := ref.(type) {
		case *ssa.DebugRef, *ssa.BinOp:
		case *ssa.FieldAddr:
			if ref.Field != part.Field {
				continue
			}
			for _, use := range *ref.Referrers() {
				switch use := use.(type) {
				case *ssa.DebugRef:
				case *ssa.UnOp:
				case *ssa.Store:
					if use.Addr != ref {
						return true
					}
				default:
					return true
				}
			}
		case *ssa.Store:
			if ref.Addr == own || cell != nil && ref.Addr == cell {
				continue
			}
			if earlier[ref.Block()] || ref.Block() == store.Block() && indexOf(ref) < at {
				return true
			}
		case *ssa.UnOp:
		case *ssa.Phi:
			return true // its uses would have to be looked at too
		default:
			if earlier[ref.Block()] || ref.Block() == store.Block() && indexOf(ref) < at {
				return true
			}
		}
	}
	return false
}
