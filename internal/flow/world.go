package flow

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// world says which functions of the package have all their callers in view.
type world struct {
	p       *Package
	closed  bool // nobody can import the package
	taken   map[*ssa.Function]bool
	invoked map[string]bool // methods called through interfaces that others may implement, by name
	sites   map[*ssa.Function][]ssa.CallInstruction
	impls   map[invokeKey][]*ssa.Function
	reached map[*ssa.Function]bool // see dead; built on first use
}

// callers builds the world on first use.
func (p *Package) callers() *world {
	if p.world != nil {
		return p.world
	}
	w := &world{
		p: p, closed: p.Pass.Pkg.Name() == "main" || p.onlyTests(),
		taken: make(map[*ssa.Function]bool), invoked: make(map[string]bool), sites: make(map[*ssa.Function][]ssa.CallInstruction),
		impls: make(map[invokeKey][]*ssa.Function),
	}
	p.world = w
	var operands []*ssa.Value
	for _, body := range p.bodies() {
		for _, block := range body.Blocks {
			for _, instr := range block.Instrs {
				var called ssa.Value
				if site, ok := instr.(ssa.CallInstruction); ok {
					common := site.Common()
					fns, complete := w.callees(common)
					if !common.IsInvoke() {
						called = common.Value
					} else if !complete {
						w.invoked[common.Method.Name()] = true
					}
					for _, fn := range fns {
						w.sites[fn] = append(w.sites[fn], site)
					}
				}
				if mk, ok := instr.(*ssa.MakeClosure); ok {
					if !onlyCalled(mk) {
						w.take(mk.Fn.(*ssa.Function))
					}
					continue
				}
				operands = instr.Operands(operands[:0])
				for _, operand := range operands {
					if fn, ok := (*operand).(*ssa.Function); ok && *operand != called {
						w.take(fn)
					}
				}
			}
		}
	}
	return w
}

// onlyTests reports whether all files of the package are tests: they are a
// program of their own.
func (p *Package) onlyTests() bool {
	return strings.HasSuffix(p.Pass.Pkg.Name(), "_test") || len(p.Pass.Files) > 0 && !slices.ContainsFunc(p.Pass.Files, func(f *ast.File) bool {
		return !strings.HasSuffix(p.Pass.Fset.PositionFor(f.FileStart, false).Filename, "_test.go")
	})
}

func (w *world) take(fn *ssa.Function) {
	if fn.Origin() != nil {
		fn = fn.Origin()
	}
	if d := w.p.declared(fn); d != nil {
		fn = d
	}
	w.taken[fn] = true
}

// onlyCalled reports whether a literal is called and nothing else.
func onlyCalled(mk *ssa.MakeClosure) bool {
	for _, ref := range *mk.Referrers() {
		site, ok := ref.(ssa.CallInstruction)
		if !ok || site.Common().Value != mk {
			return false
		}
		for _, arg := range site.Common().Args {
			if arg == mk {
				return false
			}
		}
	}
	return true
}

// callee returns the body of this package that a call certainly runs.
func (w *world) callee(call *ssa.CallCommon) *ssa.Function {
	fn := call.StaticCallee()
	if fn == nil {
		return nil
	}
	if fn.Origin() != nil {
		fn = fn.Origin()
	}
	if w.p.bySSA[fn] == nil {
		return nil
	}
	return fn
}

// known reports whether every call of fn is in view.
func (w *world) known(fn *ssa.Function) bool {
	if w.p.bySSA[fn] == nil || w.taken[fn] {
		return false
	}
	obj, ok := fn.Object().(*types.Func)
	if !ok {
		return true // a literal
	}
	if obj.Signature().Recv() != nil {
		return !w.invoked[obj.Name()] && (w.closed || !ast.IsExported(obj.Name()))
	}
	return w.closed || !ast.IsExported(obj.Name())
}
