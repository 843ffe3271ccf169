package ctxvalue

import (
	"fmt"
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxls/ctxls/diagnostics/rule"
)

// fix asks whether the value is there: with a return where the function can
// say that it isn't, else with the zero value in its place.
func fix(pass *rule.Pass, assertion *ast.TypeAssertExpr, call *ast.CallExpr) (rule.Fix, bool) {
	stmt, alone := statement(pass, assertion)
	if stmt == nil {
		return rule.Fix{}, false
	}
	sig, _ := pass.Function(assertion.Pos())
	if sig == nil {
		return rule.Fix{}, false
	}
	var edits []analysis.TextEdit
	leave := ""
	f := rule.Fix{Title: "Use the zero value when it is missing"}
	if rule.ErrorResult(sig) >= 0 {
		newError, imports := pass.Qualify(assertion.Pos(), "errors", "New")
		text := fmt.Sprintf("%s(%q)", newError, "no "+pass.Source(assertion.Type)+" in the context")
		code, more, ok := pass.ZeroReturn(assertion.Pos(), sig, text)
		if !ok {
			return rule.Fix{}, false
		}
		f = rule.Fix{Title: "Return an error when it is missing", Safe: true}
		edits = append(append(edits, imports...), more...)
		leave = code
	}
	there := "_"
	if leave != "" {
		there = pass.FreshName(stmt.Pos(), "ok")
	}
	check := ""
	if leave != "" {
		check = fmt.Sprintf("if !%s {\n%s\n}", there, leave)
	}
	source := pass.Source(assertion)
	if assign, ok := stmt.(*ast.AssignStmt); ok && alone && assign.Tok == token.DEFINE {
		edits = append(edits, pass.Replace(assign.Lhs[0].End(), assign.Lhs[0].End(), ", "+there))
		if check != "" {
			edits = append(edits, pass.InsertAfter(stmt, check))
		}
		f.Edits = edits
		return f, true
	}
	name := pass.FreshName(stmt.Pos(), "v")
	code := fmt.Sprintf("%s, %s := %s", name, there, source)
	if check != "" {
		code += "\n" + check
	}
	f.Edits = append(edits, pass.InsertBefore(stmt, code), pass.Replace(assertion.Pos(), assertion.End(), name))
	return f, true
}

// statement returns the statement of a block that evaluates the assertion, if
// it can be evaluated before: nothing decides whether it is, and no call comes
// first. Alone: it is all that is assigned to one variable.
func statement(pass *rule.Pass, assertion *ast.TypeAssertExpr) (stmt ast.Stmt, alone bool) {
	path := pass.Enclosing(assertion.X.End())
	for len(path) > 0 && path[0] != ast.Node(assertion) {
		path = path[1:]
	}
	for i, n := range path {
		switch n := n.(type) {
		case *ast.FuncLit:
			return nil, false
		case *ast.BinaryExpr:
			if n.Op == token.LAND || n.Op == token.LOR {
				return nil, false
			}
		case ast.Stmt:
			switch path[i+1].(type) {
			case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
			default:
				return nil, false
			}
			assign, isAssign := n.(*ast.AssignStmt)
			switch n.(type) {
			case *ast.AssignStmt, *ast.ExprStmt, *ast.ReturnStmt, *ast.DeclStmt:
			default:
				return nil, false
			}
			if _, isCase := path[i+1].(*ast.CommClause); isCase && path[i+1].(*ast.CommClause).Comm == n {
				return nil, false
			}
			if callsBefore(n, assertion) {
				return nil, false
			}
			return n, isAssign && len(assign.Lhs) == 1 && len(assign.Rhs) == 1 && ast.Unparen(assign.Rhs[0]) == ast.Expr(assertion)
		}
	}
	return nil, false
}

// callsBefore reports whether a statement calls something, or receives, before
// it comes to the assertion.
func callsBefore(stmt ast.Stmt, assertion *ast.TypeAssertExpr) bool {
	found := false
	ast.Inspect(stmt, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			found = found || n.End() <= assertion.Pos()
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW && n.End() <= assertion.Pos()
		}
		return n == nil || n.Pos() < assertion.Pos() || n.End() <= assertion.End()
	})
	return found
}
