// Package deafsleep is the rule of the same name: a sleep that goes on when
// the context is done.
package deafsleep

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"strings"
	"time"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

//go:embed doc.md
var doc string

// Rule is the rule deafsleep.
var Rule = &rule.Rule{
	Name:     "deafsleep",
	Title:    "a sleep goes on when the context is done",
	Group:    rule.Exit,
	Severity: rule.Information,
	Default:  true,
	Doc:      doc,
	Check:    check,
}

// shortest is the sleep that can be felt by somebody who waits for the end.
const shortest = 100 * time.Millisecond

func check(pass *rule.Pass) {
	if pass.Func.IsTest() {
		return
	}
	for _, body := range pass.Func.Bodies {
		for _, block := range body.Blocks {
			for _, instr := range block.Instrs {
				call, ok := instr.(*ssa.Call)
				if !ok {
					continue
				}
				if flow.Is(flow.Callee(call.Common()), "time.Sleep") {
					checkSleep(pass, call)
				}
			}
		}
	}
}

func checkSleep(pass *rule.Pass, sleep *ssa.Call) {
	longest, bounded := atMost(pass.Flow, sleep.Call.Args[0])
	if bounded && longest < shortest {
		return
	}
	call, stmt := syntax(pass, sleep.Pos())
	if call == nil || inCleanup(pass, call.Pos()) || pass.Flow.AfterDone(sleep) {
		return
	}
	live := pass.Flow.LiveContexts(pass.Func, call.Pos())
	if len(live) == 0 {
		return
	}
	ctx := named(pass, call, live)
	if takesBack(pass, call.Pos(), ctx) || withoutEnd(sleep) {
		return
	}
	risk := rule.Medium
	if bounded && longest < time.Second {
		risk = rule.Low
	}
	d := rule.Diagnostic{
		Pos: call.Pos(), End: call.End(),
		Message:  fmt.Sprintf("this sleep goes on when %s is done: %s", ctx.Expr, howLong(pass, call, longest, bounded)),
		Variable: ctx.Expr,
		Risk:     risk,
		Missing:  []token.Pos{call.Pos()},
		Claims:   []token.Pos{call.Pos()},
		Premises: pass.ContextEnds(ctx, sleep.Parent().Parent() != nil),
	}
	n := &nap{pass: pass, sleep: sleep, call: call, ctx: ctx, longest: longest, bounded: bounded}
	if n.minor() {
		d.Severity = rule.Hint
	}
	undo := undoes(pass, call.Pos())
	if ctx.Var.Pos().IsValid() && ctx.Var.Pkg() == pass.Pkg {
		d.Related = append(d.Related, rule.Related{
			Pos: pass.Declared(ctx.Var), End: pass.Declared(ctx.Var) + token.Pos(len(ctx.Var.Name())),
			Message: ctx.Expr + " is within reach of the sleep",
		})
	}
	if fix, ok := wake(pass, call, stmt, ctx.Expr); ok && !undo {
		d.Fixes = append(d.Fixes, fix)
	}
	pass.Report(d)
}

// slows matches the names of functions that are there to delay, or that answer
// who isn't let in: a pause there is against guessing.
var slows = regexp.MustCompile(`(?i)delay|^throttle|tarpit|(auth[nz]?|login|password)_?fail|unauthori[sz]ed`)

// delays reports whether the function by its name is there to delay.
func delays(pass *rule.Pass) bool {
	return pass.Func.Obj != nil && slows.MatchString(pass.Func.Obj.Name())
}

func howLong(pass *rule.Pass, call *ast.CallExpr, longest time.Duration, bounded bool) string {
	if bounded {
		return fmt.Sprintf("nothing wakes it for up to %s", longest)
	}
	const longestName = 60
	name := strings.Join(strings.Fields(pass.Source(call.Args[0])), " ")
	if len(name) > longestName {
		return "nothing wakes it for its whole length"
	}
	return fmt.Sprintf("nothing wakes it for all of %s", name)
}

// syntax finds the call and, where it stands as one, its statement.
func syntax(pass *rule.Pass, lparen token.Pos) (*ast.CallExpr, *ast.ExprStmt) {
	path := pass.Enclosing(lparen)
	for i, n := range path {
		call, ok := n.(*ast.CallExpr)
		if !ok || call.Lparen != lparen || len(call.Args) != 1 {
			continue
		}
		stmt, _ := path[i+1].(*ast.ExprStmt)
		return call, stmt
	}
	return nil, nil
}

// wake replaces the sleep by a select that the context ends too. Where a
// return would skip what others wait for, and the sleep isn't repeated, the
// function goes on at once instead.
func wake(pass *rule.Pass, call *ast.CallExpr, stmt *ast.ExprStmt, ctx string) (rule.Fix, bool) {
	if stmt == nil {
		return rule.Fix{}, false
	}
	after, edits := pass.Qualify(call.Pos(), "time", "After")
	leave, ok := pass.Return(call.Pos(), ctx)
	title := "Stop sleeping when " + ctx + " is done"
	if (!ok || !leave.Safe) && !inLoop(pass, call.Pos()) {
		leave = rule.WayOut{Safe: !pass.Flow.GivenDone(pass.Func, ctx)}
	} else if !ok {
		return rule.Fix{}, false
	}
	body := ""
	if leave.Code != "" && !(leave.Code == "return" && isLast(pass, stmt)) {
		body = leave.Code + "\n"
	}
	code := fmt.Sprintf("select {\ncase <-%s(%s):\ncase <-%s.Done():\n%s}", after, pass.Source(call.Args[0]), ctx, body)
	edits = append(edits, leave.Edits...)
	return rule.Fix{Title: title, Safe: leave.Safe, Edits: append(edits, pass.ReplaceStmt(stmt, code))}, true
}

// inLoop reports whether pos is repeated within its function.
func inLoop(pass *rule.Pass, pos token.Pos) bool {
	for _, n := range pass.Enclosing(pos) {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return true
		case *ast.FuncLit, *ast.FuncDecl:
			return false
		}
	}
	return false
}

// isLast reports whether a function ends with stmt.
func isLast(pass *rule.Pass, stmt ast.Stmt) bool {
	_, body := pass.Function(stmt.Pos())
	return body != nil && len(body.List) > 0 && body.List[len(body.List)-1] == stmt
}
