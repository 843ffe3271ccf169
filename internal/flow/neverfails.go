package flow

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// neverFails reports whether the last result of a function is an error that is
// nil on each return. One that does nothing at all stands for one that will.
func (p *Package) neverFails(fn *ssa.Function) bool {
	results := fn.Signature.Results()
	if results.Len() == 0 || !isErrorType(results.At(results.Len()-1).Type()) || len(fn.Blocks) == 0 || isStub(fn) {
		return false
	}
	returns := false
	for _, block := range fn.Blocks {
		ret, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return)
		if !ok {
			continue
		}
		returns = true
		if !p.neverError(ret.Results[len(ret.Results)-1], make(map[ssa.Value]bool)) {
			return false
		}
	}
	return returns
}

// isStub reports whether a function calls nothing and decides nothing.
func isStub(fn *ssa.Function) bool {
	return len(fn.Blocks) == 1 && !slices.ContainsFunc(fn.Blocks[0].Instrs, func(instr ssa.Instruction) bool {
		_, ok := instr.(ssa.CallInstruction)
		return ok
	})
}

// neverError reports whether an error is nil whenever it is looked at.
func (p *Package) neverError(v ssa.Value, seen map[ssa.Value]bool) bool {
	if seen[v] {
		return true // in a cycle of joins the others decide
	}
	seen[v] = true
	switch v := v.(type) {
	case *ssa.Const:
		return v.IsNil()
	case *ssa.Phi:
		for _, edge := range v.Edges {
			if !p.neverError(edge, seen) {
				return false
			}
		}
		return true
	case *ssa.Extract:
		call, ok := v.Tuple.(*ssa.Call)
		return ok && v.Index == call.Call.Signature().Results().Len()-1 && p.callNeverFails(call)
	case *ssa.Call:
		return call1(v) && p.callNeverFails(v)
	case *ssa.UnOp:
		return v.Op == token.MUL && alwaysNil(cellOf(v.X))
	}
	return false
}

// call1 reports whether a call has one result, which is an error.
func call1(call *ssa.Call) bool {
	results := call.Call.Signature().Results()
	return results.Len() == 1 && isErrorType(results.At(0).Type())
}

func (p *Package) callNeverFails(call *ssa.Call) bool {
	if call.Call.IsInvoke() {
		return false
	}
	s := p.SummaryOf(Callee(&call.Call))
	return s != nil && s.NeverFails
}
