package deafsleep

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

// inCleanup reports whether pos stands in a literal that runs as others stop:
// part of a defer, which may wrap it into something else first.
func inCleanup(pass *rule.Pass, pos token.Pos) bool {
	inLiteral := false
	for _, n := range pass.Enclosing(pos) {
		switch n.(type) {
		case *ast.FuncLit:
			inLiteral = true
		case *ast.DeferStmt:
			return inLiteral
		case *ast.GoStmt, *ast.FuncDecl:
			return false
		}
	}
	return false
}

// takesBack reports whether pos stands in a literal that by its variable's name
// removes what was made, or after the loop that reads a stream to its end:
// what is left to do then shouldn't stop with the stream.
func takesBack(pass *rule.Pass, pos token.Pos, ctx flow.LiveContext) bool {
	path := pass.Enclosing(pos)
	for i, n := range path {
		switch n := n.(type) {
		case *ast.FuncLit:
			if i+1 < len(path) {
				if assign, ok := path[i+1].(*ast.AssignStmt); ok && len(assign.Lhs) == 1 {
					if id, ok := assign.Lhs[0].(*ast.Ident); ok && pass.UndoneLate(id.Name, path) || ok && remover.MatchString(id.Name) {
						return true
					}
					if sel, ok := assign.Lhs[0].(*ast.SelectorExpr); ok && cancelsCommand(pass, sel) {
						return true
					}
				}
			}
		case *ast.FuncDecl:
			if cleaner.MatchString(n.Name.Name) {
				return true
			}
			return ctx.Kind == flow.LiveRequest && n.Body != nil && readBefore(pass, n.Body, pos, ctx.Var)
		}
	}
	return false
}

// cancelsCommand reports whether an expression is the field of an exec.Cmd by
// which it is told to end, once its context is done.
func cancelsCommand(pass *rule.Pass, sel *ast.SelectorExpr) bool {
	t := pass.TypesInfo.TypeOf(sel.X)
	return sel.Sel.Name == "Cancel" && t != nil && types.TypeString(t, nil) == "*os/exec.Cmd"
}

// cleaner matches the names of functions that clean up; one named Shutdown has
// its context for its own deadline.
var cleaner = regexp.MustCompile(`(?i)^(clean_?up|tear_?down)`)

var remover = regexp.MustCompile(`(?i)^(remove|delete|undo|discard|reset)`)

// readBefore reports whether a loop that ends before pos receives from a
// stream.
func readBefore(pass *rule.Pass, body *ast.BlockStmt, pos token.Pos, stream *types.Var) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		loop, ok := n.(*ast.ForStmt)
		if !ok || loop.End() > pos {
			return !found
		}
		ast.Inspect(loop, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && (sel.Sel.Name == "Recv" || sel.Sel.Name == "RecvMsg") {
				id, ok := ast.Unparen(sel.X).(*ast.Ident)
				found = found || ok && pass.TypesInfo.Uses[id] == stream
			}
			return !found
		})
		return !found
	})
	return found
}

// fromEnvironment reports whether the sleep stands in a branch that only an
// environment variable opens: somebody asked for it.
func fromEnvironment(pass *rule.Pass, pos token.Pos) bool {
	for _, n := range pass.Enclosing(pos) {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.FuncDecl:
			return false
		case *ast.IfStmt:
			if n.Init != nil && asksEnvironment(pass, n.Init) || asksEnvironment(pass, n.Cond) {
				return true
			}
		}
	}
	return false
}

func asksEnvironment(pass *rule.Pass, n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			fn := typeutil.StaticCallee(pass.TypesInfo, call)
			found = found || flow.Is(fn, "os.Getenv") || flow.Is(fn, "os.LookupEnv")
		}
		return !found
	})
	return found
}

// named returns the context to blame: the one that the loop around uses, else
// the nearest.
func named(pass *rule.Pass, call *ast.CallExpr, live []flow.LiveContext) flow.LiveContext {
	for _, n := range pass.Enclosing(call.Pos()) {
		switch n.(type) {
		case *ast.FuncLit, *ast.FuncDecl:
			return live[0]
		case *ast.ForStmt, *ast.RangeStmt:
			if live[0].Kind == flow.LiveRequest || mentions(pass, n, live[0].Var) {
				return live[0]
			}
			for _, ctx := range live[1:] {
				if ctx.Kind != flow.LiveRequest && mentions(pass, n, ctx.Var) {
					return ctx
				}
			}
		}
	}
	return live[0]
}

// mentions reports whether a variable is used within a node.
func mentions(pass *rule.Pass, n ast.Node, v *types.Var) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && pass.TypesInfo.Uses[id] == v
		return !found
	})
	return found
}

// delayed reports whether the sleep is what a goroutine that has nothing to do
// with any context starts by, or waits for once, or that nobody waits for: it
// does something later, and may be meant to do it all the same.
func delayed(pass *rule.Pass, pos token.Pos) bool {
	path := pass.Enclosing(pos)
	for i, n := range path {
		switch n := n.(type) {
		case *ast.ForStmt, *ast.RangeStmt, *ast.FuncDecl:
			return false
		case *ast.FuncLit:
			return i+2 < len(path) && launches(path[i+1], path[i+2], n) && (!hasContext(pass, n) || receivedBefore(n, pos) || leftAlone(pass, n))
		}
	}
	return false
}

// apart reports whether the sleep stands in the literal of a goroutine that
// nobody waits for, and that makes no use of the context.
func apart(pass *rule.Pass, sleep *ssa.Call, ctx *types.Var) bool {
	lit, ok := sleep.Parent().Syntax().(*ast.FuncLit)
	return ok && leftAlone(pass, lit) && !mentions(pass, lit, ctx)
}

