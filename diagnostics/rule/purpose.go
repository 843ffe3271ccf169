package rule

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/ctxls/ctxls/internal/flow"
)

// This file recognises code that leaves a context out for a reason: it runs
// as others stop, or says why.

// SaysWhy reports whether a comment beside an expression, or directly above it
// or its statement, says that it is meant to leave the context out; or one that
// names a root and stands further up in the function. The path are the nodes
// around it.
func (p *Pass) SaysWhy(x ast.Node, path []ast.Node) bool {
	lines := map[int]bool{p.Line(x.Pos()): true, p.Line(x.End()): true}
	for _, n := range path {
		stmt, ok := n.(ast.Stmt)
		if ok {
			lines[p.Line(stmt.Pos())] = true
			break
		}
	}
	covered := make(map[int]bool) // the first lines of what an order to a linter may be about
	for _, n := range path {
		switch n.(type) {
		case ast.Stmt, *ast.FuncDecl:
			covered[p.Line(n.Pos())] = true
		}
	}
	for _, group := range p.Func.File.Comments {
		if covered[p.Line(group.Pos())] && flow.Nolint(text(group)) || above(group, x, path) && flow.DefendsRoot(text(group)) {
			return true
		}
		first, last := p.Line(group.Pos()), p.Line(group.End())
		beside := false
		for line := range lines {
			beside = beside || last == line-1 || first <= line && line <= last
		}
		if !beside {
			continue
		}
		if flow.SaysWhy(text(group)) {
			return true
		}
	}
	return false
}

// above reports whether a comment stands in the declaration of the function,
// before x.
func above(group *ast.CommentGroup, x ast.Node, path []ast.Node) bool {
	if len(path) == 0 || group.Pos() > x.Pos() {
		return false
	}
	decl, ok := path[len(path)-1].(*ast.FuncDecl)
	if !ok && len(path) > 1 {
		decl, ok = path[len(path)-2].(*ast.FuncDecl)
	}
	return ok && (group == decl.Doc || group.Pos() > decl.Pos())
}

func text(group *ast.CommentGroup) string {
	var b strings.Builder
	for _, c := range group.List {
		b.WriteString(c.Text)
	}
	return b.String()
}

// UndoneLate reports whether a call of that name, at a place with those nodes
// around it, ends or takes back what was begun: it wants a context that still
// lives.
func (p *Pass) UndoneLate(name string, path []ast.Node) bool {
	return flow.EndsByName(name) || undoes.MatchString(name) && p.InFailure(path) || p.inverts(name, path)
}

// opposites are how the names begin of what does something, and of what takes
// it back.
var opposites = map[string][]string{
	"remove": {"add", "register", "insert"}, "delete": {"create", "add", "put", "insert"}, "unset": {"set"}, "disable": {"enable"}, "detach": {"attach"}, "unmount": {"mount"},
	"unbind": {"bind"}, "leave": {"join", "enter"}, "unpin": {"pin"}, "unmark": {"mark"},
}

// inverts reports whether a call by its name takes back what an earlier call of
// the same thing in the function has done: RemoveObserver what AddObserver did.
func (p *Pass) inverts(name string, path []ast.Node) bool {
	i := slices.IndexFunc(path, func(n ast.Node) bool { _, ok := n.(*ast.FuncDecl); return ok })
	if i < 0 {
		return false
	}
	lower := strings.ToLower(name)
	for prefix, does := range opposites {
		what, ok := strings.CutPrefix(lower, prefix)
		if !ok || what == "" {
			continue
		}
		found := false
		ast.Inspect(path[i], func(n ast.Node) bool {
			if otherBranch(n, path[0].Pos()) {
				return false
			}
			call, ok := n.(*ast.CallExpr)
			if ok && call.Pos() < path[0].Pos() && p.receiver(call) == p.receiver(path[0]) {
				found = found || named(call.Fun, func(before string) bool {
					rest, ok := strings.CutSuffix(strings.ToLower(before), what)
					return ok && slices.Contains(does, rest)
				})
			}
			return !found
		})
		if found {
			return true
		}
	}
	return false
}

// undoes matches what, on the way out of a failure, removes what was made.
var undoes = regexp.MustCompile(`(?i)^(try)?(delete|remove|cancel|reset|evict|unmount|detach|clear|untag|umount|reject|fail|expire|discard)|^\w*[a-z](Delete|Remove|Destroy|Evict|Unmount|Detach)($|[A-Z])`)

// otherBranch reports whether a node is a case that ends before pos: who comes
// to pos needn't have been there.
func otherBranch(n ast.Node, pos token.Pos) bool {
	switch n.(type) {
	case *ast.CaseClause, *ast.CommClause:
		return n.End() <= pos
	}
	return false
}

// receiver is the source form of what a method is called of.
func (p *Pass) receiver(n ast.Node) string {
	if call, ok := n.(*ast.CallExpr); ok {
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
			return p.Source(sel.X)
		}
	}
	return ""
}

// hooks matches the functions that take what runs as others stop.
var hooks = regexp.MustCompile(`(?i)^(cleanup|afterfunc|(with|add|register|set)?(on|after|at)?(close|stop|shutdown|exit|finish|cleanup|cancel|teardown|interrupt|terminat)\w*|defer\w*|flush\w*)$`)

// undoers matches the names of what collects the steps back for a failure.
var undoers = regexp.MustCompile(`(?i)^(revert\w*|roll_?backs?|undo\w*|clean_?ups?|clean(er|up)\w*|tear_?downs?|unwind\w*)$`)

