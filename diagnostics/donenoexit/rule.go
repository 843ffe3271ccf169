// Package donenoexit is the rule of the same name: a select case on a
// context's Done that doesn't leave the loop around the select.
package donenoexit

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/cfg"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

//go:embed doc.md
var doc string

// Rule is the rule donenoexit.
var Rule = &rule.Rule{
	Name:     "donenoexit",
	Title:    "the Done case of a select doesn't leave the loop",
	Group:    rule.Exit,
	Severity: rule.Warning,
	Default:  true,
	Doc:      doc,
	Check:    check,
}

func check(pass *rule.Pass) {
	ast.Inspect(pass.Func.SSA.Syntax(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Body != nil {
				checkBody(pass, n.Body)
			}
		case *ast.FuncLit:
			checkBody(pass, n.Body)
		}
		return true
	})
}

// checkBody checks the loops of one function, without the literals in it.
func checkBody(pass *rule.Pass, body *ast.BlockStmt) {
	var graph *cfg.CFG // built for the first candidate: most functions have none
	var visit func(n ast.Node, loop ast.Stmt)
	visit = func(n ast.Node, loop ast.Stmt) {
		ast.Inspect(n, func(child ast.Node) bool {
			if child == n {
				return true
			}
			switch child := child.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ForStmt:
				visit(child.Body, child)
				return false
			case *ast.RangeStmt:
				visit(child.Body, child)
				return false
			case *ast.SelectStmt:
				if loop == nil {
					return true
				}
				for _, c := range child.Body.List {
					d := doneCase(pass, loop, child, c.(*ast.CommClause))
					if d == nil {
						continue
					}
					if graph == nil {
						graph = cfg.New(body, func(call *ast.CallExpr) bool { return !neverReturns(pass, call) })
					}
					d.check(graph)
				}
			}
			return true
		})
	}
	visit(body, nil)
}

// neverReturns also counts func values and unknown functions that by their
// names end the process or the test.
func neverReturns(pass *rule.Pass, call *ast.CallExpr) bool {
	name := ""
	switch fn := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		name = fn.Name
	case *ast.SelectorExpr:
		name = fn.Sel.Name
	}
	name = strings.ToLower(name)
	if strings.HasPrefix(name, "fatal") || strings.HasPrefix(name, "exit") || strings.HasSuffix(name, "exit") || strings.HasPrefix(name, "panic") {
		return true
	}
	fn, ok := typeutil.Callee(pass.TypesInfo, call).(*types.Func)
	return ok && (pass.Flow.NoReturn(fn) || requires(pass, fn, call))
}

// requires reports whether a call ends the test as it is made in a case on
// Done: it is of a package of requirements that end it when they fail, and asks
// for there being no error while the context's own is not nil.
func requires(pass *rule.Pass, fn *types.Func, call *ast.CallExpr) bool {
	if fn.Pkg() == nil || fn.Pkg().Name() != "require" && fn.Pkg().Name() != "must" {
		return false
	}
	name := strings.TrimSuffix(fn.Name(), "f")
	if name != "NoError" && name != "Nil" && name != "Fail" {
		return false
	}
	return name == "Fail" || slices.ContainsFunc(call.Args, func(arg ast.Expr) bool { return failsWhenDone(pass, arg) })
}

// failsWhenDone reports whether an expression is a context's Err or Cause.
func failsWhenDone(pass *rule.Pass, arg ast.Expr) bool {
	call, ok := ast.Unparen(arg).(*ast.CallExpr)
	if !ok {
		return false
	}
	fn, ok := typeutil.Callee(pass.TypesInfo, call).(*types.Func)
	if !ok {
		return false
	}
	if fn.FullName() == "context.Cause" {
		return true
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	return ok && fn.Name() == "Err" && len(call.Args) == 0 && flow.HasContextMethods(pass.TypesInfo.TypeOf(sel.X))
}

// check decides on the control-flow graph: the case is at fault when control
// gets from it back to the select and nothing on the way leaves the loop.
func (c *candidate) check(graph *cfg.CFG) {
	start, head := c.blocks(graph)
	if start == nil || head == nil || !start.Live {
		return
	}
	w := c.walk(start, head)
	if !w.returns {
		return
	}
	certainly, probably := c.endsOther(graph)
	severity := rule.Warning
	if probably {
		severity = rule.Hint
	}
	switch {
	case certainly || c.wakesOther() || c.tellsItself():
	case len(w.exits) == 0 && !c.bounded():
		c.report(false, severity)
	case c.endsInBreak() && !c.asksLater(w):
		c.report(true, severity)
	}
}

// bounded reports whether the loop ends by itself: over a collection, or over
// a channel that a turn waits for.
func (c *candidate) bounded() bool {
	_, ok := c.loop.(*ast.RangeStmt)
	return ok
}

// endsInBreak reports whether the case ends in a bare break, which leaves the
// select only.
func (c *candidate) endsInBreak() bool {
	return c.lastJump() != nil && c.lastJump().Tok == token.BREAK
}

// lastJump is the bare break or continue at the end of the case, or nil.
func (c *candidate) lastJump() *ast.BranchStmt {
	if len(c.clause.Body) == 0 {
		return nil
	}
	jump, ok := c.clause.Body[len(c.clause.Body)-1].(*ast.BranchStmt)
	if !ok || jump.Label != nil || jump.Tok != token.BREAK && jump.Tok != token.CONTINUE {
		return nil
	}
	return jump
}

func (c *candidate) report(explicitBreak bool, severity rule.Severity) {
	pass := c.pass
	name := pass.Source(c.ctx)
	line := pass.Line(c.loop.Pos())
	message := fmt.Sprintf("this case doesn't leave the loop of line %d: once %s is done, the loop spins", line, name)
	risk := rule.High
	end := c.clause.Colon
	if n := len(c.clause.Body); n > 0 {
		end = c.clause.Body[n-1].Pos()
	}
	related := []rule.Related{{Pos: c.loop.Pos(), Message: "the loop that goes on"}}
	if explicitBreak || c.endsInBreak() {
		message = fmt.Sprintf("the break at the end of this case leaves the select, not the loop of line %d, which goes on after %s is done", line, name)
		related = append(related, rule.Related{Pos: end, End: c.lastJump().End(), Message: "this break leaves the select"})
	}
	if explicitBreak {
		risk = rule.Medium
	}
	d := rule.Diagnostic{
		Pos: c.recv.X.Pos(), End: c.recv.X.End(),
		Message:  message,
		Variable: name,
		Severity: severity,
		Risk:     risk,
		Missing:  []token.Pos{end},
		Related:  related,
		Claims:   []token.Pos{c.loop.Pos(), c.clause.Pos()},
	}
	if fix, ok := c.fix(); ok {
		d.Fixes = append(d.Fixes, fix)
	}
	pass.Report(d)
}
