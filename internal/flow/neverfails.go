package flow

import (
	"go/token"

	"golang.org/x/tools/go/ssa"
)

// neverFails reports whether the last result of a function is an error that is
// nil on each return. One that decides nothing stands for one that will.
func (p *Package) neverFails(fn *ssa.Function) bool { return len(fn.Blocks) > 1 && p.returnsNil(fn) }

// returnsNil reports whether the last result of a function is an error, and nil
// on each return.
func (p *Package) returnsNil(fn *ssa.Function) bool {
	results := fn.Signature.Results()
	if results.Len() == 0 || !IsErrorType(results.At(results.Len()-1).Type()) {
		return false
	}
	returns := false
	for _, block := range fn.Blocks {
		ret, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return)
		if !ok {
			continue
		}
		returns = true
		if !p.NeverError(ret.Results[len(ret.Results)-1]) {
			return false
		}
	}
	return returns
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

// NeverError reports whether an error is nil whenever it is looked at.
func (p *Package) NeverError(v ssa.Value) bool { return p.neverError(v, make(map[ssa.Value]bool)) }

// call1 reports whether a call has one result, which is an error.
func call1(call *ssa.Call) bool {
	results := call.Call.Signature().Results()
	return results.Len() == 1 && IsErrorType(results.At(0).Type())
}

func (p *Package) callNeverFails(call *ssa.Call) bool {
	if call.Call.IsInvoke() {
		return false
	}
	fn := Callee(&call.Call)
	if Is(fn, "(*golang.org/x/sync/errgroup.Group).Wait") {
		return p.groupNeverFails(call.Call.Args[0])
	}
	s := p.SummaryOf(fn)
	return s != nil && s.NeverFails
}

// neverFailed reports whether a condition that comes out so says that an error
// isn't nil which always is.
func (p *Package) neverFailed(cond ssa.Value, taken bool) bool {
	compare, ok := cond.(*ssa.BinOp)
	if !ok || compare.Op != token.EQL && compare.Op != token.NEQ || (compare.Op == token.NEQ) != taken {
		return false
	}
	x := comparedWithZero(compare)
	return x != nil && IsErrorType(x.Type()) && p.NeverError(x)
}

// groupNeverFails reports whether all that a function has an errgroup run, which
// it hands to nobody, never fails.
func (p *Package) groupNeverFails(group ssa.Value) bool {
	refs := group.Referrers()
	if refs == nil {
		return false
	}
	runs := false
	for _, ref := range *refs {
		switch ref := ref.(type) {
		case *ssa.DebugRef:
			continue
		case *ssa.Call:
			fn := Callee(&ref.Call)
			switch {
			case Is(fn, "(*golang.org/x/sync/errgroup.Group).Wait"), Is(fn, "(*golang.org/x/sync/errgroup.Group).SetLimit"):
				continue
			case Is(fn, "(*golang.org/x/sync/errgroup.Group).Go"), Is(fn, "(*golang.org/x/sync/errgroup.Group).TryGo"):
				if task := functionOf(ref.Call.Args[1]); task == nil || !p.returnsNil(task) {
					return false
				}
				runs = true
				continue
			}
		}
		return false
	}
	return runs
}

// functionOf is the function that a value certainly is.
func functionOf(v ssa.Value) *ssa.Function {
	switch v := v.(type) {
	case *ssa.Function:
		return v
	case *ssa.MakeClosure:
		fn, _ := v.Fn.(*ssa.Function)
		return fn
	}
	return nil
}
