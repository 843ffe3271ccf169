// Package closedspin is the rule of the same name: a select case on a channel
// that gets closed keeps its loop turning.
package closedspin

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

//go:embed doc.md
var doc string

// Rule is the rule closedspin.
var Rule = &rule.Rule{
	Name:     "closedspin",
	Title:    "a select case on a closed channel keeps its loop spinning",
	Group:    rule.Exit,
	Severity: rule.Warning,
	Default:  true,
	Doc:      doc,
	Check:    check,
}

func check(pass *rule.Pass) {
	for _, body := range pass.Func.Bodies {
		for _, spin := range pass.Flow.Spins(body) {
			if c := find(pass, spin); c != nil {
				c.report()
			}
		}
	}
}

// spinning is a case that keeps its loop turning.
type spinning struct {
	pass   *rule.Pass
	spin   flow.Spin
	loop   ast.Stmt // the innermost one, a *ast.ForStmt or *ast.RangeStmt
	sel    *ast.SelectStmt
	clause *ast.CommClause
	recv   *ast.UnaryExpr
}

// find looks for the syntax of a case; nil if it isn't in a loop of its own
// function.
func find(pass *rule.Pass, spin flow.Spin) *spinning {
	c := &spinning{pass: pass, spin: spin}
	pos := spin.Select.States[spin.Case].Pos
	for _, n := range pass.Enclosing(pos) {
		switch n := n.(type) {
		case *ast.UnaryExpr:
			if c.recv == nil && n.Op == token.ARROW && n.OpPos == pos {
				c.recv = n
			}
		case *ast.CommClause:
			if c.clause == nil {
				c.clause = n
			}
		case *ast.SelectStmt:
			if c.sel == nil {
				c.sel = n
			}
		case *ast.ForStmt:
			c.loop = n
		case *ast.RangeStmt:
			c.loop = n
		case *ast.FuncLit, *ast.FuncDecl:
			return nil
		}
		if c.loop != nil {
			break
		}
	}
	if c.recv == nil || c.clause == nil || c.sel == nil {
		return nil
	}
	if _, isRange := c.loop.(*ast.RangeStmt); isRange {
		return nil // ends with what it ranges over
	}
	return c
}

func (c *spinning) report() {
	name := c.pass.Source(c.recv.X)
	line := c.pass.Line(c.loop.Pos())
	message := fmt.Sprintf("once %s is closed this case is always ready: it doesn't leave the loop of line %d, which spins", name, line)
	if c.spin.Asks {
		message = fmt.Sprintf("this case sees that %s is closed, and doesn't leave the loop of line %d, which spins", name, line)
	}
	d := rule.Diagnostic{
		Pos: c.recv.X.Pos(), End: c.recv.X.End(), Message: message, Risk: rule.High,
		Missing: []token.Pos{c.clause.Colon},
		Claims:  []token.Pos{c.loop.Pos(), c.clause.Pos()},
		Fixes:   c.fixes(),
	}
	switch ast.Unparen(c.recv.X).(type) {
	case *ast.Ident, *ast.SelectorExpr:
		d.Variable = types.ExprString(c.recv.X)
	}
	for _, step := range c.spin.Closes {
		d.Related = append(d.Related, rule.Related{Pos: step.Pos, Message: step.Message})
	}
	d.Related = append(d.Related, rule.Related{Pos: c.loop.Pos(), Message: "the loop that goes on"})
	if c.pass.Func.IsTest() || c.spin.Owner || c.spin.Beside {
		d.Severity = rule.Hint
	}
	c.pass.Report(d)
}
