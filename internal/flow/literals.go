package flow

import "golang.org/x/tools/go/ssa"

// RunsIn returns a body and the literals in it that it calls or defers itself
// and hands to nobody: what they do, it does.
func (p *Package) RunsIn(body *ssa.Function) []*ssa.Function {
	out := []*ssa.Function{body}
	world := p.callers()
	for i := 0; i < len(out); i++ {
		for _, lit := range out[i].AnonFuncs {
			if p.bySSA[lit] != nil && !world.taken[lit] && len(p.Launched(lit)) == 0 && len(world.sites[lit]) > 0 {
				out = append(out, lit)
			}
		}
	}
	return out
}
