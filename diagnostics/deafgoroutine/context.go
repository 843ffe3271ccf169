package deafgoroutine

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

// nearest returns the context that the wait is to listen to: the nearest live
// one, else one that a function around it makes with a cancel. A handler of
// signals beside such a context is there for the life of the program.
func nearest(pass *rule.Pass, wait flow.Wait) (flow.LiveContext, bool) {
	contexts := pass.Flow.LiveContexts(pass.Func, wait.Pos)
	if len(contexts) > 0 && contexts[0].Kind != flow.LiveField {
		return contexts[0], true
	} else if made := madeAround(pass, wait.Pos); made != nil && !wait.Signal {
		return flow.LiveContext{Expr: made.Name(), Kind: flow.LiveCaptured, Var: made}, true
	} else if len(contexts) > 0 {
		return contexts[0], true
	}
	return flow.LiveContext{}, false
}

// madeAround returns a context in scope that was made together with a cancel
// function, from a root, and that somebody but the code's own function may
// cancel. It must be assigned once, as the name would mean another context
// later.
func madeAround(pass *rule.Pass, pos token.Pos) *types.Var {
	fileScope := pass.TypesInfo.Scopes[pass.Func.File]
	here := fileScope.Innermost(pos)
	made := make(map[*types.Var]int)
	ast.Inspect(root(pass, pos), func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok {
			return true
		}
		for i, x := range assign.Lhs {
			id, ok := x.(*ast.Ident)
			if !ok {
				continue
			}
			v, ok := pass.TypesInfo.ObjectOf(id).(*types.Var)
			if !ok || !flow.IsContext(v.Type()) {
				continue
			}
			made[v]++
			if len(assign.Rhs) != 1 || i != 0 || !yieldsCancel(pass, assign.Rhs[0]) || assign.End() > pos || !usedOutside(pass, assign.Lhs[1], pos) {
				made[v]++ // not one of these
			}
		}
		return true
	})
	for scope := here; scope != nil && scope != fileScope; scope = scope.Parent() {
		for _, name := range scope.Names() {
			if v, ok := scope.Lookup(name).(*types.Var); ok && made[v] == 1 {
				if _, visible := here.LookupParent(name, pos); visible == v {
					return v
				}
			}
		}
	}
	return nil
}

// usedOutside reports whether a cancel function is used outside of the
// function around pos.
func usedOutside(pass *rule.Pass, cancel ast.Expr, pos token.Pos) bool {
	id, ok := cancel.(*ast.Ident)
	if !ok {
		return true // a field
	}
	_, body := pass.Function(pos)
	used := false
	ast.Inspect(root(pass, pos), func(n ast.Node) bool {
		use, ok := n.(*ast.Ident)
		if ok && pass.TypesInfo.Uses[use] != nil && pass.TypesInfo.Uses[use] == pass.TypesInfo.ObjectOf(id) {
			used = used || body == nil || use.Pos() < body.Pos() || use.Pos() > body.End()
		}
		return !used
	})
	return used
}

// root is the outermost function around pos.
func root(pass *rule.Pass, pos token.Pos) ast.Node {
	var out ast.Node = pass.Func.File
	for _, n := range pass.Enclosing(pos) {
		switch n.(type) {
		case *ast.FuncLit, *ast.FuncDecl:
			out = n
		}
	}
	return out
}

// yieldsCancel reports whether a call makes a context and its cancel function.
func yieldsCancel(pass *rule.Pass, x ast.Expr) bool {
	results, ok := pass.TypesInfo.TypeOf(x).(*types.Tuple)
	return ok && results.Len() == 2 && flow.IsContext(results.At(0).Type()) && flow.IsCancelFunc(results.At(1).Type())
}