// CleansUp reports whether code stands where others stop: in a defer, or in a
// literal that is deferred, or given to a hook or to what collects the steps
// back.
func (p *Pass) CleansUp(path []ast.Node) bool {
	for i, n := range path {
		switch n := n.(type) {
		case *ast.DeferStmt:
			return true
		case *ast.KeyValueExpr:
			if _, isLit := n.Value.(*ast.FuncLit); isLit && named(n.Key, late) {
				return true
			}
		case *ast.FuncLit:
			if i+1 < len(path) && p.literalCleansUp(n, path[i+1]) {
				return true
			}
		case *ast.FuncDecl:
			return false
		}
	}
	return false
}

func (p *Pass) literalCleansUp(lit *ast.FuncLit, parent ast.Node) bool {
	switch parent := parent.(type) {
	case *ast.CallExpr:
		if sel, ok := ast.Unparen(parent.Fun).(*ast.SelectorExpr); ok && named(sel.X, undoers.MatchString) {
			return true
		}
		return parent.Fun != lit && named(parent.Fun, hooks.MatchString)
	case *ast.AssignStmt:
		for i, x := range parent.Rhs {
			if x == lit && i < len(parent.Lhs) {
				return named(parent.Lhs[i], late) || p.deferred(parent.Lhs[i])
			}
		}
	case *ast.ValueSpec:
		return named(parent.Names[0], late) || p.deferred(parent.Names[0])
	}
	return false
}

// named reports whether the last part of a name matches.
func named(x ast.Expr, matches func(string) bool) bool {
	name := ""
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		name = x.Name
	case *ast.SelectorExpr:
		name = x.Sel.Name
	}
	return name != "" && matches(name)
}

// late reports whether a name is that of something which runs as others stop.
func late(name string) bool { return hooks.MatchString(name) || flow.EndsByName(name) }

// deferred reports whether a function variable is deferred somewhere.
func (p *Pass) deferred(x ast.Expr) bool {
	id, ok := x.(*ast.Ident)
	if !ok {
		return false
	}
	v, _ := p.TypesInfo.ObjectOf(id).(*types.Var)
	found := false
	ast.Inspect(p.Func.SSA.Syntax(), func(n ast.Node) bool {
		d, ok := n.(*ast.DeferStmt)
		if !ok || found {
			return !found
		}
		ast.Inspect(d.Call, func(n ast.Node) bool {
			use, ok := n.(*ast.Ident)
			found = found || ok && v != nil && p.TypesInfo.Uses[use] == v
			return !found
		})
		return false
	})
	return found
}

// InFailure reports whether code stands in a branch taken on an error.
func (p *Pass) InFailure(path []ast.Node) bool {
	var below ast.Node
	for _, n := range path {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.FuncDecl:
			return false
		case *ast.IfStmt:
			if below == n.Body && p.mentionsError(n.Cond) {
				return true
			}
		}
		below = n
	}
	return false
}

func (p *Pass) mentionsError(cond ast.Expr) bool {
	found := false
	ast.Inspect(cond, func(n ast.Node) bool {
		x, ok := n.(ast.Expr)
		if ok {
			t := p.TypesInfo.TypeOf(x)
			found = found || t != nil && types.Identical(t, types.Universe.Lookup("error").Type())
		}
		return !found
	})
	return found
}

// LiteralOf returns the literal that an expression is, or that the variable
// holds which it names, as the function assigns it once.
func (p *Pass) LiteralOf(x ast.Expr) (*ast.FuncLit, bool) {
	if lit, ok := ast.Unparen(x).(*ast.FuncLit); ok {
		return lit, true
	}
	id, ok := ast.Unparen(x).(*ast.Ident)
	if !ok {
		return nil, false
	}
	v, syntax := p.TypesInfo.Uses[id], p.Func.SSA.Syntax()
	if v == nil || syntax == nil {
		return nil, false
	}
	var only *ast.FuncLit
	times := 0
	ast.Inspect(syntax, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok {
			return true
		}
		for i, lhs := range assign.Lhs {
			if id, ok := lhs.(*ast.Ident); ok && p.TypesInfo.ObjectOf(id) == v {
				times++
				if len(assign.Rhs) == len(assign.Lhs) {
					only, _ = ast.Unparen(assign.Rhs[i]).(*ast.FuncLit)
				}
			}
		}
		return true
	})
	return only, only != nil && times == 1
}

// WorksUnder reports whether code makes more of a context than to tell
// something.
func (p *Pass) WorksUnder(code ast.Node, ctx *types.Var) bool {
	found := false
	ast.Inspect(code, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if fn, ok := typeutil.Callee(p.TypesInfo, n).(*types.Func); ok && flow.OnlyTells(fn) {
				return false
			}
		case *ast.Ident:
			found = found || p.TypesInfo.Uses[n] == ctx
		}
		return !found
	})
	return found
}

// MayEnd reports whether a context may be done while the program goes on, for
// all that the package shows: where those who give it aren't seen to end it, or
// it is given to a command line from out of view, it ends with the process.
func (p *Pass) MayEnd(ctx flow.LiveContext) bool {
	switch p.Flow.EndOf(p.Func, ctx) {
	case flow.EndSeen:
		return true
	case flow.EndUntold:
		return !p.Flow.OfCommandLine()
	}
	return false
}
