package flow

import (
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// Cancels reports whether a function of this package, or one that it calls,
// calls a cancel function or closes a channel.
func (p *Package) Cancels(fn *types.Func) bool {
	f := p.byObj[fn]
	return f != nil && p.cancels(f.SSA, make(map[*ssa.Function]bool))
}

func (p *Package) cancels(fn *ssa.Function, seen map[*ssa.Function]bool) bool {
	if seen[fn] {
		return false
	}
	seen[fn] = true
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			site, ok := instr.(ssa.CallInstruction)
			if !ok || site.Common().IsInvoke() {
				continue
			}
			v := site.Common().Value
			if builtin, ok := v.(*ssa.Builtin); ok {
				if builtin.Name() == "close" {
					return true
				}
				continue
			}
			if IsCancelFunc(v.Type()) {
				return true
			}
			if callee := p.bodyOf(v); callee != nil && p.cancels(callee, seen) {
				return true
			}
		}
	}
	return false
}
