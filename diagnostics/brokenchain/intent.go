package brokenchain

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"strings"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

// This file recognises roots that are meant: code which must run though the
// context is done, or which says that it does.

// meant matches comments that give a reason for a root.
var meant = regexp.MustCompile(`(?i)detach|background|outliv|independent|regardless|intentional|deliberate|on purpose|decouple|lifetime|lifecycle|surviv|fresh|even (if|when|after)|(not|n't) (be |get )?(cancel|propagat|bound|inherit|tie)|nolint:.*\b(contextcheck|all)\b`)

// root matches how comments write a root; that alone says nothing.
var root = regexp.MustCompile(`context\\*\.(Background|TODO)`)

// reason matches words by which a comment that mentions a root defends it.
var reason = regexp.MustCompile(`(?i)\b(because|instead of|rather than|so that|to avoid|otherwise|must|should(n't| not)|here as|, as)\b`)

// onPurpose reports whether a comment beside the root, or directly above it
// or its statement, says that it is meant.
func (c *candidate) onPurpose() bool {
	lines := map[int]bool{c.pass.Line(c.expr.Pos()): true, c.pass.Line(c.expr.End()): true}
	for _, n := range c.path {
		stmt, ok := n.(ast.Stmt)
		if ok {
			lines[c.pass.Line(stmt.Pos())] = true
			break
		}
	}
	for _, group := range c.pass.Func.File.Comments {
		first, last := c.pass.Line(group.Pos()), c.pass.Line(group.End())
		beside := false
		for line := range lines {
			beside = beside || last == line-1 || first <= line && line <= last
		}
		if !beside {
			continue
		}
		said := text(group)
		if meant.MatchString(root.ReplaceAllString(said, "")) || root.MatchString(said) && reason.MatchString(said) {
			return true
		}
	}
	return saysSo(variableOf(c.path))
}

func text(group *ast.CommentGroup) string {
	var b strings.Builder
	for _, c := range group.List {
		b.WriteString(c.Text)
	}
	return b.String()
}

// variableOf is the name of the variable that a value ends in: that of the
// assignment around it.
func variableOf(path []ast.Node) string {
	for _, n := range path {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if id, ok := n.Lhs[0].(*ast.Ident); ok {
				return id.Name
			}
			return ""
		case *ast.ValueSpec:
			return n.Names[0].Name
		case ast.Stmt, *ast.FuncLit, *ast.FuncDecl:
			return ""
		}
	}
	return ""
}

var intent = regexp.MustCompile(`(?i)cleanup|shutdown|^bg|background|detach|drain|rollback|teardown|clos(e|ing)|stop|grace|final|flush|root|^base`)

// saysSo reports whether a variable's name says that it holds a context of
// its own.
func saysSo(name string) bool { return name != "" && intent.MatchString(name) }

// givenUp reports whether a function around the root has a context parameter
// that it doesn't name.
func (c *candidate) givenUp() bool {
	for _, n := range c.path {
		var params *ast.FieldList
		switch n := n.(type) {
		case *ast.FuncLit:
			params = n.Type.Params
		case *ast.FuncDecl:
			params = n.Type.Params
		default:
			continue
		}
		for _, field := range params.List {
			if t := c.pass.TypesInfo.TypeOf(field.Type); t == nil || !flow.IsContextLike(t) {
				continue
			}
			if len(field.Names) == 0 || field.Names[0].Name == "_" {
				return true
			}
		}
		if n.Pos() <= c.live.Var.Pos() && c.live.Var.Pos() < n.End() {
			return false
		}
	}
	return false
}

// nilFallback reports whether the root stands in for a context, or something
// that has one, that is nil.
func (c *candidate) nilFallback() bool {
	var below ast.Node = c.expr
	for _, n := range c.path {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.FuncDecl:
			return false
		case *ast.IfStmt:
			if (below == n.Body || below == n.Else) && c.comparesWithNil(n.Cond) {
				return true
			}
		case *ast.CaseClause:
			for _, x := range n.List {
				if c.comparesWithNil(x) {
					return true
				}
			}
		}
		below = n
	}
	return false
}

