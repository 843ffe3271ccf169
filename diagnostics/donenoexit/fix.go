package donenoexit

import (
	"go/ast"
	"go/token"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxls/ctxls/diagnostics/rule"
)

// fix makes the case leave: by a labelled break where statements follow the
// loop, so that they run, else by a return.
func (c *candidate) fix() (rule.Fix, bool) {
	if c.jumpsWithin() {
		return rule.Fix{}, false
	}
	at := c.clause.Colon
	if n := len(c.clause.Body); n > 0 {
		at = c.clause.Body[n-1].Pos()
	}
	title := "Break out of the loop when " + c.pass.Source(c.ctx) + " is done"
	out := rule.WayOut{}
	if c.breaks() {
		out = c.pass.Break(c.loop)
	} else {
		title = "Return when " + c.pass.Source(c.ctx) + " is done"
		var ok bool
		if out, ok = c.pass.Return(at, c.pass.Source(c.ctx)); !ok {
			return rule.Fix{}, false
		}
	}
	var edit analysis.TextEdit
	if jump := c.lastJump(); jump != nil {
		edit = c.pass.ReplaceStmt(jump, out.Code)
	} else {
		edit = c.pass.AppendBody(c.clause, out.Code)
	}
	return rule.Fix{Title: title, Safe: out.Safe, Edits: append(out.Edits, edit)}, true
}

// breaks decides for a labelled break: where statements follow the loop, or
// follow around it before an outer loop would begin another turn.
func (c *candidate) breaks() bool {
	path := c.pass.Enclosing(c.loop.Pos())
	path = path[slices.Index(path, ast.Node(c.loop))+1:]
	inner := c.loop
	for _, n := range path {
		var list []ast.Stmt
		switch n := n.(type) {
		case *ast.BlockStmt:
			if _, isCase := inner.(*ast.CaseClause); !isCase {
				list = n.List
			}
			if _, isCase := inner.(*ast.CommClause); isCase {
				list = nil
			}
		case *ast.CaseClause:
			list = n.Body
		case *ast.CommClause:
			list = n.Body
		case *ast.ForStmt, *ast.RangeStmt, *ast.FuncLit, *ast.FuncDecl:
			return false
		}
		if len(list) > 0 && list[len(list)-1] != inner {
			return true
		}
		if stmt, ok := n.(ast.Stmt); ok {
			inner = stmt
		}
	}
	return false
}

// jumpsWithin reports whether the case goes on with the loop, or leaves the
// select, from elsewhere than its end: a way out at the end doesn't help then.
func (c *candidate) jumpsWithin() bool {
	found := false
	last := c.lastJump()
	for _, stmt := range c.clause.Body {
		ast.PreorderStack(stmt, nil, func(n ast.Node, stack []ast.Node) bool {
			jump, ok := n.(*ast.BranchStmt)
			if !ok {
				_, isLit := n.(*ast.FuncLit)
				return !isLit
			}
			if jump == last {
				return true
			}
			loops, switches := 0, 0
			for _, around := range stack {
				switch around.(type) {
				case *ast.ForStmt, *ast.RangeStmt:
					loops++
				case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
					switches++
				}
			}
			switch jump.Tok {
			case token.CONTINUE:
				found = found || jump.Label != nil || loops == 0
			case token.BREAK:
				found = found || jump.Label == nil && loops+switches == 0
			case token.GOTO:
				found = true
			}
			return true
		})
	}
	return found
}
