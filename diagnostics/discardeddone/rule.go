// Package discardeddone is the rule of the same name: a look at a context
// whose answer nobody gets.
package discardeddone

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

//go:embed doc.md
var doc string

// Rule is the rule discardeddone.
var Rule = &rule.Rule{
	Name:     "discardeddone",
	Title:    "the result of ctx.Done() or ctx.Err() is thrown away",
	Group:    rule.Chain,
	Severity: rule.Warning,
	Default:  true,
	Doc:      doc,
	Check:    check,
}

func check(pass *rule.Pass) {
	ast.Inspect(pass.Func.SSA.Syntax(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ExprStmt:
			report(pass, n, n.X, "")
		case *ast.DeferStmt:
			report(pass, n, n.Call, "defer")
		case *ast.GoStmt:
			report(pass, n, n.Call, "go")
		case *ast.AssignStmt:
			for i, rhs := range n.Rhs {
				if len(n.Lhs) == len(n.Rhs) && isBlank(n.Lhs[i]) {
					report(pass, n, rhs, "_")
				}
			}
		case *ast.ValueSpec:
			for i, value := range n.Values {
				if len(n.Names) == len(n.Values) && isBlank(n.Names[i]) {
					report(pass, nil, value, "_")
				}
			}
		}
		return true
	})
}

func isBlank(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "_"
}

// report reports expr if it is a look at a context; how says what becomes of
// the result: a deferred call, a goroutine, an assignment to "_", or nothing.
func report(pass *rule.Pass, stmt ast.Stmt, expr ast.Expr, how string) {
	ctx, name := pass.ContextLook(expr)
	if ctx == nil || hasEffects(pass, ast.Unparen(expr).(*ast.CallExpr)) || inBenchmark(pass, expr.Pos()) {
		return
	}
	d := discard{pass: pass, stmt: stmt, call: ast.Unparen(expr).(*ast.CallExpr), ctx: pass.Source(ctx), name: name, how: how}
	var related []rule.Related
	v := pass.RootVar(ctx)
	if v != nil && v.Pos().IsValid() && v.Pkg() == pass.Pkg {
		related = append(related, rule.Related{Pos: pass.Declared(v), End: pass.Declared(v) + token.Pos(len(v.Name())), Message: v.Name() + " is declared here"})
	}
	pass.Report(rule.Diagnostic{
		Pos: d.call.Pos(), End: d.call.End(),
		Message:  d.message(),
		Variable: d.ctx,
		Missing:  []token.Pos{d.call.Pos()},
		Related:  related,
		Fixes:    d.fixes(v),
		Claims:   []token.Pos{d.call.Pos()},
	})
}

// hasEffects reports whether the method called is this package's own: it may
// do more than tell.
func hasEffects(pass *rule.Pass, call *ast.CallExpr) bool {
	fn, ok := typeutil.Callee(pass.TypesInfo, call).(*types.Func)
	if !ok || fn.Pkg() != pass.Pkg {
		return false
	}
	recv := fn.Signature().Recv()
	return recv != nil && !types.IsInterface(recv.Type())
}

// inBenchmark reports whether pos stands in a function that takes a
// *testing.B: what it calls is what it measures.
func inBenchmark(pass *rule.Pass, pos token.Pos) bool {
	for _, n := range pass.Enclosing(pos) {
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
			if types.TypeString(pass.TypesInfo.TypeOf(field.Type), nil) == "*testing.B" {
				return true
			}
		}
	}
	return false
}

// discard is one look at a context whose result is lost.
type discard struct {
	pass *rule.Pass
	stmt ast.Stmt // nil in a declaration
	call *ast.CallExpr
	ctx  string
	name string // Done, Err or Cause
	how  string
}

func (d *discard) message() string {
	source := d.pass.Source(d.call)
	switch {
	case d.how == "defer":
		return fmt.Sprintf("defer %s does nothing: nobody gets its result when the function returns", source)
	case d.how == "go":
		return fmt.Sprintf("go %s does nothing: nobody gets its result", source)
	case d.name == "Done":
		return fmt.Sprintf("the channel that %s returns is thrown away: nothing here waits for %s to be done", source, d.ctx)
	}
	return fmt.Sprintf("the result of %s is thrown away: nothing changes here when %s is done", source, d.ctx)
}

