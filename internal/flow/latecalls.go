package flow

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// onlyLate reports whether everything in the package that takes the cancel
// function of o out of a place runs when o's context is done already: behind
// the end of a wait for it. Whoever could end the wait comes after it then.
// Contexts that end by a clock don't count: their wait ends.
func (p *Package) onlyLate(o Obligation, place *types.Var) bool {
	index := p.placeIndex()
	if place == nil || !index.isPlace(place) || types.IsInterface(place.Type()) || place.Exported() && !index.private(place) {
		return false
	}
	switch obj := Callee(o.Call.Common()); {
	case obj == nil:
		return false
	case obj.FullName() != "context.WithCancel" && obj.FullName() != "context.WithCancelCause":
		return false
	}
	found := false
	for _, body := range p.bodies() {
		for _, block := range body.Blocks {
			for _, instr := range block.Instrs {
				if !reads(instr, place) || p.callers().dead(body) {
					continue
				}
				if !p.behindDone(o, instr, 0) {
					return false
				}
				found = true
			}
		}
	}
	return found
}

// behindDone reports whether o's context is done whenever instr runs, as its
// function has found out, or everybody who calls that.
func (p *Package) behindDone(o Obligation, instr ssa.Instruction, depth int) bool {
	const callers = 4
	fn := instr.Parent()
	for _, c := range p.contextsIn(fn) {
		if p.DoneAt(c, instr) && p.isOf(o, c, 0) {
			return true
		}
	}
	w := p.callers()
	sites := w.sites[fn]
	if depth == callers || len(sites) == 0 || !w.known(fn) {
		return false
	}
	return !slices.ContainsFunc(sites, func(site ssa.CallInstruction) bool { return !p.behindDone(o, site, depth+1) })
}

// contextsIn are the contexts that fn gets by its parameters, or captures, and
// asks whether they are done.
func (p *Package) contextsIn(fn *ssa.Function) []*Context {
	var out []*Context
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok || !call.Call.IsInvoke() || !IsContext(call.Call.Value.Type()) {
				continue
			}
			if c := p.ContextOf(call.Call.Value); c != nil && !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	return out
}

// isOf reports whether c is the context that is made together with o, here or
// where everybody who calls the function that has it as a parameter got it.
func (p *Package) isOf(o Obligation, c *Context, depth int) bool {
	const callers = 4
	switch {
	case c == nil || depth == callers:
		return false
	case c.Kind == ContextDerived:
		return c.Call == o.Call
	case c.Kind != ContextParam:
		return false
	}
	param, ok := c.Value.(*ssa.Parameter)
	if !ok {
		return false
	}
	w, fn := p.callers(), param.Parent()
	sites, index := w.sites[fn], slices.Index(fn.Params, param)
	if len(sites) == 0 || !w.known(fn) {
		return false
	}
	return !slices.ContainsFunc(sites, func(site ssa.CallInstruction) bool {
		arg := givenTo(site.Common(), index)
		return arg == nil || !p.isOf(o, p.ContextOf(arg), depth+1)
	})
}
