package rule

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxls/ctxls/internal/flow"
)

// Turn asks for code at the end of a block in a loop, and before each
// statement that leaves the block early: what a defer would do if it ran at
// the end of a turn.
type Turn struct {
	Block ast.Node            // the block, or clause, that Made stands in
	Made  ast.Stmt            // declares the context; the code runs on all ways from there
	Code  string              // such as "cancel()"
	Calls func(ast.Stmt) bool // whether a statement is the code already
}

// AtEndOfTurn makes the edits for t. It fails where the code can't be put on
// some way out, or where what Made declares is known outside of the block.
func (p *Pass) AtEndOfTurn(t Turn) ([]analysis.TextEdit, bool) {
	assign, ok := t.Made.(*ast.AssignStmt)
	if !ok || assign.Tok != token.DEFINE || !p.declaresAll(assign) {
		return nil, false
	}
	list := Statements(t.Block)
	last := list[len(list)-1]
	w := turnWalker{Pass: p, Turn: t}
	w.list(list)
	if !Terminates(last) && !t.Calls(last) {
		w.edits = append(w.edits, p.AppendBody(t.Block, t.Code))
	}
	return w.edits, !w.failed
}

// Statements is the list of a block or clause.
func Statements(n ast.Node) []ast.Stmt {
	switch n := n.(type) {
	case *ast.BlockStmt:
		return n.List
	case *ast.CaseClause:
		return n.Body
	case *ast.CommClause:
		return n.Body
	}
	return nil
}

// declaresAll reports whether the contexts and cancel functions that the
// assignment sets are all declared by it: nothing outside of the block sees
// them.
func (p *Pass) declaresAll(assign *ast.AssignStmt) bool {
	for _, lhs := range assign.Lhs {
		id, ok := lhs.(*ast.Ident)
		if !ok || id.Name != "_" && p.TypesInfo.Defs[id] == nil {
			return false
		}
	}
	return true
}

// turnWalker finds the statements after the creation that leave its block.
type turnWalker struct {
	*Pass
	Turn
	edits  []analysis.TextEdit
	failed bool
}

func (w *turnWalker) list(list []ast.Stmt) {
	for i, stmt := range list {
		if stmt.Pos() <= w.Made.Pos() && stmt.End() >= w.Made.End() || stmt.End() <= w.Made.Pos() {
			continue
		}
		if leave := w.leaving(stmt); leave && !(i > 0 && w.Calls(list[i-1])) {
			w.edits = append(w.edits, w.InsertBefore(stmt, w.Code))
		}
		w.nested(stmt)
	}
}

// nested looks into the statements of a statement.
func (w *turnWalker) nested(stmt ast.Stmt) {
	ast.Inspect(stmt, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
			w.list(Statements(n))
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
func (w *turnWalker) leaving(stmt ast.Stmt) bool {
	switch stmt := stmt.(type) {
	case *ast.ReturnStmt:
		w.failed = w.failed || !w.IndifferentTo(stmt, w.Made)
		return true
	case *ast.BranchStmt:
		switch stmt.Tok {
		case token.GOTO, token.FALLTHROUGH:
			w.failed = true
		case token.BREAK, token.CONTINUE:
			target := w.Target(stmt)
			return target == nil || target.Pos() < w.Block.Pos()
		}
	}
	return false
}

// Target is the statement that a break or continue belongs to, nil if none is
// found.
func (p *Pass) Target(branch *ast.BranchStmt) ast.Node {
	path := p.Enclosing(branch.Pos())
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

// assignedBy reports whether a statement assigns to the variable that id
// names.
func (p *Pass) assignedBy(stmt ast.Stmt, id *ast.Ident) bool {
	obj := p.TypesInfo.ObjectOf(id)
	assign, ok := stmt.(*ast.AssignStmt)
	return ok && obj != nil && slices.ContainsFunc(assign.Lhs, func(e ast.Expr) bool {
		lhs, ok := e.(*ast.Ident)
		return ok && p.TypesInfo.ObjectOf(lhs) == obj
	})
}

// IndifferentTo reports whether what a return evaluates doesn't depend on the
// context that the statement made: a call of cancel before it changes nothing.
func (p *Pass) IndifferentTo(ret *ast.ReturnStmt, made ast.Stmt) bool {
	ok := true
	for _, result := range ret.Results {
		ast.Inspect(result, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				ok = ok && p.formatsOnly(n)
			case *ast.UnaryExpr:
				ok = ok && n.Op != token.ARROW
			case *ast.Ident:
				// The context, or something that was made with it since.
				obj, isVar := p.TypesInfo.Uses[n].(*types.Var)
				if isVar && flow.HoldsContext(obj.Type()) && (p.assignedBy(made, n) || obj.Pos() > made.Pos()) {
					ok = false
				}
			}
			return ok
		})
	}
	return ok
}

// formatsOnly reports whether a call is a conversion, a built-in, or one that
// makes an error or a text of its arguments.
func (p *Pass) formatsOnly(call *ast.CallExpr) bool {
	tv := p.TypesInfo.Types[call.Fun]
	if tv.IsType() || tv.IsBuiltin() {
		return true
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	obj := p.TypesInfo.Uses[sel.Sel]
	fn, ok := obj.(*types.Func)
	if !ok || fn.Pkg() == nil {
		return false
	}
	if fn.Signature().Recv() != nil {
		return flow.IsContext(p.TypesInfo.TypeOf(sel.X)) && fn.Name() == "Err"
	}
	switch obj.Pkg().Path() {
	case "errors", "fmt", "strings", "strconv", "github.com/pkg/errors":
		return true
	}
	return false
}