// fixes are all offered by hand: what was meant can only be guessed from what
// follows.
func (d *discard) fixes(ctx *types.Var) []rule.Fix {
	if d.stmt == nil {
		return nil
	}
	if assign, ok := d.stmt.(*ast.AssignStmt); ok && len(assign.Lhs) > 1 {
		return nil
	}
	remove := rule.Fix{Title: "Remove the statement", Edits: []analysis.TextEdit{d.pass.DeleteStmt(d.stmt)}}
	switch d.how {
	case "defer":
		if cancel := d.cancelOf(ctx); cancel != "" {
			edit := d.pass.ReplaceStmt(d.stmt, "defer "+cancel+"()")
			return []rule.Fix{{Title: "Defer " + cancel + "() instead", Edits: []analysis.TextEdit{edit}}, remove}
		}
		return []rule.Fix{remove}
	case "go":
		return []rule.Fix{remove}
	}
	wait := rule.Fix{
		Title: fmt.Sprintf("Wait for %s.Done()", d.ctx),
		Edits: []analysis.TextEdit{d.pass.ReplaceStmt(d.stmt, "<-"+d.pass.Source(d.call))},
	}
	leave, ok := d.leave()
	last, waits := d.place()
	switch {
	case d.name != "Done" && (last || !ok):
		return []rule.Fix{remove}
	case d.name != "Done":
		return []rule.Fix{leave}
	case last || !ok:
		return []rule.Fix{wait}
	case waits:
		return []rule.Fix{wait, leave}
	}
	return []rule.Fix{leave, wait}
}

// leave replaces the statement by a check that returns.
func (d *discard) leave() (rule.Fix, bool) {
	sig, _ := d.pass.Function(d.stmt.Pos())
	if sig == nil {
		return rule.Fix{}, false
	}
	ask := d.ctx + ".Err()"
	if d.name == "Cause" {
		ask = d.pass.Source(d.call)
	}
	code, edits, ok := d.pass.ZeroReturn(d.stmt.Pos(), sig, "err")
	if !ok {
		return rule.Fix{}, false
	}
	check := fmt.Sprintf("if %s != nil {\n%s\n}", ask, code)
	if rule.ErrorResult(sig) >= 0 {
		check = fmt.Sprintf("if err := %s; err != nil {\n%s\n}", ask, code)
	}
	return rule.Fix{
		Title: fmt.Sprintf("Return when %s is done", d.ctx),
		Edits: append(edits, d.pass.ReplaceStmt(d.stmt, check)),
	}, true
}

// place tells whether the statement is the last of its function, and whether
// it stands where one waits: first in a goroutine, outside of loops.
func (d *discard) place() (last, waits bool) {
	path := d.pass.Enclosing(d.stmt.Pos())
	for i, n := range path {
		switch n := n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return false, false
		case *ast.BlockStmt:
			if i+1 == len(path) {
				return false, false
			}
			switch path[i+1].(type) {
			case *ast.FuncLit, *ast.FuncDecl:
				last = n.List[len(n.List)-1] == d.stmt
				waits = n.List[0] == d.stmt && inGoroutine(path[i+1:])
				return last, waits
			}
		}
	}
	return false, false
}

// inGoroutine reports whether the literal at the head of path is launched.
func inGoroutine(path []ast.Node) bool {
	if len(path) < 3 {
		return false
	}
	call, ok := path[1].(*ast.CallExpr)
	if !ok || call.Fun != path[0] {
		return false
	}
	_, ok = path[2].(*ast.GoStmt)
	return ok
}

// cancelOf is the name of the cancel function that was made together with the
// context, if it is visible at the statement.
func (d *discard) cancelOf(ctx *types.Var) string {
	if ctx == nil || ctx.Name() != d.ctx {
		return ""
	}
	name := ""
	ast.Inspect(d.pass.Func.SSA.Syntax(), func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || len(assign.Lhs) != 2 || assign.Pos() > d.stmt.Pos() || d.pass.RootVar(assign.Lhs[0]) != ctx {
			return true
		}
		cancel := d.pass.RootVar(assign.Lhs[1])
		if cancel == nil || !flow.IsCancelFunc(cancel.Type()) {
			return true
		}
		scope := d.pass.Pkg.Scope().Innermost(d.stmt.Pos())
		if _, visible := scope.LookupParent(cancel.Name(), d.stmt.Pos()); visible == cancel && types.Identical(cancel.Type().Underlying(), types.NewSignatureType(nil, nil, nil, nil, nil, false)) {
			name = cancel.Name()
		}
		return true
	})
	return name
}
