package flow

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// stays reports whether the select receives from the same channel in the next
// turn.
func (s *spinner) stays() bool {
	ch := s.ch
	for {
		conv, ok := ch.(*ssa.ChangeType)
		if !ok {
			break
		}
		ch = conv.X
	}
	loop := s.loop()
	switch v := ch.(type) {
	case *ssa.Phi:
		return !loop.has(v.Block()) || s.samePhi(v)
	case *ssa.UnOp:
		return v.Op == token.MUL && !s.changes(v.X)
	case *ssa.Call, *ssa.Extract, *ssa.MakeChan:
		return !loop.has(v.(ssa.Instruction).Block())
	case *ssa.Parameter, *ssa.FreeVar:
		return true
	}
	return false
}

// samePhi reports whether a variable keeps its value on the ways that were
// walked.
func (s *spinner) samePhi(phi *ssa.Phi) bool {
	for i, e := range phi.Edges {
		pred := phi.Block().Preds[i]
		if s.visited[pred] && e != ssa.Value(phi) {
			return false
		}
	}
	return true
}

// changes reports whether a variable or field that holds the channel may get
// another one, in the case or by who closes it.
func (s *spinner) changes(addr ssa.Value) bool {
	loop := s.loop()
	switch cell := cellOf(addr).(type) {
	case *ssa.Alloc:
		if loop.has(cell.Block()) && cell.Parent() == s.sel.Parent() {
			return true // a new variable in each turn
		}
		return s.stored(func(store *ssa.Store) bool { return cellOf(store.Addr) == ssa.Value(cell) })
	case *ssa.Global:
		return s.stored(func(store *ssa.Store) bool { return store.Addr == ssa.Value(cell) })
	case *ssa.FieldAddr:
		// The struct itself must be the same one.
		if !s.settled(cell.X, loop) {
			return true
		}
		field := fieldAt(types.Unalias(cell.X.Type()).Underlying().(*types.Pointer).Elem(), cell.Field)
		return s.stored(func(store *ssa.Store) bool {
			a, ok := store.Addr.(*ssa.FieldAddr)
			if !ok {
				return false
			}
			if _, fresh := a.X.(*ssa.Alloc); fresh && !s.visited[store.Block()] {
				return false // a new struct is filled
			}
			return fieldAt(types.Unalias(a.X.Type()).Underlying().(*types.Pointer).Elem(), a.Field) == field
		})
	}
	return true
}

// settled reports whether a pointer is the same in each turn.
func (s *spinner) settled(v ssa.Value, loop *region) bool {
	switch v := v.(type) {
	case *ssa.Parameter, *ssa.FreeVar, *ssa.Global:
		return true
	case *ssa.UnOp:
		if v.Op != token.MUL {
			return false
		}
		switch cell := cellOf(v.X).(type) {
		case *ssa.Alloc, *ssa.Global:
			return !s.changes(v.X)
		case *ssa.FieldAddr:
			return s.settled(cell.X, loop) && !s.changes(v.X)
		}
		return false
	case *ssa.FieldAddr:
		return s.settled(v.X, loop)
	case *ssa.Phi:
		return !loop.has(v.Block()) || s.samePhi(v)
	case ssa.Instruction:
		return !loop.has(v.Block())
	}
	return false
}

// stored reports whether a store that is meant may run while the loop turns:
// in the blocks that were walked, or in another function that isn't known to
// be over. Functions that fill what they have just made don't count.
func (s *spinner) stored(meant func(*ssa.Store) bool) bool {
	for _, fn := range s.p.bodies() {
		for _, block := range fn.Blocks {
			if fn == s.sel.Parent() && !s.visited[block] {
				continue
			}
			for _, instr := range block.Instrs {
				store, ok := instr.(*ssa.Store)
				if !ok || !meant(store) {
					continue
				}
				if fn == s.sel.Parent() || s.reached(fn) || s.closesIn(fn) {
					return true
				}
			}
		}
	}
	return false
}

// reached reports whether a walked block calls fn.
func (s *spinner) reached(fn *ssa.Function) bool {
	seen := make(map[*ssa.Function]bool)
	var calls func(block *ssa.BasicBlock) bool
	calls = func(block *ssa.BasicBlock) bool {
		for _, instr := range block.Instrs {
			site, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			callee := s.g.world.callee(site.Common())
			if callee == nil {
				callee = s.p.bodyOf(site.Common().Value)
			}
			if callee == nil || seen[callee] {
				continue
			}
			seen[callee] = true
			if callee == fn || slices.ContainsFunc(callee.Blocks, calls) {
				return true
			}
		}
		return false
	}
	for block := range s.visited {
		if calls(block) {
			return true
		}
	}
	return false
}

func (s *spinner) closesIn(fn *ssa.Function) bool {
	return slices.ContainsFunc(s.g.channelOf(s.ch).closes, func(op *chanOp) bool { return op.fn() == fn })
}

// pollsStop reports whether a condition that came out as taken means that a
// select with a default received from a channel by which the spinning select
// leaves the loop as well: it asks for the same stop once more.
func (s *spinner) pollsStop(cond ssa.Value, taken bool) bool {
	compare, ok := cond.(*ssa.BinOp)
	if !ok || !taken {
		return false
	}
	sel, i := dispatch(compare)
	if sel == nil || sel.Blocking || i < 0 || i >= len(sel.States) || sel.States[i].Dir != types.RecvOnly {
		return false
	}
	polled := s.nameOf(sel.States[i].Chan)
	for k, st := range s.sel.States {
		if k == s.index || st.Dir != types.RecvOnly || s.nameOf(st.Chan) != polled || polled == "" {
			continue
		}
		if block := caseBlock(s.sel, k); block != nil && !s.loop().has(block) {
			return true
		}
	}
	return false
}

// nameOf writes how a channel is named, empty where it isn't by a name.
func (s *spinner) nameOf(ch ssa.Value) string {
	switch ch.(type) {
	case *ssa.UnOp, *ssa.Parameter, *ssa.FreeVar:
		var b strings.Builder
		writeKey(&b, ch, 0)
		return b.String()
	}
	return ""
}
