package brokenchain

import (
	"go/ast"
	"go/token"
	"regexp"
	"strings"

	"github.com/ctxls/ctxls/internal/flow"
)

// This file recognises roots that are meant: code which must run though the
// context is done, or which says that it does.

// onPurpose reports whether a comment or the name of a variable says that the
// root is meant.
func (c *candidate) onPurpose() bool {
	return c.pass.SaysWhy(c.expr, c.path) || saysSo(variableOf(c.path))
}

// variableOf is the name of the variable that a value ends in: that of the
// assignment around it.
func variableOf(path []ast.Node) string {
	for _, n := range path {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if id, ok := n.Lhs[0].(*ast.Ident); ok {
				return id.Name
			}
			return ""
		case *ast.ValueSpec:
			return n.Names[0].Name
		case ast.Stmt, *ast.FuncLit, *ast.FuncDecl:
			return ""
		}
	}
	return ""
}

var intent = regexp.MustCompile(`(?i)cleanup|shutdown|^bg|background|detach|drain|rollback|teardown|clos(e|ing)|stop|grace|final|flush|root|^base`)

// saysSo reports whether a variable's name says that it holds a context of
// its own.
func saysSo(name string) bool { return name != "" && intent.MatchString(name) }

// givenUp reports whether a function around the root has a context parameter
// that it doesn't name.
func (c *candidate) givenUp() bool {
	for _, n := range c.path {
		var params *ast.FieldList
		switch n := n.(type) {
		case *ast.FuncLit:
			params = n.Type.Params
		case *ast.FuncDecl:
			params = n.Type.Params
		default:
			continue
		}
		for _, field := range params.List {
			if t := c.pass.TypesInfo.TypeOf(field.Type); t == nil || !flow.IsContextLike(t) {
				continue
			}
			if len(field.Names) == 0 || field.Names[0].Name == "_" {
				return true
			}
		}
		if n.Pos() <= c.pass.Declared(c.live.Var) && c.pass.Declared(c.live.Var) < n.End() {
			return false
		}
	}
	return false
}

// nilFallback reports whether the root stands in for a context, or something
// that has one, that is nil.
func (c *candidate) nilFallback() bool {
	var below ast.Node = c.expr
	for _, n := range c.path {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.FuncDecl:
			return false
		case *ast.IfStmt:
			if (below == n.Body || below == n.Else) && c.comparesWithNil(n.Cond) {
				return true
			}
		case *ast.CaseClause:
			for _, x := range n.List {
				if c.comparesWithNil(x) {
					return true
				}
			}
		}
		below = n
	}
	return false
}

// comparesWithNil reports whether a condition asks for a nil context, or for
// a nil owner of the live one.
func (c *candidate) comparesWithNil(cond ast.Expr) bool {
	found := false
	ast.Inspect(cond, func(n ast.Node) bool {
		compare, ok := n.(*ast.BinaryExpr)
		if !ok || compare.Op != token.EQL && compare.Op != token.NEQ || !c.pass.TypesInfo.Types[compare.Y].IsNil() {
			return true
		}
		t := c.pass.TypesInfo.TypeOf(compare.X)
		if flow.HasContextMethods(t) || strings.HasPrefix(c.live.Expr, c.pass.Source(compare.X)+".") {
			found = true
		}
		return true
	})
	return found
}
