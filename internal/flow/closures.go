package flow

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// carries reports whether v is the obligation or a closure around it that
// does something with it.
func (f *follower) carries(st state, v ssa.Value) bool {
	if len(st.held) == 0 {
		return false
	}
	if !isCell(v) && st.held.has(v) {
		return true
	}
	for _, cell := range f.cells(v) {
		if st.held.has(cell) {
			return true
		}
	}
	return false
}

// cells returns the variables that v reads or calls when it runs, if v is a
// closure.
func (f *follower) cells(v ssa.Value) []ssa.Value {
	var out []ssa.Value
	for _, closure := range closuresOf(v, nil) {
		fn := closure.Fn.(*ssa.Function)
		for i, bound := range closure.Bindings {
			if isCell(bound) && f.p.capturedUse(fn, i) != UseDropped {
				out = append(out, bound)
			}
		}
	}
	return out
}

func closureValues(v ssa.Value) []ssa.Value {
	var out []ssa.Value
	for _, closure := range closuresOf(v, nil) {
		out = append(out, closure)
	}
	return out
}

// closuresOf returns the closures that v can be, as far as this function's
// body tells.
func closuresOf(v ssa.Value, seen map[ssa.Value]bool) []*ssa.MakeClosure {
	if _, ok := v.Type().Underlying().(*types.Signature); !ok && !types.IsInterface(v.Type()) {
		return nil
	}
	switch v := v.(type) {
	case *ssa.MakeClosure:
		return []*ssa.MakeClosure{v}
	case *ssa.ChangeType:
		return closuresOf(v.X, seen)
	case *ssa.MakeInterface:
		return closuresOf(v.X, seen)
	case *ssa.Phi, *ssa.UnOp:
		if seen[v] {
			return nil
		}
		if seen == nil {
			seen = make(map[ssa.Value]bool)
		}
		seen[v] = true
	}
	var out []*ssa.MakeClosure
	switch v := v.(type) {
	case *ssa.Phi:
		for _, edge := range v.Edges {
			out = append(out, closuresOf(edge, seen)...)
		}
	case *ssa.UnOp:
		if cell, ok := v.X.(*ssa.Alloc); ok && v.Op == token.MUL {
			for _, ref := range *cell.Referrers() {
				if store, ok := ref.(*ssa.Store); ok && store.Addr == cell {
					out = append(out, closuresOf(store.Val, seen)...)
				}
			}
		}
	}
	return out
}
