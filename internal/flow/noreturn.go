package flow

import (
	"go/ast"
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
	if fn.Pkg() != p.Pass.Pkg {
		s := p.SummaryOf(fn)
		return s != nil && s.NoReturn
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
	if cfg.New(body, func(call *ast.CallExpr) bool { return !p.noReturnCall(call) }).NoReturn() {
		return returnsNever
	}
	return returnsSometimes
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
