package errgroupctx

import (
	"go/ast"
	"go/token"
	"go/types"
	"path"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

// group is one errgroup with a context.
type group struct {
	pass *rule.Pass
	root ast.Node      // the declared function around it
	call *ast.CallExpr // what makes it
	stmt ast.Stmt      // the assignment or declaration
	lhs  ast.Expr      // what holds it
	ctx  *ast.Ident    // the variable of its context; nil if that is thrown away
	not  *ast.Ident    // the blank in the place of ctx
	over ast.Expr      // the context around it

	open bool // others that the group runs aren't in view
}

// mentionsGroup reports whether the file imports a package that can make
// groups: most files don't.
func mentionsGroup(pass *rule.Pass, root ast.Node) bool {
	found := false
	ast.Inspect(root, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && !found {
			found = makesGroup(pass, call)
		}
		return !found
	})
	return found
}

// makesGroup reports whether a call returns an errgroup.Group and a context.
func makesGroup(pass *rule.Pass, call *ast.CallExpr) bool {
	tuple, ok := pass.TypesInfo.TypeOf(call).(*types.Tuple)
	return ok && tuple.Len() == 2 && isGroup(tuple.At(0).Type()) && flow.IsContext(tuple.At(1).Type())
}

// isGroup reports whether t is a pointer to a Group of a package errgroup (of
// x/sync, or a copy of it), by its methods.
func isGroup(t types.Type) bool {
	ptr, ok := types.Unalias(t).(*types.Pointer)
	if !ok {
		return false
	}
	named, ok := types.Unalias(ptr.Elem()).(*types.Named)
	if !ok || named.Obj().Name() != "Group" || named.Obj().Pkg() == nil || path.Base(named.Obj().Pkg().Path()) != "errgroup" {
		return false
	}
	start, _, _ := types.LookupFieldOrMethod(t, false, nil, "Go")
	fn, ok := start.(*types.Func)
	return ok && fn.Signature().Params().Len() == 1 && types.TypeString(fn.Signature().Params().At(0).Type().Underlying(), nil) == "func() error"
}

// groupMade returns the group that a call makes, nil if it makes none, or one
// that isn't followed.
func groupMade(pass *rule.Pass, root ast.Node, call *ast.CallExpr) *group {
	if !makesGroup(pass, call) {
		return nil
	}
	g := &group{pass: pass, root: root, call: call}
	for _, n := range pass.Enclosing(call.Pos()) {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if len(n.Rhs) == 1 && ast.Unparen(n.Rhs[0]) == call && len(n.Lhs) == 2 {
				g.stmt, g.lhs = n, n.Lhs[0]
				g.ctx, _ = n.Lhs[1].(*ast.Ident)
			}
		case *ast.ValueSpec:
			if len(n.Values) == 1 && ast.Unparen(n.Values[0]) == call && len(n.Names) == 2 {
				g.lhs, g.ctx = n.Names[0], n.Names[1]
			}
		case *ast.DeclStmt:
			if g.lhs != nil && g.stmt == nil {
				g.stmt = n
			}
		}
		if _, isLit := n.(*ast.FuncLit); isLit || g.stmt != nil {
			break
		}
	}
	if g.stmt == nil || g.ctx == nil || pass.RootVar(g.lhs) == nil {
		return nil
	}
	if g.ctx.Name == "_" {
		g.ctx, g.not = nil, g.ctx
	}
	g.over = g.around(call)
	if g.over == nil || g.ctx != nil && pass.RootVar(g.over) == pass.RootVar(g.ctx) && isIdent(g.over) {
		return nil
	}
	return g
}

// around returns the context that the group's is derived from, where it has a
// name: a variable, a field, r.Context().
func (g *group) around(call *ast.CallExpr) ast.Expr {
	fn, _ := typeutil.Callee(g.pass.TypesInfo, call).(*types.Func)
	s := g.pass.Flow.SummaryOf(fn)
	if s == nil || fn.Signature().Recv() != nil {
		return g.named(firstContext(g.pass, call))
	}
	results, _ := g.pass.TypesInfo.TypeOf(call).(*types.Tuple)
	at := 0
	if results != nil {
		at = results.Len() - 1
	}
	for _, d := range s.Derives {
		if d.Result != at && results != nil || d.Result != 0 && results == nil {
			continue
		}
		if d.Param < 0 || d.Param >= len(call.Args) {
			return nil // a root: nobody around is to be listened to
		}
		return g.named(call.Args[d.Param])
	}
	return g.named(firstContext(g.pass, call))
}

// firstContext is the first argument that is a context.
func firstContext(pass *rule.Pass, call *ast.CallExpr) ast.Expr {
	for _, arg := range call.Args {
		if t := pass.TypesInfo.TypeOf(arg); t != nil && flow.IsContextLike(t) {
			return arg
		}
	}
	return nil
}

func (g *group) named(e ast.Expr) ast.Expr {
	if e == nil {
		return nil
	}
	e = ast.Unparen(e)
	if call, ok := e.(*ast.CallExpr); ok && !isAccessor(call) {
		return g.around(call)
	}
	if g.pass.RootVar(e) == nil {
		return nil
	}
	return e
}

// isAccessor reports whether a call is of the form r.Context().
func isAccessor(call *ast.CallExpr) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Context" && len(call.Args) == 0
}

func isIdent(e ast.Expr) bool {
	_, ok := ast.Unparen(e).(*ast.Ident)
	return ok
}

func (g *group) name() string { return g.pass.Source(g.lhs) }

func (g *group) ctxName() string {
	if g.ctx == nil {
		return ""
	}
	return g.ctx.Name
}

// is reports whether e stands for the group at a place behind its making.
func (g *group) is(e ast.Expr) bool {
	if e.Pos() < g.call.Pos() || g.pass.RootVar(e) != g.pass.RootVar(g.lhs) || g.pass.Source(e) != g.pass.Source(g.lhs) {
		return false
	}
	// Another group in the same variable takes over where it is made.
	latest := token.NoPos
	ast.Inspect(g.root, func(n ast.Node) bool {
		if assign, ok := n.(*ast.AssignStmt); ok && assign.End() <= e.Pos() {
			for _, lhs := range assign.Lhs {
				if g.pass.RootVar(lhs) == g.pass.RootVar(g.lhs) && g.pass.Source(lhs) == g.pass.Source(g.lhs) {
					latest = assign.Pos()
				}
			}
		}
		return true
	})
	return !latest.IsValid() || latest == g.stmt.Pos()
}
