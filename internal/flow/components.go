package flow

import (
	"golang.org/x/tools/go/ssa"
)

// components returns the strongly connected components of the package's call
// graph, callees before callers (Tarjan 1972).
func (p *Package) components() [][]*Func {
	var (
		out     [][]*Func
		stack   []*Func
		index   = make(map[*Func]int)
		low     = make(map[*Func]int)
		onStack = make(map[*Func]bool)
	)
	var connect func(f *Func)
	connect = func(f *Func) {
		index[f] = len(index) + 1
		low[f] = index[f]
		stack = append(stack, f)
		onStack[f] = true
		for _, callee := range p.callees(f) {
			switch {
			case callee == f:
				f.recursive = true
			case index[callee] == 0:
				connect(callee)
				low[f] = min(low[f], low[callee])
			case onStack[callee]:
				low[f] = min(low[f], index[callee])
			}
		}
		if low[f] != index[f] {
			return
		}
		var component []*Func
		for {
			top := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			onStack[top] = false
			component = append(component, top)
			if top == f {
				break
			}
		}
		out = append(out, component)
	}
	for _, f := range p.Funcs {
		if index[f] == 0 {
			connect(f)
		}
	}
	return out
}

// callees returns the functions of this package that f mentions: those that
// it calls and those that it takes as values.
func (p *Package) callees(f *Func) []*Func {
	var out []*Func
	seen := make(map[*Func]bool)
	var operands []*ssa.Value
	for _, body := range f.Bodies {
		for _, block := range body.Blocks {
			for _, instr := range block.Instrs {
				operands = instr.Operands(operands[:0])
				for _, operand := range operands {
					fn, ok := (*operand).(*ssa.Function)
					if !ok {
						continue
					}
					if fn.Origin() != nil {
						fn = fn.Origin()
					}
					if callee := p.bySSA[fn]; callee != nil && callee.SSA == fn && !seen[callee] {
						seen[callee] = true
						out = append(out, callee)
					}
				}
			}
		}
	}
	return out
}
