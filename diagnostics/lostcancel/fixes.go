package lostcancel

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

// fixes offers the one way to repair the creation that keeps everything else
// as it is, if there is one.
func (c *creation) fixes() []rule.Fix {
	block := c.block()
	if block == nil || c.name == nil {
		return nil
	}
	loop := c.enclosingLoop()
	if loop == nil && flow.InLoop(c.call) {
		return nil // a loop by goto
	}
	if c.fate.Cut {
		return nil // not all exits are known
	}
	handedOn := c.fate.Kept || c.fate.Launched
	life := c.pass.Flow.LifetimeOf(c.call, c.result, loop != nil)
	switch {
	case loop != nil:
		if life.Reach == flow.StaysInside && !life.Deferred && !handedOn {
			return c.callEachTurn(block)
		}
	case !handedOn && life.Reach != flow.Leaves:
		return c.insertDefer(block, life.Reach == flow.StaysInside)
	case !life.Deferred && (handedOn || c.fate.Called || c.fate.Deferred):
		return c.callBeforeExits()
	}
	return nil
}

// block is the block, or the clause, whose list the creation stands in.
func (c *creation) block() ast.Node {
	if c.stmt == nil {
		return nil
	}
	path := c.pass.Enclosing(c.stmt.Pos())
	for _, n := range path {
		if slices.Contains(rule.Statements(n), c.stmt) {
			return n
		}
	}
	return nil
}

// named returns the name to call, and the edits that introduce it where the
// cancel function was thrown away.
func (c *creation) named() (name string, edits []analysis.TextEdit) {
	if c.name.Name != "_" {
		return c.name.Name, nil
	}
	name = c.pass.FreshName(c.name.Pos(), "cancel")
	edits = append(edits, c.pass.Replace(c.name.Pos(), c.name.End(), name))
	if assign, ok := c.stmt.(*ast.AssignStmt); ok && assign.Tok == token.ASSIGN {
		typ, imports := c.pass.Qualify(c.stmt.Pos(), "context", c.typeName())
		edits = append(edits, imports...)
		edits = append(edits, c.pass.InsertBefore(c.stmt, "var "+name+" "+typ))
	}
	return name, edits
}

// typeName is CancelFunc or CancelCauseFunc.
func (c *creation) typeName() string {
	t := c.call.Call.Signature().Results().At(c.result).Type()
	if named, ok := types.Unalias(t).(*types.Named); ok {
		return named.Obj().Name()
	}
	return "CancelFunc"
}

// callOf writes the call of a cancel function.
func (c *creation) callOf(name string) string {
	if c.typeName() == "CancelCauseFunc" {
		return name + "(nil)"
	}
	return name + "()"
}

// callEachTurn is the fix in a loop, where a defer would pile up: call it at
// the end of the block that the context lives in, and before each statement
// that leaves the block early.
func (c *creation) callEachTurn(block ast.Node) []rule.Fix {
	if c.returnsError() || c.pass.Flow.ResultMayBeNil(c.call.Common(), c.result) {
		return nil
	}
	name, edits := c.named()
	call := c.callOf(name)
	turn := rule.Turn{Block: block, Made: c.stmt, Code: call, Calls: c.calls}
	leaving, ok := c.pass.AtEndOfTurn(turn)
	if !ok {
		return nil
	}
	edits = append(edits, leaving...)
	return []rule.Fix{{Title: "Call " + call + " at the end of each turn", Safe: true, Edits: edits}}
}

