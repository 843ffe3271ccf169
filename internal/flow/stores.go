package flow

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// StrandKind says why an obligation in a field or package variable is lost.
type StrandKind uint8

const (
	StrandUnread     StrandKind = iota // nothing in the package ever calls it or takes it from there
	StrandLoop                         // the next turn of a loop overwrites it
	StrandCalledMore                   // the function around the store runs again and overwrites it
	StrandLate                         // all that ever calls it waits for its context first
)

// Strand is a store that loses an obligation.
type Strand struct {
	Kind  StrandKind
	Store ssa.Instruction // the Store, MapUpdate or Send
	Place *types.Var      // the field or variable
	Made  Obligation
	Again []ssa.CallInstruction // with StrandCalledMore: the calls
}

// stranding is what a package knows of its strands.
type stranding struct {
	done  bool
	found []Strand

	mentioned map[*ssa.Function]*mentioned
}

// placeAt returns the field or package variable that an address is in.
func placeAt(addr ssa.Value) *types.Var {
	switch addr := addr.(type) {
	case *ssa.FieldAddr:
		return fieldOf(addr)
	case *ssa.Global:
		v, _ := addr.Object().(*types.Var)
		return v
	case *ssa.IndexAddr:
		if load, ok := addr.X.(*ssa.UnOp); ok && load.Op == token.MUL {
			return placeAt(load.X)
		}
		return placeAt(addr.X) // an array
	}
	return nil
}

// placeIn returns the field or package variable that a map or a channel was
// loaded from.
func placeIn(v ssa.Value) *types.Var {
	if load, ok := v.(*ssa.UnOp); ok && load.Op == token.MUL {
		return placeAt(load.X)
	}
	return nil
}

func fieldOf(addr *ssa.FieldAddr) *types.Var {
	t := addr.X.Type().Underlying()
	if ptr, ok := t.(*types.Pointer); ok {
		t = ptr.Elem().Underlying()
	}
	if s, ok := t.(*types.Struct); ok {
		return s.Field(addr.Field).Origin()
	}
	return nil
}

// strands reports whether an instruction stores the obligation in a place that
// keeps nothing.
func (f *follower) strands(st *state, store ssa.Instruction, val ssa.Value, place *types.Var) bool {
	if f.ignored == nil || place == nil || !f.carries(*st, val) || !f.ignored(place) {
		return false
	}
	if !slices.Contains(f.ignores, store) {
		f.ignores = append(f.ignores, store)
	}
	return true
}

// gathers puts the obligation in a map, slice or array of this function: the
// whole holds it from then on.
func (f *follower) gathers(st *state, whole, val ssa.Value) bool {
	if f.ignored == nil || !f.carries(*st, val) {
		return false
	}
	switch whole.(type) {
	case *ssa.MakeMap, *ssa.MakeSlice, *ssa.Alloc, *ssa.Slice, *ssa.Phi, *ssa.Call:
		st.held = st.held.with(whole)
		return true
	}
	return false
}

// appends applies the built-in append: what it returns holds what went in.
func (f *follower) appends(st *state, call *ssa.Call) bool {
	b, ok := call.Call.Value.(*ssa.Builtin)
	if !ok || b.Name() != "append" {
		return false
	}
	st.held = st.held.assign(call, slices.ContainsFunc(call.Call.Args, st.held.has))
	return true
}

// unpacks reports whether an instruction takes something out of a whole that
// holds the obligation: whoever does may call it.
func (f *follower) unpacks(st *state, instr ssa.Instruction) bool {
	var from ssa.Value
	switch instr := instr.(type) {
	case *ssa.Lookup:
		from = instr.X
	case *ssa.Range:
		from = instr.X
	case *ssa.IndexAddr:
		if onlyStoredTo(instr) {
			return false
		}
		from = instr.X
	}
	if !st.held.has(from) {
		return false
	}
	f.fate.Kept = true
	return true
}

func onlyStoredTo(addr ssa.Value) bool {
	for _, ref := range *addr.Referrers() {
		if store, ok := ref.(*ssa.Store); !ok || store.Addr != addr {
			return false
		}
	}
	return true
}

