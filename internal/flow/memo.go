package flow

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/types/typeutil"
)

// FillsMemo reports whether what a call answers is kept for later callers: in
// what the condition around it asks for, or by a sync.Once or a flight that
// several callers share. The end of one caller's context must not end it. The
// path are the nodes around the call, innermost first.
func (p *Package) FillsMemo(path []ast.Node) bool {
	for i, n := range path {
		switch n := n.(type) {
		case *ast.FuncDecl:
			return n.Body != nil && p.fillsWhatItReturned(n.Body)
		case *ast.FuncLit:
			if i+1 < len(path) && p.SharedCall(path[i+1]) {
				return true
			}
		case *ast.IfStmt:
			if i > 0 && path[i-1] == n.Body && p.fillsWhatItAsks(n) {
				return true
			}
		}
	}
	return false
}

// fillsWhatItReturned reports whether a function gives back a field or package
// variable that is there already, and fills it otherwise.
func (p *Package) fillsWhatItReturned(body *ast.BlockStmt) bool {
	for _, stmt := range body.List {
		branch, ok := stmt.(*ast.IfStmt)
		if !ok || len(branch.Body.List) == 0 {
			continue
		}
		ret, ok := branch.Body.List[len(branch.Body.List)-1].(*ast.ReturnStmt)
		if ok && len(ret.Results) > 0 && p.asksFor(branch.Cond, ret.Results[0]) && p.fills(branch.Cond, body) {
			return true
		}
	}
	return false
}

// asksFor reports whether a field or a package variable, or what a place lies in
// that is one, is part of a condition.
func (p *Package) asksFor(cond, place ast.Expr) bool {
	found := false
	name := types.ExprString(ast.Unparen(place))
	ast.Inspect(cond, func(n ast.Node) bool {
		x, ok := n.(ast.Expr)
		found = found || ok && p.lasts(x) && (types.ExprString(x) == name || strings.HasPrefix(name, types.ExprString(x)+"."))
		return !found
	})
	return found
}

// fillsWhatItAsks reports whether a branch assigns to a field or a package
// variable that its condition is about.
func (p *Package) fillsWhatItAsks(branch *ast.IfStmt) bool {
	return p.fills(branch.Cond, branch.Body)
}

// fills reports whether a block assigns to a field or a package variable that a
// condition is about.
func (p *Package) fills(cond ast.Expr, block *ast.BlockStmt) bool {
	asked := make(map[string]bool)
	ast.Inspect(cond, func(n ast.Node) bool {
		if x, ok := n.(ast.Expr); ok && p.lasts(x) {
			asked[types.ExprString(x)] = true
		}
		return true
	})
	found := false
	ast.Inspect(block, func(n ast.Node) bool {
		if assign, ok := n.(*ast.AssignStmt); ok {
			found = found || slices.ContainsFunc(assign.Lhs, func(x ast.Expr) bool { return p.lasts(x) && asked[types.ExprString(x)] })
		}
		return !found
	})
	return found
}

// lasts reports whether x is a field or a package variable.
func (p *Package) lasts(x ast.Expr) bool {
	id, ok := ast.Unparen(x).(*ast.Ident)
	if sel, isSel := ast.Unparen(x).(*ast.SelectorExpr); isSel {
		id, ok = sel.Sel, true
	}
	if !ok {
		return false
	}
	v, ok := p.Pass.TypesInfo.Uses[id].(*types.Var)
	return ok && v.Pkg() != nil && (v.IsField() && id != x || v.Parent() == v.Pkg().Scope())
}

// SharedCall reports whether a call runs a literal once for several callers.
func (p *Package) SharedCall(n ast.Node) bool {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return false
	}
	fn := typeutil.StaticCallee(p.Pass.TypesInfo, call)
	if fn == nil {
		return false
	}
	switch fn.FullName() {
	case "(*sync.Once).Do", "sync.OnceFunc", "sync.OnceValue", "sync.OnceValues",
		"(*golang.org/x/sync/singleflight.Group).Do", "(*golang.org/x/sync/singleflight.Group).DoChan":
		return true
	}
	return false
}
