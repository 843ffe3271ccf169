package flow

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// givenToHook reports whether a cancel function was given, on each way to the
// return, to what calls it by itself later, itself or in a literal that does: a
// test's Cleanup, AfterFunc.
func givenToHook(v ssa.Value, ret *ssa.Return) bool {
	for _, held := range heldAs(v) {
		if slices.ContainsFunc(givers(held), func(given ssa.Value) bool { return goesToHook(given, ret) }) {
			return true
		}
	}
	return false
}

// heldAs are a value and all that is read of the variable that it is read from
// or assigned to.
func heldAs(v ssa.Value) []ssa.Value {
	load, ok := v.(*ssa.UnOp)
	if !ok {
		return Aliases(v)
	}
	cell, ok := cellOf(load.X).(*ssa.Alloc)
	if !ok {
		return []ssa.Value{v}
	}
	var out []ssa.Value
	for _, c := range cellsOf(cell) {
		for _, ref := range *c.Referrers() {
			if read, ok := ref.(*ssa.UnOp); ok {
				out = append(out, read)
			}
		}
	}
	return out
}

// givers are the function values by which somebody can call v: it itself, and a
// literal that calls it.
func givers(v ssa.Value) []ssa.Value {
	out := []ssa.Value{v}
	for i := 0; i < len(out); i++ {
		if out[i].Referrers() == nil {
			continue
		}
		for _, ref := range *out[i].Referrers() {
			switch ref := ref.(type) {
			case *ssa.ChangeType:
				out = append(out, ref)
			case *ssa.Call:
				lit := ref.Parent()
				if ref.Call.Value != out[i] || lit.Parent() == nil {
					continue
				}
				for _, block := range lit.Parent().Blocks {
					for _, instr := range block.Instrs {
						if mk, ok := instr.(*ssa.MakeClosure); ok && mk.Fn == ssa.Value(lit) && !slices.Contains(out, ssa.Value(mk)) {
							out = append(out, mk)
						}
					}
				}
			}
		}
	}
	return out
}

// goesToHook reports whether a function is given to a hook on each way to the
// return.
func goesToHook(given ssa.Value, ret *ssa.Return) bool {
	if given.Referrers() == nil {
		return false
	}
	return slices.ContainsFunc(*given.Referrers(), func(ref ssa.Instruction) bool {
		call, ok := ref.(*ssa.Call)
		if !ok || call.Parent() != ret.Parent() || !call.Block().Dominates(ret.Block()) || !slices.Contains(call.Call.Args, given) {
			return false
		}
		fn := Callee(call.Common())
		if fn == nil {
			return false
		}
		recv := fn.Signature().Recv()
		return Is(fn, "context.AfterFunc") || fn.Name() == "Cleanup" && recv != nil && methodOf(recv.Type(), "FailNow") != nil
	})
}

// ResultsAt are what the calls in view of a function get where it returns v.
func (p *Package) ResultsAt(ret *ssa.Return, v ssa.Value) []ssa.Value {
	var out []ssa.Value
	for _, site := range p.callers().sites[ret.Parent()] {
		call, ok := site.(*ssa.Call)
		if !ok {
			continue
		}
		if len(ret.Results) == 1 {
			out = append(out, call)
			continue
		}
		for _, ref := range *call.Referrers() {
			if result, ok := ref.(*ssa.Extract); ok && ret.Results[result.Index] == v {
				out = append(out, result)
			}
		}
	}
	return out
}
