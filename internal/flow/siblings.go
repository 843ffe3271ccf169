package flow

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// Siblings says whether the goroutine of a launch is one of several that
// belong together: of one WaitGroup, errgroup or the like, or started by one
// function under contexts that it can cancel.
func (p *Package) Siblings(l Launch) bool {
	j := p.joiner()
	own := j.signalsOf(l)
	if len(own.groups) > 0 {
		if p.severalTimes(l.Site) {
			return true
		}
		for _, other := range p.allLaunches() {
			if other.Site == l.Site {
				continue
			}
			for class := range j.signalsOf(other).groups {
				if own.groups[class] {
					return true
				}
			}
		}
		return false
	}
	shared := p.cancellable(l)
	if len(shared) == 0 {
		return false
	}
	if InLoop(l.Site) {
		return true
	}
	for _, other := range p.LaunchesIn(l.Site.Parent()) {
		if other.Site == l.Site {
			continue
		}
		if slices.ContainsFunc(p.cancellable(other), func(c *Context) bool { return slices.Contains(shared, c) }) {
			return true
		}
	}
	return false
}

// severalTimes reports whether an instruction runs more than once for one
// group: it is in a loop, in a literal, or in a function that is called so.
func (p *Package) severalTimes(site ssa.Instruction) bool {
	if InLoop(site) {
		return true
	}
	fn := site.Parent()
	w := p.callers()
	if fn.Parent() != nil {
		return !onlyOnce(fn)
	}
	sites := w.sites[fn]
	return len(sites) > 1 || len(sites) == 1 && InLoop(sites[0])
}

// onlyOnce reports whether a literal is called, launched or deferred where it
// stands, outside of loops.
func onlyOnce(lit *ssa.Function) bool {
	for _, block := range lit.Parent().Blocks {
		for _, instr := range block.Instrs {
			if makes(instr, lit) {
				return !InLoop(instr)
			}
		}
	}
	return false
}

// allLaunches are the launches of the package.
func (p *Package) allLaunches() []Launch {
	if p.joining.all == nil {
		p.joining.all = []Launch{}
		for _, body := range p.bodies() {
			p.joining.all = append(p.joining.all, p.LaunchesIn(body)...)
		}
	}
	return p.joining.all
}

// cancellable lists the contexts with a cancel function made around a launch
// that its goroutine uses.
func (p *Package) cancellable(l Launch) []*Context {
	if l.Body == nil {
		return nil
	}
	var out []*Context
	add := func(c *Context) {
		for c := range c.Up() {
			if c.Cancel != nil && c.Call.Parent() == l.Site.Parent() && !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	for _, arg := range l.Site.Common().Args {
		if IsContext(arg.Type()) {
			for _, c := range p.ContextsOf(arg) {
				add(c)
			}
		}
	}
	for _, c := range p.ContextsIn(p.Of(l.Site.Parent())) {
		for _, use := range p.ContextUses(c) {
			for fn := use.Instr.Parent(); fn != nil; fn = fn.Parent() {
				if fn == l.Body {
					add(c)
				}
			}
		}
	}
	return out
}
