package flow

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"

	"golang.org/x/tools/go/cfg"
	"golang.org/x/tools/go/types/typeutil"
)

// returning says whether a function can return; the zero value is "not
// known yet".
type returning uint8

const (
	returnsUndecided returning = iota + 1 // under way: recursion counts as returning
	returnsSometimes
	returnsNever
)

// inferNoReturn finds the functions of this package that never return, on the
// control-flow graph of their syntax: SSA is built with the answer, so that
// nothing follows a call of such a function.
func (p *Package) inferNoReturn() {
	p.noReturn = make(map[*types.Func]returning)
	p.decls = make(map[*types.Func]*ast.FuncDecl)
	var order []*types.Func // recursion makes the answer depend on the order
	for _, file := range p.Pass.Files {
		for _, decl := range file.Decls {
			if decl, ok := decl.(*ast.FuncDecl); ok && decl.Body != nil {
				if obj, ok := p.Pass.TypesInfo.Defs[decl.Name].(*types.Func); ok {
					p.decls[obj] = decl
					order = append(order, obj)
				}
			}
		}
	}
	for _, obj := range order {
		p.NoReturn(obj)
	}
}

// updateNoReturn is inferNoReturn when all but some files are as they were. It
// reports whether the answers are, too.
func (p *Package) updateNoReturn(old *Package, replaced map[*ast.File]*ast.File) bool {
	p.noReturn, p.decls = maps.Clone(old.noReturn), maps.Clone(old.decls)
	var order []*types.Func
	for _, file := range p.Pass.Files {
		if !slices.Contains(slices.Collect(maps.Values(replaced)), file) {
			continue
		}
		for _, decl := range file.Decls {
			if obj := declaredFunc(p.Pass.TypesInfo, decl); obj != nil {
				p.decls[obj] = decl.(*ast.FuncDecl)
				delete(p.noReturn, obj)
				order = append(order, obj)
			}
		}
	}
	return !slices.ContainsFunc(order, func(obj *types.Func) bool {
		return p.NoReturn(obj) != (old.noReturn[obj] == returnsNever)
	})
}

// NoReturn reports whether a call of fn never returns normally: it ends the
// process or the goroutine, panics, or loops for ever.
func (p *Package) NoReturn(fn *types.Func) bool {
	fn = fn.Origin()
	if endsTest(fn) {
		return true
	}
	if fn.Pkg() != p.Pass.Pkg {
		s := p.SummaryOf(fn)
		return s != nil && s.NoReturn || isFatalLog(fn) && fn.Signature().Results().Len() == 0 // zerolog's Fatal only begins a message
	}
	if m, ok := model[modelKey(fn)]; ok {
		return m.NoReturn
	}
	decl := p.decls[fn]
	if decl == nil {
		return false
	}
	if p.noReturn[fn] == 0 {
		p.noReturn[fn] = returnsUndecided
		p.noReturn[fn] = p.returning(decl.Body)
	}
	return p.noReturn[fn] == returnsNever
}

// returning decides on the body's control-flow graph. A body that defers
// anything counts as returning, since what it defers may recover.
func (p *Package) returning(body *ast.BlockStmt) returning {
	graph := cfg.New(body, func(call *ast.CallExpr) bool { return !p.noReturnCall(call) })
	if graph.NoReturn() || !defers(body) && !p.comesToEnd(graph) {
		return returnsNever
	}
	return returnsSometimes
}

func defers(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.DeferStmt:
			found = true
		}
		return !found
	})
	return found
}

// comesToEnd reports whether control can come to the end of a body, also past
// calls inside of other statements, which the graph takes to return.
func (p *Package) comesToEnd(graph *cfg.CFG) bool {
	seen := make(map[*cfg.Block]bool)
	var ends func(b *cfg.Block) bool
	ends = func(b *cfg.Block) bool {
		if seen[b] {
			return false
		}
		seen[b] = true
		if slices.ContainsFunc(b.Nodes, p.neverCompletes) {
			return false
		}
		return len(b.Succs) == 0 || slices.ContainsFunc(b.Succs, ends)
	}
	return ends(graph.Blocks[0])
}

// neverCompletes reports whether a node certainly makes a call that never
// returns.
func (p *Package) neverCompletes(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.GoStmt, *ast.DeferStmt:
			return false
		case *ast.BinaryExpr:
			if n.Op == token.LAND || n.Op == token.LOR {
				found = found || p.neverCompletes(n.X)
				return false
			}
		case *ast.CallExpr:
			found = found || p.noReturnCall(n)
		}
		return !found
	})
	return found
}

func (p *Package) noReturnCall(call *ast.CallExpr) bool {
	switch fn := typeutil.Callee(p.Pass.TypesInfo, call).(type) {
	case *types.Builtin:
		return fn.Name() == "panic"
	case *types.Func:
		return p.NoReturn(fn)
	}
	return false
}
