package deafloop

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

// calledAgain reports whether the loop's literal is handed to a function out of
// view that can't tell when to stop, as it gets neither a context nor a channel:
// it may call the literal again and again, so that leaving the loop ends nothing.
func calledAgain(pass *rule.Pass, body *ssa.Function) bool {
	lit, ok := body.Syntax().(*ast.FuncLit)
	if !ok || len(body.Params) > 0 || len(pass.Flow.Launched(body)) > 0 {
		return false
	}
	path := pass.Enclosing(lit.Body.Lbrace)
	for i, n := range path {
		if n != ast.Node(lit) || i+1 == len(path) {
			continue
		}
		call, ok := path[i+1].(*ast.CallExpr)
		return ok && call.Fun != ast.Expr(lit) && !inView(pass, call) && !canStop(pass, call)
	}
	return false
}

// inView reports whether a call is one of this package's functions, or of
// package sync's, which call what they get once at most.
func inView(pass *rule.Pass, call *ast.CallExpr) bool {
	if pass.TypesInfo.Types[call.Fun].IsType() {
		return true
	}
	var id *ast.Ident
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		id = fun
	case *ast.SelectorExpr:
		id = fun.Sel
	}
	fn, ok := pass.TypesInfo.Uses[id].(*types.Func)
	return ok && fn.Pkg() != nil && (fn.Pkg() == pass.Pkg || fn.Pkg().Path() == "sync")
}

// canStop reports whether a call is given something that tells it to stop.
func canStop(pass *rule.Pass, call *ast.CallExpr) bool {
	for _, arg := range call.Args {
		t := pass.TypesInfo.TypeOf(arg)
		if t == nil {
			continue
		}
		if _, isChan := t.Underlying().(*types.Chan); isChan || flow.IsContextLike(t) {
			return true
		}
	}
	return false
}

// endsAfterTest reports whether the context is that of a test, which is done
// only once the test's function has returned, and the loop runs in a declared
// function that nothing launches: the test waits for it.
func endsAfterTest(pass *rule.Pass, body *ssa.Function, ctx flow.LiveContext) bool {
	if ctx.Kind != flow.LiveRequest || body != pass.Func.SSA || len(pass.Flow.Launched(body)) > 0 {
		return false
	}
	switch types.TypeString(ctx.Var.Type(), nil) {
	case "*testing.T", "*testing.B", "*testing.F", "testing.TB":
		return true
	}
	return false
}
