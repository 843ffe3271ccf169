package lostcancel

import (
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/internal/flow"
)

// endsAround reports whether the parent is a captured context that a function
// around cancels as it returns, and this literal runs before that.
func (c *creation) endsAround(parent ssa.Value) bool {
	body := c.call.Parent()
	for body.Parent() != nil && c.runsNow(body) {
		body = body.Parent()
		if context := c.captured(parent, body); context != nil {
			made, ok := context.(*ssa.Extract)
			if !ok {
				return false
			}
			call, ok := made.Tuple.(*ssa.Call)
			return ok && c.cancelled(call)
		}
	}
	return false
}

// cancelled reports whether the function that a call stands in cancels what
// the call makes on each way out.
func (c *creation) cancelled(call *ssa.Call) bool {
	for _, result := range c.pass.Flow.Obligations(call.Common()) {
		if f := c.pass.Flow.FateOf(call, result, true); len(f.Lost) == 0 && !f.Cut && !f.Kept && !f.Launched {
			return true
		}
	}
	return false
}

// captured is the one value that a captured variable has in body, if it is one
// of its variables.
func (c *creation) captured(v ssa.Value, body *ssa.Function) ssa.Value {
	if load, ok := v.(*ssa.UnOp); ok && load.Op == token.MUL {
		v = load.X
	}
	for {
		free, ok := v.(*ssa.FreeVar)
		if !ok {
			break
		}
		if v = flow.Binding(free); v == nil {
			return nil
		}
	}
	cell, ok := v.(*ssa.Alloc)
	if !ok || cell.Parent() != body {
		return nil
	}
	var only ssa.Value
	for _, ref := range *cell.Referrers() {
		if store, ok := ref.(*ssa.Store); ok && store.Addr == cell {
			if only != nil {
				return nil
			}
			only = store.Val
		}
	}
	return only
}

// runsNow reports whether a literal runs within the call of the function
// around it: it is called there, or is a subtest that isn't parallel.
func (c *creation) runsNow(lit *ssa.Function) bool {
	if c.pass.Flow.RunsInside(lit) {
		return true
	}
	syntax, ok := lit.Syntax().(*ast.FuncLit)
	if !ok {
		return false
	}
	for _, n := range c.pass.Enclosing(syntax.Pos()) {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 2 || call.Args[1] != syntax {
			continue
		}
		sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		return ok && sel.Sel.Name == "Run" && c.pass.TypesInfo.TypeOf(sel.X) != nil && c.pass.TypesInfo.TypeOf(sel.X).String() == "*testing.T" && !parallel(syntax)
	}
	return false
}

// parallel reports whether a subtest says that it runs later, beside others.
func parallel(lit *ast.FuncLit) bool {
	found := false
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		found = found || ok && sel.Sel.Name == "Parallel"
		return !found
	})
	return found
}