// argumentUse is Package.argumentUse, but for what a callee of this package
// stores in a place that keeps nothing.
func (f *follower) argumentUse(call *ssa.CallCommon, i int) ParamUse {
	use := f.p.argumentUse(call, i)
	if f.ignored == nil || use != UseKept || call.IsInvoke() {
		return use
	}
	callee := f.p.callers().callee(call)
	if callee == nil || i >= len(callee.Params) || f.depth > 4 {
		return use
	}
	inner := newFollower(f.p, callee, false)
	inner.ignored, inner.depth = f.ignored, f.depth+1
	inner.follow(callee.Blocks[0], 0, state{held: set{callee.Params[i]}})
	if inner.fate.use() != UseDropped {
		return use
	}
	for _, store := range inner.ignores {
		if !slices.Contains(f.ignores, store) {
			f.ignores = append(f.ignores, store)
		}
	}
	return UseDropped
}

// strandedFrom follows an obligation as if some places kept nothing: it
// returns the stores in them that it is lost by.
func (p *Package) strandedFrom(o Obligation, ignored func(*types.Var) bool) []ssa.Instruction {
	f := newFollower(p, o.Call.Parent(), true)
	f.source, f.result, f.ignored = o.Call, o.Result, ignored
	var st state
	if _, tuple := o.Call.Type().(*types.Tuple); !tuple {
		st.held = set{o.Call}
	}
	st.armed, st.exposed = f.before(o.Call)
	st.decided = f.dominatingDecisions(o.Call)
	f.follow(o.Call.Block(), indexOf(o.Call)+1, st)
	if f.fate.Cut || len(f.fate.Lost) == 0 {
		return nil
	}
	return f.ignores
}

// Strands returns the stores in the package that lose an obligation which is
// called on all other ways, if it had been kept.
func (p *Package) Strands() []Strand {
	if p.stranding.done {
		return p.stranding.found
	}
	p.stranding.done = true
	for _, fn := range p.Funcs {
		for _, body := range fn.Bodies {
			for _, call := range p.Makers(body) {
				for _, result := range p.Obligations(call.Common()) {
					p.findStrand(Obligation{call, result})
				}
			}
		}
	}
	return p.stranding.found
}

func (p *Package) findStrand(o Obligation) {
	fate := p.FateOf(o.Call, o.Result, true)
	if !fate.Kept && !fate.Launched || len(fate.Lost) > 0 || fate.Cut {
		return // lostcancel's, or nobody's
	}
	index := p.placeIndex()
	for _, store := range p.strandedFrom(o, index.dead) {
		p.strand(Strand{Kind: StrandUnread, Store: store, Place: storedIn(store), Made: o})
	}
	for _, ref := range p.fieldStores(o) {
		place := placeAt(ref.Addr)
		if p.onlyLate(o, place) {
			for _, store := range p.strandedFrom(o, func(v *types.Var) bool { return v == place }) {
				p.strand(Strand{Kind: StrandLate, Store: store, Place: place, Made: o})
			}
		}
		if !ast.IsExported(place.Name()) || index.private(place) {
			p.findOverwrite(o, ref, place)
		}
	}
}

// strand adds a finding, if its store has none yet.
func (p *Package) strand(found Strand) {
	if !slices.ContainsFunc(p.stranding.found, func(s Strand) bool { return s.Store == found.Store }) {
		p.stranding.found = append(p.stranding.found, found)
	}
}

// storedIn is the place that an instruction stores in.
func storedIn(store ssa.Instruction) *types.Var {
	switch store := store.(type) {
	case *ssa.Store:
		return placeAt(store.Addr)
	case *ssa.MapUpdate:
		return placeIn(store.Map)
	case *ssa.Send:
		return placeIn(store.Chan)
	}
	return nil
}

// fieldStores returns the stores of this obligation itself, in its own body,
// in places of the package.
func (p *Package) fieldStores(o Obligation) []*ssa.Store {
	var out []*ssa.Store
	seen := make(map[ssa.Value]bool)
	var follow func(v ssa.Value)
	follow = func(v ssa.Value) {
		if seen[v] {
			return
		}
		seen[v] = true
		for _, ref := range *v.Referrers() {
			switch ref := ref.(type) {
			case *ssa.Store:
				if place := placeAt(ref.Addr); ref.Val == v && place != nil && p.placeIndex().isPlace(place) {
					out = append(out, ref)
				}
			case *ssa.ChangeType:
				follow(ref)
			}
		}
	}
	if _, tuple := o.Call.Type().(*types.Tuple); !tuple {
		follow(o.Call)
		return out
	}
	for _, ref := range *o.Call.Referrers() {
		if extract, ok := ref.(*ssa.Extract); ok && extract.Index == o.Result {
			follow(extract)
		}
	}
	return out
}
