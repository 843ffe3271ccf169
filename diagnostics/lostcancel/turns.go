package lostcancel

import (
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxls/ctxls/diagnostics/rule"
)

// callEachTurn is the fix in a loop, where a defer would pile up: call it at
// the end of the block that the context lives in, and before each statement
// that leaves the block early.
func (c *creation) callEachTurn(block ast.Node) []rule.Fix {
	assign, ok := c.stmt.(*ast.AssignStmt)
	if !ok || assign.Tok != token.DEFINE || !c.declaresAll(assign) ||
		c.returnsError() || c.pass.Flow.ResultMayBeNil(c.call.Common(), c.result) {
		return nil
	}
	name, edits := c.named()
	call := c.callOf(name)
	list := statements(block)
	last := list[len(list)-1]
	w := exitWalker{creation: c, block: block, call: call}
	w.list(list)
	if w.failed {
		return nil
	}
	edits = append(edits, w.edits...)
	if !terminates(last) && !w.calls(last) {
		edits = append(edits, c.pass.AppendBody(block, call))
	}
	return []rule.Fix{{Title: "Call " + call + " at the end of each turn", Safe: true, Edits: edits}}
}

// declaresAll reports whether the contexts and cancel functions that the
// assignment sets are all declared by it: nothing outside of the block sees
// them.
func (c *creation) declaresAll(assign *ast.AssignStmt) bool {
	for _, lhs := range assign.Lhs {
		id, ok := lhs.(*ast.Ident)
		if !ok {
			return false
		}
		if id.Name != "_" && c.pass.TypesInfo.Defs[id] == nil {
			return false
		}
	}
	return true
}

// exitWalker finds the statements after the creation that leave its block.
type exitWalker struct {
	*creation
	block  ast.Node
	call   string
	edits  []analysis.TextEdit
	failed bool
}

func (w *exitWalker) list(list []ast.Stmt) {
	for i, stmt := range list {
		if stmt.Pos() <= w.stmt.Pos() && stmt.End() >= w.stmt.End() || stmt.End() <= w.stmt.Pos() {
			continue
		}
		if leave := w.leaving(stmt); leave && !(i > 0 && w.calls(list[i-1])) {
			w.edits = append(w.edits, w.pass.InsertBefore(stmt, w.call))
		}
		w.nested(stmt)
	}
}

// nested looks into the statements of a statement.
func (w *exitWalker) nested(stmt ast.Stmt) {
	ast.Inspect(stmt, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
			w.list(statements(n))
			return false
		case *ast.LabeledStmt:
			if w.leaving(n.Stmt) {
				w.failed = true // nothing can be put between a label and its statement
			}
		}
		return true
	})
}

// leaving reports whether stmt leaves the block; where a call before it isn't
// possible, or would change what it does, the fix fails.
func (w *exitWalker) leaving(stmt ast.Stmt) bool {
	switch stmt := stmt.(type) {
	case *ast.ReturnStmt:
		w.failed = w.failed || !w.indifferent(stmt)
		return true
	case *ast.BranchStmt:
		switch stmt.Tok {
		case token.GOTO, token.FALLTHROUGH:
			w.failed = true
		case token.BREAK, token.CONTINUE:
			target := w.target(stmt)
			return target == nil || target.Pos() < w.block.Pos()
		}
	}
	return false
}

// target is the statement that a break or continue belongs to.
func (w *exitWalker) target(branch *ast.BranchStmt) ast.Node {
	path := w.pass.Enclosing(branch.Pos())
	for i, n := range path {
		if branch.Label != nil {
			if label, ok := n.(*ast.LabeledStmt); ok && label.Label.Name == branch.Label.Name {
				return path[i-1]
			}
			continue
		}
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return n
		case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			if branch.Tok == token.BREAK {
				return n
			}
		case *ast.FuncLit:
			return nil
		}
	}
	return nil
}

// calls reports whether stmt is the call of the cancel function.
func (w *exitWalker) calls(stmt ast.Stmt) bool {
	expr, ok := stmt.(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := expr.X.(*ast.CallExpr)
	if !ok {
		return false
	}
	id, ok := call.Fun.(*ast.Ident)
	return ok && w.name.Name != "_" && w.pass.TypesInfo.ObjectOf(id) == w.pass.TypesInfo.ObjectOf(w.name)
}
