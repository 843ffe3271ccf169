package flow

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// call adds what a call waits for.
func (e *ender) call(site ssa.CallInstruction) {
	common := site.Common()
	if _, builtin := common.Value.(*ssa.Builtin); builtin || !common.IsInvoke() && IsCancelFunc(common.Value.Type()) {
		return
	}
	if fns, objs, complete := e.p.Callees(common); complete && len(fns) == 1 && len(objs) <= 1 {
		if sub := e.below(fns[0]); sub.Known {
			e.called(site, fns[0], sub)
			return
		}
	}
	fn := Callee(common)
	name := e.syntax.calleeName(site)
	end := End{Kind: EndReturned, Name: name, Pos: site.Pos(), Ctx: e.p.heard(site)}
	if fn != nil && !e.p.userBlocks(fn) && (onlyTells(fn) || isErrorMethod(fn)) {
		return
	}
	switch {
	case end.Ctx != "" || e.waits(site, fn):
	case fn != nil && !Is(fn, "time.Sleep") && !isStandard(fn.Pkg()) && e.p.CallMayBlock(common):
		end.Kind = EndTookLong
	case fn == nil, common.IsInvoke() && !computes(fn.Pkg()):
		end.Kind = EndOutOfView
	default:
		return
	}
	e.hold(site.Pos(), e.orderOf(site), end)
}

// computes reports whether the interfaces of a package of the standard library
// are about values in memory.
func computes(pkg *types.Package) bool {
	if !isStandard(pkg) {
		return false
	}
	root, _, _ := strings.Cut(pkg.Path(), "/")
	return !slices.Contains([]string{"io", "net", "database", "archive", "compress", "syscall", "internal", "vendor"}, root) || pkg.Path() == "io/fs"
}

// waits reports whether a call waits for something, by what is known of its
// callee. Summaries say of too much of the standard library that it may take
// long: there the names tell.
func (e *ender) waits(site ssa.CallInstruction, fn *types.Func) bool {
	if method, _ := condCall(site); method == "Wait" {
		return true
	}
	if fn == nil || Is(fn, "time.Sleep") {
		return false
	}
	s := e.p.SummaryOf(fn)
	return e.p.joins(fn) || e.p.userBlocks(fn) || Blocking(fn) || s != nil && len(s.Blocks) > 0
}

// orderOf orders a call behind those in its arguments, and what is deferred
// behind all else.
func (e *ender) orderOf(site ssa.CallInstruction) token.Pos {
	order := site.Pos()
	if call := e.syntax.Call(site); call != nil {
		order = call.Rparen
	}
	if syntax := e.body.Syntax(); syntax != nil {
		if _, deferred := site.(*ssa.Defer); deferred {
			order = syntax.End() + (syntax.End() - order)
		}
	}
	return order
}

// isErrorMethod reports whether fn is the Error method of an error.
func isErrorMethod(fn *types.Func) bool { return fn.Pkg() == nil }

// called adds the holds of a function in view that is called.
func (e *ender) called(site ssa.CallInstruction, fn *ssa.Function, sub Ending) {
	if sub.Never {
		return // nothing follows the call: the whole body never returns there
	}
	for _, h := range e.p.asCalled(sub, site, fn).Holds {
		if h.order = e.orderOf(site); h.Via == "" {
			h.order = h.Pos
		}
		e.found = append(e.found, h)
	}
}

// asCalled writes an ending as the one who calls, or starts, the function
// sees it: at the call, with the arguments for the parameters.
func (p *Package) asCalled(sub Ending, site ssa.CallInstruction, fn *ssa.Function) Ending {
	if fn.Parent() != nil && p.Of(fn) == p.Of(site.Parent()) {
		return sub // a literal of the same function: its places and names can be shown
	}
	out := sub
	out.Holds = slices.Clone(sub.Holds)
	syntax := p.SyntaxOf(p.Of(site.Parent()))
	rename := func(name string) string {
		for i, param := range fn.Params {
			if param.Name() != name || name == "" {
				continue
			}
			if x := syntax.Argument(site, i, fn.Signature.Recv() != nil); x != nil {
				return short(x)
			}
		}
		return name
	}
	for i := range out.Holds {
		h := &out.Holds[i]
		h.Pos, h.Via = site.Pos(), fn.Name()
		h.Ends = slices.Clone(h.Ends)
		for j := range h.Ends {
			end := &h.Ends[j]
			end.Pos, end.Via = site.Pos(), fn.Name()
			end.Ctx = rename(end.Ctx)
			if end.Kind == EndDone || end.Kind == EndReceived || end.Kind == EndClosed || end.Kind == EndSent {
				end.Name = rename(end.Name)
			}
		}
	}
	return out
}

// heard names the context that a call gets and, as far as is known, hears.
func (p *Package) heard(site ssa.CallInstruction) string {
	common := site.Common()
	for i, arg := range common.Args {
		if !IsContextLike(arg.Type()) {
			continue
		}
		if need := p.NeedOf(common, i); need != NeedAlive && need != NeedWatch {
			continue
		}
		method := !common.IsInvoke() && common.Signature().Recv() != nil
		if x := p.SyntaxOf(p.Of(site.Parent())).Argument(site, i, method); x != nil {
			return short(x)
		}
	}
	return ""
}

// endingOutOfView is what a go statement tells of a function of another
// package.
func (p *Package) endingOutOfView(site ssa.CallInstruction) Ending {
	common := site.Common()
	fn := Callee(common)
	if _, isGo := site.(*ssa.Go); !isGo || fn == nil {
		return Ending{}
	}
	if s := p.SummaryOf(fn); s != nil && s.NoReturn {
		return Ending{Known: true, Never: true, Exits: s.Exits, Panics: !s.Exits}
	}
	if ctx := p.heard(site); ctx != "" {
		name := p.SyntaxOf(p.Of(site.Parent())).calleeName(site)
		end := End{Kind: EndReturned, Name: name, Ctx: ctx, Pos: site.Pos()}
		return Ending{Known: true, Holds: []Hold{{Pos: site.Pos(), Ends: []End{end}}}}
	}
	return Ending{}
}