// comparesWithNil reports whether a condition asks for a nil context, or for
// a nil owner of the live one.
func (c *candidate) comparesWithNil(cond ast.Expr) bool {
	found := false
	ast.Inspect(cond, func(n ast.Node) bool {
		compare, ok := n.(*ast.BinaryExpr)
		if !ok || compare.Op != token.EQL && compare.Op != token.NEQ || !c.pass.TypesInfo.Types[compare.Y].IsNil() {
			return true
		}
		t := c.pass.TypesInfo.TypeOf(compare.X)
		if flow.HasContextMethods(t) || strings.HasPrefix(c.live.Expr, c.pass.Source(compare.X)+".") {
			found = true
		}
		return true
	})
	return found
}

// late matches what runs as others stop.
var late = regexp.MustCompile(`(?i)^(async)?(close|stop|shut_?down|clean_?up|teardown|rollback|release|unlock|revoke|abort|kill|terminate|disconnect|unregister|deregister|unsubscribe|dispose|destroy|resign|undo|restore|drain|finali[sz]e|finish|reap|purge|leave|goodbye)`)

// undoes matches what, on the way out of a failure, removes what was made.
var undoes = regexp.MustCompile(`(?i)^(try)?(delete|remove|cancel|reset|evict|unmount|detach|clear|untag|umount|reject|fail|expire|discard)`)

// hooks matches the functions that take what runs as others stop.
var hooks = regexp.MustCompile(`(?i)^(cleanup|afterfunc|(with|add|register|set)?(on|after|at)?(close|stop|shutdown|exit|finish|cleanup|cancel|teardown|interrupt|terminat)\w*|defer\w*)$`)

// cleansUp reports whether code stands where others stop: in a defer, or in a
// literal that is deferred or given to a hook.
func cleansUp(pass *rule.Pass, path []ast.Node) bool {
	for i, n := range path {
		switch n := n.(type) {
		case *ast.DeferStmt:
			return true
		case *ast.KeyValueExpr:
			if _, isLit := n.Value.(*ast.FuncLit); isLit && named(n.Key, hooks, late) {
				return true
			}
		case *ast.FuncLit:
			if i+1 < len(path) && literalCleansUp(pass, n, path[i+1]) {
				return true
			}
		case *ast.FuncDecl:
			return false
		}
	}
	return false
}

func literalCleansUp(pass *rule.Pass, lit *ast.FuncLit, parent ast.Node) bool {
	switch parent := parent.(type) {
	case *ast.CallExpr:
		return parent.Fun != lit && named(parent.Fun, hooks)
	case *ast.AssignStmt:
		for i, x := range parent.Rhs {
			if x == lit && i < len(parent.Lhs) {
				return named(parent.Lhs[i], hooks, late) || deferred(pass, parent.Lhs[i])
			}
		}
	case *ast.ValueSpec:
		return named(parent.Names[0], hooks, late) || deferred(pass, parent.Names[0])
	}
	return false
}

// named reports whether the last part of a name matches.
func named(x ast.Expr, patterns ...*regexp.Regexp) bool {
	name := ""
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		name = x.Name
	case *ast.SelectorExpr:
		name = x.Sel.Name
	}
	for _, pattern := range patterns {
		if name != "" && pattern.MatchString(name) {
			return true
		}
	}
	return false
}

// deferred reports whether a function variable is deferred somewhere.
func deferred(pass *rule.Pass, x ast.Expr) bool {
	id, ok := x.(*ast.Ident)
	if !ok {
		return false
	}
	v, _ := pass.TypesInfo.ObjectOf(id).(*types.Var)
	found := false
	ast.Inspect(pass.Func.SSA.Syntax(), func(n ast.Node) bool {
		d, ok := n.(*ast.DeferStmt)
		if !ok || found {
			return !found
		}
		ast.Inspect(d.Call, func(n ast.Node) bool {
			use, ok := n.(*ast.Ident)
			found = found || ok && v != nil && pass.TypesInfo.Uses[use] == v
			return !found
		})
		return false
	})
	return found
}

// inFailure reports whether code stands in a branch taken on an error.
func inFailure(pass *rule.Pass, path []ast.Node) bool {
	var below ast.Node
	for _, n := range path {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.FuncDecl:
			return false
		case *ast.IfStmt:
			if below == n.Body && mentionsError(pass, n.Cond) {
				return true
			}
		}
		below = n
	}
	return false
}

func mentionsError(pass *rule.Pass, cond ast.Expr) bool {
	found := false
	ast.Inspect(cond, func(n ast.Node) bool {
		x, ok := n.(ast.Expr)
		if ok {
			t := pass.TypesInfo.TypeOf(x)
			found = found || t != nil && types.Identical(t, types.Universe.Lookup("error").Type())
		}
		return !found
	})
	return found
}
