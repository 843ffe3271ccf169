package cancelnotdeferred

import (
	"go/ast"
	"go/token"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

// deferIt replaces the calls by one defer after the creation, where that keeps
// the order of effects: each call is the last thing before the function
// returns, and nothing else is deferred in between.
func (h *handmade) deferIt() (rule.Fix, bool) {
	if flow.InLoop(h.made.Call) || h.pass.Flow.ResultMayBeNil(h.made.Call.Common(), h.made.Result) || h.assignedAgain() {
		return rule.Fix{}, false
	}
	body := h.body()
	if body == nil || !slices.Contains(body.List, ast.Stmt(h.assign)) || h.defersLater(body) {
		return rule.Fix{}, false
	}
	code := ""
	var edits []analysis.TextEdit
	for _, call := range h.calls {
		stmt := h.statement(body, callAt(h.pass, call.Pos()))
		if stmt == nil {
			return rule.Fix{}, false
		}
		source := h.pass.Source(stmt)
		if code != "" && source != code {
			return rule.Fix{}, false
		}
		code = source
		edits = append(edits, h.pass.DeleteStmt(stmt))
	}
	edits = append(edits, h.pass.InsertAfter(h.assign, "defer "+code))
	return rule.Fix{Title: "Defer " + code, Safe: true, Edits: edits}, code != ""
}

// body is the body of the innermost function around the creation.
func (h *handmade) body() *ast.BlockStmt {
	for _, n := range h.pass.Enclosing(h.expr.Pos()) {
		switch n := n.(type) {
		case *ast.FuncLit:
			return n.Body
		case *ast.FuncDecl:
			return n.Body
		case *ast.RangeStmt, *ast.ForStmt:
			return nil
		}
	}
	return nil
}

// assignedAgain reports whether another statement assigns to the variable, or
// takes its address.
func (h *handmade) assignedAgain() bool {
	is := func(e ast.Expr) bool {
		id, ok := ast.Unparen(e).(*ast.Ident)
		return ok && id != h.name && h.pass.TypesInfo.ObjectOf(id) == h.object()
	}
	found := false
	ast.Inspect(h.pass.Func.SSA.Syntax(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			found = found || slices.ContainsFunc(n.Lhs, is)
		case *ast.UnaryExpr:
			found = found || n.Op == token.AND && is(n.X)
		}
		return !found
	})
	return found
}

// defersLater reports whether something is deferred after the creation: it
// would run before the deferred cancel, not after the call.
func (h *handmade) defersLater(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.DeferStmt:
			found = found || n.Pos() > h.assign.Pos()
		}
		return !found
	})
	return found
}

// statement is the call as a statement of its own after which the function
// returns, without anything that depends on the context; else nil. What is
// passed to the cancel function has to be a constant, since a defer evaluates
// it at once.
func (h *handmade) statement(body *ast.BlockStmt, call *ast.CallExpr) ast.Stmt {
	if call == nil || slices.ContainsFunc(call.Args, func(e ast.Expr) bool {
		return !h.pass.TypesInfo.Types[e].IsNil()
	}) {
		return nil
	}
	callee, ok := call.Fun.(*ast.Ident)
	if !ok || h.pass.TypesInfo.ObjectOf(callee) != h.object() {
		return nil
	}
	for _, n := range h.pass.Enclosing(call.Pos()) {
		list := rule.Statements(n)
		i := slices.IndexFunc(list, func(s ast.Stmt) bool {
			expr, ok := s.(*ast.ExprStmt)
			return ok && expr.X == ast.Expr(call)
		})
		if i < 0 {
			continue
		}
		if i == len(list)-1 {
			if n == ast.Node(body) {
				return list[i]
			}
			return nil
		}
		ret, ok := list[i+1].(*ast.ReturnStmt)
		if !ok || !h.pass.IndifferentTo(ret, h.assign) {
			return nil
		}
		return list[i]
	}
	return nil
}
