package flow

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// CommandOutlives reports whether the command that a call makes is started and
// not waited for in its function, or handed on: it may be meant to go on.
func CommandOutlives(call *ssa.Call) bool {
	started, waited := false, false
	EachUse(call, func(ref ssa.Instruction) {
		switch ref := ref.(type) {
		case *ssa.Return, *ssa.Store:
			started = true
		case ssa.CallInstruction:
			if fn := Callee(ref.Common()); fn != nil {
				started = started || SetsOffByName(fn.Name())
				waited = waited || fn.Name() == "Wait"
			}
		}
	})
	return started && !waited
}

// ValuesOf are a value and what its function reads from the variables that it
// is assigned to.
func ValuesOf(v ssa.Value) []ssa.Value {
	values := []ssa.Value{v}
	for _, ref := range *v.Referrers() {
		store, ok := ref.(*ssa.Store)
		if !ok || store.Val != v {
			continue
		}
		if cell, ok := store.Addr.(*ssa.Alloc); ok {
			for _, ref := range *cell.Referrers() {
				if load, ok := ref.(*ssa.UnOp); ok {
					values = append(values, load)
				}
			}
		}
	}
	return values
}

// EachUse visits the uses of what a call returns, by way of local
// variables, in literals as well.
func EachUse(call *ssa.Call, visit func(ref ssa.Instruction)) {
	values := []ssa.Value{call}
	for i := 0; i < len(values); i++ {
		for _, ref := range *values[i].Referrers() {
			store, ok := ref.(*ssa.Store)
			if !ok {
				visit(ref)
				continue
			}
			if store.Val != values[i] {
				continue
			}
			cell, ok := store.Addr.(*ssa.Alloc)
			if !ok {
				visit(store)
				continue
			}
			for _, c := range cellsOf(cell) {
				for _, ref := range *c.Referrers() {
					if load, ok := ref.(*ssa.UnOp); ok && !slices.Contains(values, ssa.Value(load)) {
						values = append(values, load)
					}
				}
			}
		}
	}
}
