package forwardcancel

import (
	"go/ast"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxls/ctxls/diagnostics/rule"
)

// removal deletes the go statement, and a declaration that only served it is
// left to the compiler's complaint: then the fix isn't offered.
func (f *forwarder) removal() []analysis.TextEdit {
	return []analysis.TextEdit{f.pass.DeleteStmt(f.stmt)}
}

// afterFunc replaces the goroutine by context.AfterFunc. One that left with
// another context too gives the registration back then.
func (f *forwarder) afterFunc() []rule.Fix {
	pass := f.pass
	lit, ok := ast.Unparen(f.stmt.Call.Fun).(*ast.FuncLit)
	if !ok || len(f.stmt.Call.Args) > 0 || f.Late {
		return f.afterFuncByArguments()
	}
	from := f.look()
	if from == nil {
		return nil
	}
	after, edits := pass.Qualify(f.stmt.Pos(), "context", "AfterFunc")
	body := ""
	if f.Other == nil {
		for i, stmt := range lit.Body.List {
			if i > 0 {
				body += pass.Source(stmt) + "\n"
			}
		}
		if len(lit.Body.List) == 0 || !isReceive(lit.Body.List[0]) {
			return nil
		}
		return f.replaced(after+"("+pass.Source(from)+", "+f.function(lit.Body.List[1:], body)+")", edits)
	}
	clause := f.clause(lit, true)
	other := f.clause(lit, false)
	if clause == nil || other == nil || len(other.Body) > 0 && !returnsOnly(other.Body) {
		return nil
	}
	for _, stmt := range clause.Body {
		if _, ok := stmt.(*ast.ReturnStmt); !ok {
			body += pass.Source(stmt) + "\n"
		}
	}
	end := receivedFrom(f, other)
	if end == nil || len(lit.Body.List) != 1 {
		return nil
	}
	stop := pass.FreshName(f.stmt.Pos(), "stop")
	code := stop + " := " + after + "(" + pass.Source(from) + ", " + f.function(clause.Body, body) + ")\n" +
		after + "(" + pass.Source(end) + ", func() { " + stop + "() })"
	return f.replaced(code, edits)
}

// afterFuncByArguments is the fix for a named function: its arguments are the
// context and the CancelFunc.
func (f *forwarder) afterFuncByArguments() []rule.Fix {
	if f.Other != nil || f.Tells {
		return nil
	}
	var ctx, cancel ast.Expr
	for _, arg := range f.stmt.Call.Args {
		switch t := f.pass.TypesInfo.TypeOf(arg).String(); t {
		case "context.Context":
			if ctx != nil {
				return nil
			}
			ctx = arg
		case "context.CancelFunc":
			if cancel != nil {
				return nil
			}
			cancel = arg
		default:
			return nil
		}
	}
	if ctx == nil || cancel == nil {
		return nil
	}
	after, edits := f.pass.Qualify(f.stmt.Pos(), "context", "AfterFunc")
	return f.replaced(after+"("+f.pass.Source(ctx)+", "+f.pass.Source(cancel)+")", edits)
}

func (f *forwarder) replaced(code string, edits []analysis.TextEdit) []rule.Fix {
	return []rule.Fix{{Title: "Use context.AfterFunc", Edits: append(edits, f.pass.ReplaceStmt(f.stmt, code))}}
}

// function writes what AfterFunc shall run: the CancelFunc itself where
// nothing else is done.
func (f *forwarder) function(list []ast.Stmt, body string) string {
	var calls []ast.Stmt
	for _, stmt := range list {
		if _, ok := stmt.(*ast.ReturnStmt); !ok {
			calls = append(calls, stmt)
		}
	}
	if len(calls) == 1 && len(f.Cancel.Common().Args) == 0 {
		if call := f.pass.CallExpr(f.Cancel); call != nil {
			return f.pass.Source(call.Fun)
		}
	}
	return "func() {\n" + body + "}"
}

// clause is the select case with the cancel in it, or the other one.
func (f *forwarder) clause(lit *ast.FuncLit, withCancel bool) *ast.CommClause {
	for _, stmt := range lit.Body.List {
		sel, ok := stmt.(*ast.SelectStmt)
		if !ok {
			continue
		}
		for _, c := range sel.Body.List {
			clause := c.(*ast.CommClause)
			if has := clause.Pos() <= f.Cancel.Pos() && f.Cancel.Pos() < clause.End(); has == withCancel {
				return clause
			}
		}
	}
	return nil
}

// receivedFrom is the context whose Done a case waits for.
func receivedFrom(f *forwarder, clause *ast.CommClause) ast.Expr {
	expr, ok := clause.Comm.(*ast.ExprStmt)
	if !ok {
		return nil
	}
	recv, ok := expr.X.(*ast.UnaryExpr)
	if !ok {
		return nil
	}
	ctx, _ := f.pass.ContextLook(recv.X)
	return ctx
}

func isReceive(stmt ast.Stmt) bool {
	expr, ok := stmt.(*ast.ExprStmt)
	if !ok {
		return false
	}
	_, ok = expr.X.(*ast.UnaryExpr)
	return ok
}

func returnsOnly(list []ast.Stmt) bool {
	_, ok := list[0].(*ast.ReturnStmt)
	return ok && len(list) == 1
}
