package flow

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// NeverDone reports whether a context that a function of f has as a parameter
// can't be done: all calls of the function are in view, and each gives it a
// root, or values put on one.
func (p *Package) NeverDone(f *Func, ctx LiveContext) bool {
	if ctx.Var == nil || ctx.Var.Kind() != types.ParamVar || !IsContextLike(ctx.Var.Type()) {
		return false
	}
	for _, body := range f.Bodies {
		for _, param := range body.Params {
			if param.Object() == ctx.Var {
				return p.givenRoots(param, 0)
			}
		}
	}
	return false
}

// givenRoots reports whether all that a parameter gets is never done.
func (p *Package) givenRoots(param *ssa.Parameter, depth int) bool {
	const deepest = 3 // calls up to the roots
	w, fn := p.callers(), param.Parent()
	sites := w.sites[fn]
	if depth > deepest || len(sites) == 0 || !w.known(fn) {
		return false
	}
	index := slices.Index(fn.Params, param)
	for _, site := range sites {
		arg := givenTo(site.Common(), index)
		if arg == nil || !p.rooted(p.ContextOf(arg), depth) {
			return false
		}
	}
	return true
}

// rooted reports whether a context is never done.
func (p *Package) rooted(c *Context, depth int) bool {
	for steps := 0; c != nil && steps < 16; steps++ {
		switch c.Kind {
		case ContextRoot:
			return !c.Cancels
		case ContextParam:
			param, ok := c.Value.(*ssa.Parameter)
			return ok && p.givenRoots(param, depth+1)
		case ContextDerived:
			if c.Cancels {
				return false
			}
			c = c.Parent
		case ContextUnknown:
			c = p.tagged(c.Value)
		default:
			return false
		}
	}
	return false
}

// tagged returns the context that a tracer or a logger gave back with values
// of its own on it; nil if v is none of these.
func (p *Package) tagged(v ssa.Value) *Context {
	if extract, ok := v.(*ssa.Extract); ok {
		v = extract.Tuple
	}
	call, ok := v.(*ssa.Call)
	if !ok {
		return nil
	}
	if fn := Callee(call.Common()); fn == nil || !onlyTells(fn) {
		return nil
	}
	for _, arg := range call.Call.Args {
		if IsContextLike(arg.Type()) {
			return p.ContextOf(arg)
		}
	}
	return nil
}
