// Package deafloop is the rule of the same name: an endless loop that goes on
// when its context is done.
package deafloop

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

//go:embed doc.md
var doc string

// Rule is the rule deafloop.
var Rule = &rule.Rule{
	Name:     "deafloop",
	Title:    "an endless loop goes on when the context is done",
	Group:    rule.Exit,
	Severity: rule.Warning,
	Default:  true,
	Doc:      doc,
	Check:    check,
}

func check(pass *rule.Pass) {
	for _, body := range pass.Func.Bodies {
		for _, loop := range pass.Flow.DeafLoops(body) {
			if live := pass.Flow.LiveContexts(pass.Func, loop.Stmt.Pos()); len(live) > 0 {
				report(pass, body, loop, named(pass, loop, live))
			}
		}
	}
}

// named returns the context to blame: the one that the loop passes on, else
// the nearest.
func named(pass *rule.Pass, loop flow.DeafLoop, live []flow.LiveContext) flow.LiveContext {
	for _, ctx := range live[1:] {
		if ctx.Kind != flow.LiveRequest && mentions(pass, loop.Stmt, ctx.Var) && !mentions(pass, loop.Stmt, live[0].Var) {
			return ctx
		}
	}
	return live[0]
}

// mentions reports whether a variable is used within a statement.
func mentions(pass *rule.Pass, stmt ast.Stmt, v *types.Var) bool {
	found := false
	ast.Inspect(stmt, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && pass.TypesInfo.Uses[id] == v
		return !found
	})
	return found
}

func report(pass *rule.Pass, body *ssa.Function, loop flow.DeafLoop, ctx flow.LiveContext) {
	if pass.Flow.Signals(loop) {
		return // for the life of the program
	}
	d := rule.Diagnostic{
		Pos: loop.Stmt.Pos(), End: loop.Stmt.Pos() + token.Pos(len("for")),
		Message:  message(pass, loop, ctx),
		Variable: ctx.Expr,
		Risk:     rule.High,
		Missing:  []token.Pos{loop.Stmt.Pos()},
		Claims:   claims(pass, body, loop),
		Premises: pass.ContextEnds(ctx, body.Parent() != nil),
	}
	switch {
	case ctx.Kind == flow.LiveField, runsOnce(pass), pass.Func.IsTest():
		d.Severity = rule.Information
	}
	again := calledAgain(pass, body)
	if again || borrowed(pass, body, loop, ctx) || pass.Flow.NeverDone(pass.Func, ctx) || pass.Flow.OfCommandLine() && !pass.MayEnd(ctx) || endsAfterTest(pass, body, ctx) {
		d.Severity = rule.Hint
	}
	if ctx.Var.Pos().IsValid() && ctx.Var.Pkg() == pass.Pkg {
		d.Related = append(d.Related, rule.Related{
			Pos: pass.Declared(ctx.Var), End: pass.Declared(ctx.Var) + token.Pos(len(ctx.Var.Name())), Message: ctx.Expr + " is within reach of the loop",
		})
	}
	for _, call := range loop.Fails {
		what := "and only its success leaves the loop"
		if loop.Ends != "" {
			what = "but not with " + loop.Ends
		}
		d.Related = append(d.Related, rule.Related{Pos: call.Pos(), Message: "this fails in every turn once the context is done, " + what})
	}
	for _, call := range loop.Polls {
		d.Related = append(d.Related, rule.Related{Pos: call.Pos(), Message: "only the success of this call leaves the loop"})
	}
	if len(loop.Fails)+len(loop.Polls) == 0 {
		d.Related = append(d.Related, rule.Related{Pos: loop.At.Pos(), Message: "this is repeated without end"})
	}
	if fix, ok := fix(pass, body, loop, ctx); ok && !again {
		d.Fixes = append(d.Fixes, fix)
	}
	pass.Report(d)
}

func message(pass *rule.Pass, loop flow.DeafLoop, ctx flow.LiveContext) string {
	name := ctx.Expr
	if len(loop.Fails) > 0 {
		call := callName(loop.Fails[0])
		then := "it spins"
		if loop.Waits {
			then = "it tries for ever"
		}
		if loop.Ends == "" {
			return fmt.Sprintf("this loop ends only when %s succeeds, which it can't once %s is done: %s", call, name, then)
		}
		return fmt.Sprintf("this loop ends only when %s returns %s, which it doesn't once %s is done: %s", call, loop.Ends, name, then)
	}
	if len(loop.Polls) > 0 {
		return fmt.Sprintf("this loop goes on when %s is done, until %s succeeds", name, callName(loop.Polls[0]))
	}
	return fmt.Sprintf("this loop goes on when %s is done: it has no way out", name)
}

// callName is the name of what a call calls, for messages.
func callName(call *ssa.Call) string {
	if fn := flow.Callee(call.Common()); fn != nil {
		return fn.Name()
	}
	return "the call"
}

// borrowed reports whether the loop runs in a goroutine that doesn't use the
// context, which is that of the function around: the goroutine may be meant to
// outlive it.
func borrowed(pass *rule.Pass, body *ssa.Function, loop flow.DeafLoop, ctx flow.LiveContext) bool {
	return ctx.Kind != flow.LiveField && len(pass.Flow.Launched(body)) > 0 &&
		!contains(body.Syntax(), pass.Declared(ctx.Var)) && !mentions(pass, loop.Stmt, ctx.Var)
}

func contains(n ast.Node, pos token.Pos) bool { return n != nil && n.Pos() <= pos && pos < n.End() }

// claims are the loop, and the sleeps and channel operations of its own turns.
func claims(pass *rule.Pass, body *ssa.Function, loop flow.DeafLoop) []token.Pos {
	out := []token.Pos{loop.Stmt.Pos()}
	ast.Inspect(loop.Stmt, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			if isSleep(pass, n) {
				out = append(out, n.Pos())
			}
		}
		return true
	})
	return out
}

func isSleep(pass *rule.Pass, call *ast.CallExpr) bool {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	var id *ast.Ident
	if ok {
		id = sel.Sel
	} else if id, ok = ast.Unparen(call.Fun).(*ast.Ident); !ok {
		return false
	}
	fn, ok := pass.TypesInfo.Uses[id].(*types.Func)
	return ok && flow.Is(fn, "time.Sleep")
}

// runsOnce reports whether the loop stands in main or in an initialiser: it
// ends with the process.
func runsOnce(pass *rule.Pass) bool {
	f := pass.Func
	if f.Obj == nil {
		return true
	}
	return f.Obj.Signature().Recv() == nil && (f.Obj.Name() == "init" || f.Obj.Name() == "main" && pass.Pkg.Name() == "main")
}
