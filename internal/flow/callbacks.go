package flow

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// CallBack says that a function calls the function it gets in parameter Param
// with contexts that are made from parameter From without a cancel on the way;
// -1 is a root.
type CallBack struct{ Param, From int }

// notOne is an origin that isn't a single parameter or a root.
const notOne = -2

// summariseCallBacks adds to the summaries what contexts functions call back
// with, callees before callers.
func (p *Package) summariseCallBacks(components [][]*Func) {
	for _, component := range components {
		if p.Interrupted() {
			return
		}
		for _, f := range component {
			if f.Obj == nil {
				continue
			}
			p.guarded(f, func() {
				backs := p.callBacks(f.SSA)
				if len(backs) == 0 {
					return
				}
				key := funcKey(f.Obj)
				if p.summaries[key] == nil {
					p.summaries[key] = new(Summary)
				}
				p.summaries[key].CallsBack = backs
			})
		}
	}
}

func (p *Package) callBacks(fn *ssa.Function) []CallBack {
	var out []CallBack
	for i, param := range fn.Params {
		sig, ok := param.Type().Underlying().(*types.Signature)
		if !ok || !getsContext(sig) {
			continue
		}
		from, found := notOne, false
		p.eachCallOf(param, func(site *ssa.CallCommon, arg int) {
			origin := notOne
			switch {
			case arg < 0:
				if ctx := firstContext(site.Args); ctx != nil {
					origin = p.madeFrom(fn, ctx, 0)
				}
			default:
				back, ok := p.callBackOf(site, arg)
				switch {
				case !ok:
					return // it may only be told of
				case back.From < 0:
					origin = -1
				case back.From < len(site.Args):
					origin = p.madeFrom(fn, site.Args[back.From], 0)
				}
			}
			if found && origin != from {
				origin = notOne
			}
			from, found = origin, true
		})
		if from != notOne {
			out = append(out, CallBack{Param: i, From: from})
		}
	}
	return out
}

// eachCallOf visits the calls of a func-typed parameter, in literals as well:
// with -1, or with the argument of another call that it is.
func (p *Package) eachCallOf(param *ssa.Parameter, visit func(site *ssa.CallCommon, arg int)) {
	seen := make(map[ssa.Value]bool)
	var follow func(v ssa.Value)
	follow = func(v ssa.Value) {
		if seen[v] || v.Referrers() == nil {
			return
		}
		seen[v] = true
		for _, ref := range *v.Referrers() {
			switch ref := ref.(type) {
			case *ssa.ChangeType:
				follow(ref)
			case *ssa.Store:
				if cell, ok := ref.Addr.(*ssa.Alloc); ok && ref.Val == v {
					for _, c := range cellsOf(cell) {
						for _, ref := range *c.Referrers() {
							if load, ok := ref.(*ssa.UnOp); ok {
								follow(load)
							}
						}
					}
				}
			case ssa.CallInstruction:
				if ref.Common().Value == v {
					visit(ref.Common(), -1)
				}
				for i, arg := range ref.Common().Args {
					if arg == v {
						visit(ref.Common(), i)
					}
				}
			}
		}
	}
	follow(param)
}

// callBackOf is what is known of how a call calls its argument back.
func (p *Package) callBackOf(site *ssa.CallCommon, arg int) (CallBack, bool) {
	if site.IsInvoke() {
		return CallBack{}, false
	}
	s := p.SummaryOf(Callee(site))
	if s == nil {
		return CallBack{}, false
	}
	i := slices.IndexFunc(s.CallsBack, func(b CallBack) bool { return b.Param == arg })
	if i < 0 {
		return CallBack{}, false
	}
	return s.CallsBack[i], true
}

// madeFrom is the parameter of fn that a context is made from, or -1 for a
// root.
func (p *Package) madeFrom(fn *ssa.Function, ctx ssa.Value, depth int) int {
	const deepest = 3 // literals between
	c := p.ContextOf(ctx)
	for c != nil && c.Kind == ContextDerived && !c.Cancels {
		c = c.Parent
	}
	switch {
	case c == nil || c.Cancels:
	case c.Kind == ContextRoot:
		return -1
	case c.Kind == ContextParam:
		param, ok := c.Value.(*ssa.Parameter)
		if !ok {
			return notOne
		}
		index := slices.Index(param.Parent().Params, param)
		if param.Parent() == fn {
			return index
		}
		w := p.callers()
		sites := w.sites[param.Parent()]
		if depth == deepest || len(sites) == 0 || !w.known(param.Parent()) {
			return notOne
		}
		from := notOne
		for i, site := range sites {
			arg := givenTo(site.Common(), index)
			if arg == nil {
				return notOne
			}
			origin := p.madeFrom(fn, arg, depth+1)
			if i > 0 && origin != from {
				return notOne
			}
			from = origin
		}
		return from
	}
	return notOne
}

// calledBackWithRoot reports whether a literal is called by the function it is
// given to, and nobody else, with contexts that are never done.
func (p *Package) calledBackWithRoot(lit *ssa.Function, depth int) bool {
	if lit.Parent() == nil {
		return false
	}
	found := false
	for _, block := range lit.Parent().Blocks {
		for _, instr := range block.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			arg := slices.IndexFunc(call.Call.Args, func(v ssa.Value) bool { return isLiteral(v, lit) })
			if arg < 0 {
				continue
			}
			back, ok := p.callBackOf(&call.Call, arg)
			if !ok || found {
				return false
			}
			if back.From >= 0 && (back.From >= len(call.Call.Args) || !p.rooted(p.ContextOf(call.Call.Args[back.From]), depth+1)) {
				return false
			}
			found = true
		}
	}
	return found
}

// isLiteral reports whether v is a literal as a value.
func isLiteral(v ssa.Value, lit *ssa.Function) bool {
	if change, ok := v.(*ssa.ChangeType); ok {
		v = change.X
	}
	mk, ok := v.(*ssa.MakeClosure)
	return ok && mk.Fn == ssa.Value(lit) || v == ssa.Value(lit)
}

func getsContext(sig *types.Signature) bool {
	for v := range sig.Params().Variables() {
		if IsContext(v.Type()) {
			return true
		}
	}
	return false
}

func firstContext(args []ssa.Value) ssa.Value {
	for _, arg := range args {
		if IsContext(arg.Type()) {
			return arg
		}
	}
	return nil
}
