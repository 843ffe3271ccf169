package flow

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// CallBack says that a function calls the function it gets in parameter Param,
// which has one context among its own parameters, with contexts that are made
// from parameter From without a cancel on the way, fromRoot, or is uncalled.
type CallBack struct{ Param, From int }

const (
	fromRoot = -1
	notOne   = -2 // neither a single parameter nor a root
	uncalled = -3 // the function only looks at what it gets
)

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
				key := p.key(f.Obj)
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
		if !ok || !getsOneContext(sig) {
			continue
		}
		from, found := notOne, false
		known := p.eachCallOf(param, func(site *ssa.CallCommon, arg int) bool {
			given := firstContext(site.Args)
			origin := notOne
			if arg >= 0 {
				back, ok := p.callBackOf(site, arg)
				if !ok {
					return false
				}
				given = nil
				switch {
				case back.From == uncalled:
					return true
				case back.From == fromRoot:
					origin = fromRoot
				case back.From < len(site.Args):
					given = site.Args[back.From]
				}
			}
			if given != nil {
				origin = p.paramBehind(fn, given, 0)
			}
			if found && origin != from {
				return false
			}
			from, found = origin, true
			return true
		})
		switch {
		case !known:
		case !found:
			out = append(out, CallBack{Param: i, From: uncalled})
		case from != notOne:
			out = append(out, CallBack{Param: i, From: from})
		}
	}
	return out
}

// eachCallOf visits the calls of a func-typed parameter, in literals as well:
// with -1, or with the argument of another call that it is. It reports whether
// the visitor liked them all and the parameter is used for nothing else.
func (p *Package) eachCallOf(param *ssa.Parameter, visit func(site *ssa.CallCommon, arg int) bool) bool {
	seen := make(map[ssa.Value]bool)
	var follow func(v ssa.Value) bool
	inCell := func(cell *ssa.Alloc) bool {
		for _, c := range cellsOf(cell) {
			for _, ref := range *c.Referrers() {
				switch ref := ref.(type) {
				case *ssa.UnOp:
					if !follow(ref) {
						return false
					}
				case *ssa.Store:
					if ref.Addr != c || ref.Val != ssa.Value(param) {
						return false
					}
				case *ssa.MakeClosure, *ssa.DebugRef:
				default:
					return false
				}
			}
		}
		return true
	}
	follow = func(v ssa.Value) bool {
		if seen[v] {
			return true
		}
		seen[v] = true
		for _, ref := range *v.Referrers() {
			ok := true
			switch ref := ref.(type) {
			case *ssa.ChangeType:
				ok = follow(ref)
			case *ssa.Store:
				cell, local := ref.Addr.(*ssa.Alloc)
				ok = local && inCell(cell)
			case *ssa.BinOp, *ssa.DebugRef: // compared with nil
			case *ssa.MakeInterface:
				ok = onlyNamed(ref)
			case ssa.CallInstruction:
				ok = ref.Common().Value != v || visit(ref.Common(), -1)
				for i, arg := range ref.Common().Args {
					ok = ok && (arg != v || visit(ref.Common(), i))
				}
			default:
				ok = false
			}
			if !ok {
				return false
			}
		}
		return true
	}
	return follow(param)
}

// onlyNamed reports whether all that is done with a function in an interface
// is to ask package reflect where it is, to write its name.
func onlyNamed(boxed *ssa.MakeInterface) bool {
	calls := func(v ssa.Value, name string) []*ssa.Call {
		var out []*ssa.Call
		for _, ref := range *v.Referrers() {
			if _, ok := ref.(*ssa.DebugRef); ok {
				continue
			}
			call, ok := ref.(*ssa.Call)
			if !ok {
				return nil
			}
			if fn := Callee(call.Common()); !Is(fn, name) {
				return nil
			}
			out = append(out, call)
		}
		return out
	}
	values := calls(boxed, "reflect.ValueOf")
	return len(values) > 0 && !slices.ContainsFunc(values, func(v *ssa.Call) bool { return len(calls(v, "(reflect.Value).Pointer")) == 0 })
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

// paramBehind is the parameter of fn that a context is made from without a
// cancel on the way, or fromRoot.
func (p *Package) paramBehind(fn *ssa.Function, ctx ssa.Value, depth int) int {
	const deepest = 3 // literals between
	var c *Context
	for c = range p.ContextOf(ctx).Up() {
		if c.Kind != ContextDerived || c.Cancels {
			break
		}
	}
	switch {
	case c == nil || c.Cancels:
	case c.Kind == ContextRoot:
		return fromRoot
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
			origin := p.paramBehind(fn, arg, depth+1)
			if i > 0 && origin != from {
				return notOne
			}
			from = origin
		}
		return from
	}
	return notOne
}

// calledBackWithRoot reports whether all that is done with a literal is to give
// it to a function that calls it with contexts that are never done.
func (p *Package) calledBackWithRoot(lit *ssa.Function, depth int) bool {
	call, arg := soleUse(lit)
	if call == nil {
		return false
	}
	back, ok := p.callBackOf(&call.Call, arg)
	if !ok {
		return false
	}
	return back.From == fromRoot || 0 <= back.From && back.From < len(call.Call.Args) && p.rooted(p.ContextOf(call.Call.Args[back.From]), depth+1)
}

// soleUse is the call that a literal is given to, and as which argument, where
// nothing else is done with it; else nil.
func soleUse(lit *ssa.Function) (only *ssa.Call, arg int) {
	if lit.Parent() == nil {
		return nil, 0
	}
	uses := 0
	var use func(instr ssa.Instruction, v ssa.Value)
	use = func(instr ssa.Instruction, v ssa.Value) {
		switch instr := instr.(type) {
		case *ssa.DebugRef:
		case *ssa.ChangeType, *ssa.MakeClosure:
			for _, ref := range *instr.(ssa.Value).Referrers() {
				use(ref, instr.(ssa.Value))
			}
		case *ssa.Call:
			for i, given := range instr.Call.Args {
				if given == v {
					only, arg = instr, i
					uses++
				}
			}
			if instr.Call.Value == v {
				uses += 2
			}
		default:
			uses += 2
		}
	}
	for _, block := range lit.Parent().Blocks {
		for _, instr := range block.Instrs {
			for _, op := range instr.Operands(nil) {
				if *op == ssa.Value(lit) {
					use(instr, lit)
				}
			}
		}
	}
	if uses != 1 {
		return nil, 0
	}
	return only, arg
}

// getsOneContext reports whether one parameter is a context, and no other has
// one in it.
func getsOneContext(sig *types.Signature) bool {
	contexts, others := 0, 0
	for v := range sig.Params().Variables() {
		switch {
		case IsContext(v.Type()):
			contexts++
		case IsContextLike(v.Type()):
			others++
		}
	}
	return contexts == 1 && others == 0
}

func firstContext(args []ssa.Value) ssa.Value {
	for _, arg := range args {
		if IsContext(arg.Type()) {
			return arg
		}
	}
	return nil
}
