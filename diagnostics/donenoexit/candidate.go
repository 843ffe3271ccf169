package donenoexit

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/ctxls/ctxls/diagnostics/rule"
)

// candidate is a Done case of a select inside of a loop.
type candidate struct {
	pass   *rule.Pass
	loop   ast.Stmt // a *ast.ForStmt or *ast.RangeStmt
	sel    *ast.SelectStmt
	clause *ast.CommClause
	recv   *ast.UnaryExpr // the receive
	ctx    ast.Expr       // the context, or the channel that its Done returned
	ok     *types.Var     // what the receive says about the channel, if asked
}

// doneCase returns the candidate if the clause receives from the Done of a
// context that stays the same from turn to turn.
func doneCase(pass *rule.Pass, loop ast.Stmt, sel *ast.SelectStmt, clause *ast.CommClause) *candidate {
	c := &candidate{pass: pass, loop: loop, sel: sel, clause: clause}
	switch comm := clause.Comm.(type) {
	case *ast.ExprStmt:
		c.recv, _ = ast.Unparen(comm.X).(*ast.UnaryExpr)
	case *ast.AssignStmt:
		c.recv, _ = ast.Unparen(comm.Rhs[0]).(*ast.UnaryExpr)
		if len(comm.Lhs) == 2 {
			c.ok = pass.RootVar(comm.Lhs[1])
		}
	}
	if c.recv == nil {
		return nil
	}
	if ctx, name := pass.ContextLook(c.recv.X); name == "Done" {
		c.ctx = ctx
	} else if v := pass.RootVar(c.recv.X); v != nil && isIdent(c.recv.X) {
		c.ctx = c.doneOf(v)
	}
	if c.ctx == nil || c.changes(c.recv.X) || c.changes(c.ctx) {
		return nil
	}
	return c
}

func isIdent(e ast.Expr) bool {
	_, ok := ast.Unparen(e).(*ast.Ident)
	return ok
}

// doneOf returns the context whose Done a local variable was made to hold.
func (c *candidate) doneOf(v *types.Var) (ctx ast.Expr) {
	ast.Inspect(c.pass.Func.SSA.Syntax(), func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || len(assign.Lhs) != len(assign.Rhs) {
			return true
		}
		for i, lhs := range assign.Lhs {
			if isIdent(lhs) && c.pass.RootVar(lhs) == v {
				if e, name := c.pass.ContextLook(assign.Rhs[i]); name == "Done" {
					ctx = e
				}
			}
		}
		return true
	})
	return ctx
}

// changes reports whether the context or channel may be another one in a
// later turn: its variable is declared or assigned in the loop, or by a
// literal, or the case calls a method that may replace what a field or getter
// yields.
func (c *candidate) changes(e ast.Expr) bool {
	root := c.pass.RootVar(e)
	if root == nil {
		return true
	}
	if c.loop.Pos() <= c.pass.Declared(root) && c.pass.Declared(root) < c.loop.End() {
		return true
	}
	found := false
	var literals []*ast.FuncLit
	ast.Inspect(c.pass.Func.SSA.Syntax(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			literals = append(literals, n)
		case *ast.AssignStmt:
			inLoop := c.loop.Pos() <= n.Pos() && n.Pos() < c.loop.End()
			inLiteral := slices.ContainsFunc(literals, func(l *ast.FuncLit) bool {
				return l.Pos() <= n.Pos() && n.Pos() < l.End() && !(l.Pos() <= c.loop.Pos() && c.loop.Pos() < l.End())
			})
			if inLoop || inLiteral {
				found = found || slices.ContainsFunc(n.Lhs, func(lhs ast.Expr) bool { return c.pass.RootVar(lhs) == root })
			}
		case *ast.UnaryExpr:
			found = found || n.Op == token.AND && isIdent(n.X) && c.pass.RootVar(n.X) == root
		}
		return !found
	})
	return found || !isIdent(e) && !isDoneOfIdent(e) && c.touches(root)
}

// isDoneOfIdent reports whether e is v.Done() for a variable v.
func isDoneOfIdent(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && isIdent(sel.X)
}

// touches reports whether the case's body calls something with the variable
// as receiver or argument, or stores in it.
func (c *candidate) touches(v *types.Var) bool {
	found := false
	for _, stmt := range c.clause.Body {
		ast.Inspect(stmt, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return !found
			}
			if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && c.pass.RootVar(sel.X) == v && !isLook(sel.Sel.Name) {
				found = true
			}
			for _, arg := range call.Args {
				if isIdent(arg) && c.pass.RootVar(arg) == v {
					found = true
				}
			}
			return !found
		})
	}
	return found
}

// isLook reports whether a method of that name only tells something.
func isLook(name string) bool {
	switch name {
	case "Done", "Err", "Context", "Value", "String", "Error", "Name", "ID",
		"Print", "Printf", "Println", "Debug", "Debugf", "Info", "Infof", "Warn", "Warnf", "Errorf", "Log", "Logf":
		return true
	}
	return false
}

// wakesOther reports whether the case closes or sends on a channel that
// another case of the select receives from: that one leaves then, or not.
func (c *candidate) wakesOther() bool {
	received := make(map[string]bool)
	for _, cc := range c.sel.Body.List {
		if cc == c.clause || cc.(*ast.CommClause).Comm == nil {
			continue
		}
		ast.Inspect(cc.(*ast.CommClause).Comm, func(n ast.Node) bool {
			if u, ok := n.(*ast.UnaryExpr); ok && u.Op == token.ARROW {
				received[c.pass.Source(u.X)] = true
			}
			return true
		})
	}
	found := false
	for _, stmt := range c.clause.Body {
		ast.Inspect(stmt, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SendStmt:
				found = found || received[c.pass.Source(n.Chan)]
			case *ast.CallExpr:
				if b, ok := typeutil.Callee(c.pass.TypesInfo, n).(*types.Builtin); ok && b.Name() == "close" {
					found = found || received[c.pass.Source(n.Args[0])]
				}
			}
			return true
		})
	}
	return found
}
