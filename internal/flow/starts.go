package flow

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// calledOnlyBy reports whether a function runs only in the goroutine of another
// one, which calls it.
func (w waiter) calledOnlyBy(fn, caller *ssa.Function) bool {
	sites := w.g.world.sites[fn]
	return len(sites) > 0 && w.g.world.known(fn) && len(w.p.Launched(fn)) == 0 && !slices.ContainsFunc(sites, func(site ssa.CallInstruction) bool {
		_, called := site.(*ssa.Call)
		return !called || !w.sameGoroutine(site.Parent(), caller)
	})
}

// startedOnce reports whether one place in view starts a function, and none
// repeats it.
func (w waiter) startedOnce(fn *ssa.Function) bool {
	sites := slices.Clone(w.g.world.sites[fn])
	for _, l := range w.p.Launched(fn) {
		if !slices.Contains(sites, l.Site) {
			sites = append(sites, l.Site)
		}
	}
	return len(sites) == 1 && !w.repeats(fn, make(map[*ssa.Function]bool))
}

// starts returns the instructions of fn that call or launch, in view, what
// leads to body.
func (w waiter) starts(fn, body *ssa.Function) []ssa.CallInstruction {
	var out []ssa.CallInstruction
	seen := make(map[*ssa.Function]bool)
	var climb func(body *ssa.Function)
	climb = func(body *ssa.Function) {
		if seen[body] {
			return
		}
		seen[body] = true
		sites := slices.Clone(w.g.world.sites[body])
		for _, l := range w.p.Launched(body) {
			sites = append(sites, l.Site)
		}
		for _, site := range sites {
			if site.Parent() == fn {
				if !slices.Contains(out, site) {
					out = append(out, site)
				}
			} else {
				climb(site.Parent())
			}
		}
	}
	climb(body)
	return out
}

// LeftAlone reports whether all that runs a function, which is in view, are go
// statements whose goroutines nobody waits for.
func (p *Package) LeftAlone(f *Func) bool {
	w := p.callers()
	sites := w.sites[f.SSA]
	if f.Obj == nil || len(sites) == 0 || !w.known(f.SSA) {
		return false
	}
	launched := p.Launched(f.SSA)
	return !slices.ContainsFunc(sites, func(site ssa.CallInstruction) bool {
		return !slices.ContainsFunc(launched, func(l Launch) bool { return l.Site == site && p.JoinOf(l).Kind == NotJoined })
	})
}