// calls reports whether stmt is the call of the cancel function.
func (c *creation) calls(stmt ast.Stmt) bool {
	expr, ok := stmt.(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := expr.X.(*ast.CallExpr)
	if !ok {
		return false
	}
	id, ok := call.Fun.(*ast.Ident)
	return ok && c.name.Name != "_" && c.pass.TypesInfo.ObjectOf(id) == c.pass.TypesInfo.ObjectOf(c.name)
}

// insertDefer is fix A (and C): defer the call right after the creation, or
// after the check of what the same call says of its success. Where the cancel
// function can be nil there has to be such a check.
func (c *creation) insertDefer(block ast.Node, safe bool) []rule.Fix {
	after := c.stmt
	if c.returnsError() || c.pass.Flow.ResultMayBeNil(c.call.Common(), c.result) {
		list := rule.Statements(block)
		next := slices.Index(list, c.stmt) + 1
		if next == len(list) || !c.checksSuccess(list[next]) {
			return nil
		}
		after = list[next]
	}
	name, edits := c.named()
	call := c.callOf(name)
	edits = append(edits, c.pass.InsertAfter(after, "defer "+call))
	return []rule.Fix{{Title: "Insert defer " + call, Safe: safe, Edits: edits}}
}

func (c *creation) returnsError() bool {
	for v := range c.call.Call.Signature().Results().Variables() {
		if isError(v.Type()) {
			return true
		}
	}
	return false
}

func isError(t types.Type) bool {
	return types.Implements(t, types.Universe.Lookup("error").Type().Underlying().(*types.Interface))
}

// checksSuccess reports whether stmt leaves when the creation made nothing:
// its error isn't nil, its ok is false, or its context or cancel function is
// nil.
func (c *creation) checksSuccess(stmt ast.Stmt) bool {
	branch, ok := stmt.(*ast.IfStmt)
	if !ok || branch.Init != nil || branch.Else != nil || !rule.Terminates(branch.Body) {
		return false
	}
	switch cond := ast.Unparen(branch.Cond).(type) {
	case *ast.UnaryExpr:
		id, ok := cond.X.(*ast.Ident)
		return ok && cond.Op == token.NOT && c.assigns(id)
	case *ast.BinaryExpr:
		id, ok := cond.X.(*ast.Ident)
		if !ok || !c.assigns(id) || !c.pass.TypesInfo.Types[cond.Y].IsNil() {
			return false
		}
		t := c.pass.TypesInfo.TypeOf(id)
		return cond.Op == token.NEQ && isError(t) || cond.Op == token.EQL && (flow.IsContext(t) || flow.IsCancelFunc(t))
	}
	return false
}

// assigns reports whether the creation assigns to the variable that id names.
func (c *creation) assigns(id *ast.Ident) bool {
	obj := c.pass.TypesInfo.ObjectOf(id)
	if obj == nil {
		return false
	}
	assign, ok := c.stmt.(*ast.AssignStmt)
	return ok && slices.ContainsFunc(assign.Lhs, func(e ast.Expr) bool {
		lhs, ok := e.(*ast.Ident)
		return ok && c.pass.TypesInfo.ObjectOf(lhs) == obj
	})
}

// callBeforeExits is fix B: call it where a path leaves without a call. It is
// for obligations that other paths discharge or hand on.
func (c *creation) callBeforeExits() []rule.Fix {
	if c.name.Name == "_" {
		return nil
	}
	call := c.callOf(c.name.Name)
	var edits []analysis.TextEdit
	for _, exit := range c.fate.Lost {
		if exit.Kind != flow.ExitReturn || !c.holdsAt(exit) {
			return nil
		}
		edit, ok := c.callBefore(exit.Pos, call)
		if !ok {
			return nil
		}
		edits = append(edits, edit)
	}
	title := "Call " + call + " before this return"
	if len(edits) > 1 {
		title = "Call " + call + " before each return that lacks it"
	}
	return []rule.Fix{{Title: title, Safe: true, Edits: edits}}
}

// holdsAt reports whether the variable certainly holds this obligation at an
// exit: on each path there the creation came first, nothing else is assigned
// to it, and the name means the same.
func (c *creation) holdsAt(exit flow.Exit) bool {
	if !c.call.Block().Dominates(exit.Block) || c.assignedElsewhere() {
		return false
	}
	scope := c.pass.Pkg.Scope().Innermost(exit.Pos)
	if scope == nil {
		return false
	}
	_, obj := scope.LookupParent(c.name.Name, exit.Pos)
	return obj != nil && obj == c.pass.TypesInfo.ObjectOf(c.name)
}

// assignedElsewhere reports whether another statement assigns to the variable
// after the creation, or takes its address.
func (c *creation) assignedElsewhere() bool {
	obj := c.pass.TypesInfo.ObjectOf(c.name)
	names := func(e ast.Expr) bool {
		id, ok := ast.Unparen(e).(*ast.Ident)
		return ok && c.pass.TypesInfo.ObjectOf(id) == obj
	}
	found := false
	ast.Inspect(c.pass.Func.SSA.Syntax(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			found = found || n.Pos() > c.stmt.Pos() && slices.ContainsFunc(n.Lhs, names)
		case *ast.UnaryExpr:
			found = found || n.Op == token.AND && names(n.X)
		}
		return !found
	})
	return found
}

// callBefore makes the edit that calls it before the return, or the closing
// brace, at pos.
func (c *creation) callBefore(pos token.Pos, call string) (analysis.TextEdit, bool) {
	for _, n := range c.pass.Enclosing(pos) {
		switch n := n.(type) {
		case *ast.ReturnStmt:
			if n.Pos() != pos || !c.pass.IndifferentTo(n, c.stmt) {
				return analysis.TextEdit{}, false
			}
			return c.pass.InsertBefore(n, call), true
		case *ast.BlockStmt:
			if n.Rbrace == pos {
				return c.pass.AppendBody(n, call), true
			}
		}
	}
	return analysis.TextEdit{}, false
}
