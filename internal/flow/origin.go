package flow

import (
	"go/token"

	"golang.org/x/tools/go/ssa"
)

// Origin is where a context comes from: the value at the end of its chain of
// derivations within one function.
type Origin struct {
	Value   ssa.Value // a parameter, captured variable, field load, call…; nil: several
	Root    bool      // context.Background, TODO or WithoutCancel
	Cancels bool      // with a cancel, a deadline or a timeout on the way
	Via     []*ssa.Call
}

// Origin follows a context back to where it comes from.
func (p *Package) Origin(v ssa.Value) Origin {
	return p.origin(v, make(map[ssa.Value]bool))
}

func (p *Package) origin(v ssa.Value, seen map[ssa.Value]bool) Origin {
	if seen[v] {
		return Origin{}
	}
	seen[v] = true
	switch v := v.(type) {
	case *ssa.ChangeInterface:
		return p.origin(v.X, seen)
	case *ssa.MakeInterface:
		return p.origin(v.X, seen)
	case *ssa.ChangeType:
		return p.origin(v.X, seen)
	case *ssa.Extract:
		if call, ok := v.Tuple.(*ssa.Call); ok {
			return p.originOfCall(v, call, v.Index, seen)
		}
	case *ssa.Call:
		return p.originOfCall(v, v, 0, seen)
	case *ssa.Phi:
		var joined Origin
		for _, edge := range v.Edges {
			if seen[edge] || isNilConst(edge) {
				continue
			}
			o := p.origin(edge, seen)
			if joined.Value != nil && joined.Value != o.Value {
				return Origin{}
			}
			o.Cancels = o.Cancels || joined.Cancels
			joined = o
		}
		return joined
	case *ssa.UnOp:
		if cell, ok := v.X.(*ssa.Alloc); ok && v.Op == token.MUL {
			if only := onlyStore(cell); only != nil {
				return p.origin(only, seen)
			}
			return Origin{}
		}
	}
	return Origin{Value: v}
}

func (p *Package) originOfCall(v ssa.Value, call *ssa.Call, result int, seen map[ssa.Value]bool) Origin {
	s := p.SummaryOf(Callee(call.Common()))
	if s == nil {
		return Origin{Value: v}
	}
	for _, d := range s.Derives {
		if d.Result != result {
			continue
		}
		if d.Param < 0 {
			return Origin{Value: v, Root: true, Cancels: d.Cancels, Via: []*ssa.Call{call}}
		}
		args := call.Call.Args
		if call.Call.IsInvoke() {
			args = append([]ssa.Value{call.Call.Value}, args...)
		}
		if d.Param >= len(args) {
			break
		}
		o := p.origin(args[d.Param], seen)
		o.Cancels = o.Cancels || d.Cancels
		o.Via = append(o.Via, call)
		return o
	}
	return Origin{Value: v}
}

// derivation writes an origin as part of a summary.
func (o Origin) derivation(fn *ssa.Function, result int) (Derivation, bool) {
	if o.Root {
		return Derivation{Result: result, Param: -1, Cancels: o.Cancels}, true
	}
	for i, param := range fn.Params {
		if o.Value == param {
			return Derivation{Result: result, Param: i, Cancels: o.Cancels}, true
		}
	}
	return Derivation{}, false
}

// onlyStore returns what is stored in a variable, if there is one store.
func onlyStore(cell *ssa.Alloc) ssa.Value {
	var only ssa.Value
	for _, ref := range *cell.Referrers() {
		if store, ok := ref.(*ssa.Store); ok && store.Addr == cell {
			if only != nil {
				return nil
			}
			only = store.Val
		}
	}
	return only
}
