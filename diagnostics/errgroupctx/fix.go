package errgroupctx

import (
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxls/ctxls/diagnostics/rule"
)

// fix makes a task use the group's context. It gives the context a name where
// it has none, and one more where something else has taken the name.
func (g *group) fix(t *task, uses []use) (rule.Fix, bool) {
	pass := g.pass
	if !isContext(pass, uses[0].expr) {
		return rule.Fix{}, false // in a method, where the group's context has no name
	}
	var edits []analysis.TextEdit
	name := g.ctxName()
	if g.ctx == nil {
		assign, ok := g.stmt.(*ast.AssignStmt)
		if ok && assign.Tok != token.DEFINE {
			return rule.Fix{}, false // a new variable needs a new declaration
		}
		name = pass.FreshName(g.call.Pos(), "gctx")
		edits = append(edits, pass.Replace(g.not.Pos(), g.not.End(), name))
	} else {
		for _, u := range uses {
			if g.reaches(u.expr.Pos()) {
				continue
			}
			stmt := g.statement(t.site)
			if stmt == nil || !g.reaches(stmt.Pos()) {
				return rule.Fix{}, false
			}
			alias := pass.FreshName(stmt.Pos(), "groupCtx")
			edits = append(edits, pass.InsertBefore(stmt, alias+" := "+name))
			name = alias
			break
		}
	}
	for _, u := range uses {
		edits = append(edits, pass.Replace(u.expr.Pos(), u.expr.End(), name))
	}
	return rule.Fix{Title: "Use " + name + ", the context of the group", Safe: true, Edits: edits}, true
}

// reaches reports whether the name of the group's context means it at pos.
func (g *group) reaches(pos token.Pos) bool {
	obj := g.pass.TypesInfo.ObjectOf(g.ctx)
	scope := g.pass.TypesInfo.Scopes[g.pass.Func.File].Innermost(pos)
	if scope == nil || obj == nil {
		return false
	}
	_, found := scope.LookupParent(g.ctx.Name, pos)
	return found == obj
}

// statement is the statement of a block that a call stands in.
func (g *group) statement(call *ast.CallExpr) ast.Stmt {
	path := g.pass.Enclosing(call.Pos())
	for i, n := range path {
		stmt, ok := n.(ast.Stmt)
		if !ok || i+1 >= len(path) {
			continue
		}
		switch path[i+1].(type) {
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
			return stmt
		}
	}
	return nil
}