// withoutEnd reports whether the sleep is reached only where the Done channel of
// a context is nil.
func withoutEnd(sleep *ssa.Call) bool {
	for b := sleep.Block(); b.Idom() != nil; b = b.Idom() {
		dominator := b.Idom()
		branch, ok := dominator.Instrs[len(dominator.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		compare, ok := branch.Cond.(*ssa.BinOp)
		if !ok || compare.Op != token.NEQ && compare.Op != token.EQL {
			continue
		}
		nilSide := dominator.Succs[0]
		if compare.Op == token.NEQ {
			nilSide = dominator.Succs[1]
		}
		null, ok := compare.Y.(*ssa.Const)
		if ok && null.IsNil() && flow.IsDone(compare.X) && len(nilSide.Preds) == 1 && nilSide.Dominates(sleep.Block()) {
			return true
		}
	}
	return false
}

// leftAlone reports whether nobody waits for the goroutine of a literal.
func leftAlone(pass *rule.Pass, lit *ast.FuncLit) bool {
	for _, body := range pass.Func.Bodies {
		if body.Syntax() != lit {
			continue
		}
		launches := pass.Flow.Launched(body)
		return len(launches) > 0 && !slices.ContainsFunc(launches, func(l flow.Launch) bool { return pass.Flow.JoinOf(l).Kind != flow.NotJoined })
	}
	return false
}

// receivedBefore reports whether a literal waits for something before pos, by a
// statement of its own: what it does then is meant to come after.
func receivedBefore(lit *ast.FuncLit, pos token.Pos) bool {
	for _, stmt := range lit.Body.List {
		expr, ok := stmt.(*ast.ExprStmt)
		if !ok || stmt.End() > pos {
			continue
		}
		if recv, ok := ast.Unparen(expr.X).(*ast.UnaryExpr); ok && recv.Op == token.ARROW {
			return true
		}
	}
	return false
}

// ownContext reports whether the sleep stands in a goroutine that works under a
// context of its own, made from a root.
func ownContext(pass *rule.Pass, pos token.Pos) bool {
	path := pass.Enclosing(pos)
	for i, n := range path {
		lit, ok := n.(*ast.FuncLit)
		if !ok {
			continue
		}
		if i+2 >= len(path) || !launches(path[i+1], path[i+2], lit) {
			return false
		}
		found := false
		ast.Inspect(lit.Body, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				fn := typeutil.StaticCallee(pass.TypesInfo, call)
				found = found || flow.InContext(fn, "Background", "TODO", "WithoutCancel")
			}
			return !found
		})
		return found
	}
	return false
}

// launches reports whether a literal is what a go statement runs, itself or by
// way of what it is given to: go once.Do(func() { … }).
func launches(call, stmt ast.Node, lit *ast.FuncLit) bool {
	c, ok := call.(*ast.CallExpr)
	if !ok || c.Fun != ast.Expr(lit) && !slices.Contains(c.Args, ast.Expr(lit)) {
		return false
	}
	_, ok = stmt.(*ast.GoStmt)
	return ok
}

// hasContext reports whether a literal has to do with a context.
func hasContext(pass *rule.Pass, lit *ast.FuncLit) bool {
	found := false
	ast.Inspect(lit, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok {
			t := pass.TypesInfo.TypeOf(e)
			found = found || t != nil && flow.IsContextLike(t)
		}
		return !found
	})
	return found
}

// asked reports whether the loop around looks at a context in each turn, in
// its condition or in a statement of its own: it polls, and ends soon.
func asked(pass *rule.Pass, pos token.Pos) bool {
	for _, n := range pass.Enclosing(pos) {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.FuncDecl:
			return false
		case *ast.ForStmt:
			if n.Cond != nil && asks(pass, n.Cond) {
				return true
			}
			for _, stmt := range n.Body.List {
				if looksAtEnd(pass, stmt) {
					return true
				}
			}
		case *ast.RangeStmt:
			for _, stmt := range n.Body.List {
				if looksAtEnd(pass, stmt) {
					return true
				}
			}
		}
	}
	return false
}

// looksAtEnd reports whether a statement is an if or a select that decides by
// a context.
func looksAtEnd(pass *rule.Pass, stmt ast.Stmt) bool {
	switch stmt := stmt.(type) {
	case *ast.IfStmt:
		return asks(pass, stmt.Cond) || stmt.Init != nil && asks(pass, stmt.Init)
	case *ast.SelectStmt:
		for _, clause := range stmt.Body.List {
			if comm := clause.(*ast.CommClause).Comm; comm != nil && asks(pass, comm) {
				return true
			}
		}
	}
	return false
}

// asks reports whether Done or Err of a context is asked for in a node.
func asks(pass *rule.Pass, n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && (sel.Sel.Name == "Done" || sel.Sel.Name == "Err") {
			t := pass.TypesInfo.TypeOf(sel.X)
			found = found || t != nil && flow.HasContextMethods(t)
		}
		return !found
	})
	return found
}

// undoes reports whether the loop around takes back what was done before
// something failed: it should come to its end.
func undoes(pass *rule.Pass, pos token.Pos) bool {
	path := pass.Enclosing(pos)
	for i, n := range path {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.FuncDecl:
			return false
		case *ast.ForStmt, *ast.RangeStmt:
			found := false
			ast.Inspect(n, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					name := ""
					switch fn := ast.Unparen(call.Fun).(type) {
					case *ast.Ident:
						name = fn.Name
					case *ast.SelectorExpr:
						name = fn.Sel.Name
					}
					found = found || name != "" && !flow.EndsByName(name) && pass.UndoneLate(strings.TrimPrefix(name, "do"), path[i:])
				}
				return !found
			})
			return found
		}
	}
	return false
}
