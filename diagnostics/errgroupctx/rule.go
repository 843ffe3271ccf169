// Package errgroupctx is the rule of the same name: a function of an errgroup
// that works under the context around the group instead of the group's own.
package errgroupctx

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/token"

	"github.com/ctxls/ctxls/diagnostics/rule"
)

//go:embed doc.md
var doc string

// Rule is the rule errgroupctx.
var Rule = &rule.Rule{
	Name:     "errgroupctx",
	Title:    "a function of an errgroup uses the context around the group, not the group's",
	Group:    rule.Exit,
	Severity: rule.Warning,
	Default:  true,
	Doc:      doc,
	Check:    check,
}

func check(pass *rule.Pass) {
	root := pass.Func.SSA.Syntax()
	if root == nil || !mentionsGroup(pass, root) {
		return
	}
	ast.Inspect(root, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if g := groupMade(pass, root, call); g != nil {
				g.check()
			}
		}
		return true
	})
}

// check reports, for each function that the group runs, the uses of the
// context around the group.
func (g *group) check() {
	tasks := g.tasks()
	for _, t := range tasks {
		if !g.fails(tasks, t) || g.waitedBefore(t) {
			continue
		}
		uses := t.uses()
		if len(uses) > 0 {
			g.report(t, uses)
		}
	}
}

// fails reports whether another function of the group can fail: only then is
// there something that t has to hear of.
func (g *group) fails(tasks []*task, t *task) bool {
	if g.open || t.many && !t.neverFails() {
		return true
	}
	for _, other := range tasks {
		if other != t && !other.neverFails() {
			return true
		}
	}
	return false
}

func (g *group) report(t *task, uses []use) {
	pass := g.pass
	first := uses[0]
	outer := pass.Source(first.expr)
	if t.passed != nil && !isContext(pass, first.expr) { // a method value
		outer = pass.Source(g.over)
	}
	made := pass.Line(g.call.Pos())
	message := fmt.Sprintf("%s isn't cancelled when another function of %s fails: use %s, which errgroup.WithContext returns at line %d", outer, g.name(), g.ctxName(), made)
	if g.ctx == nil {
		message = fmt.Sprintf("%s isn't cancelled when another function of %s fails: the context that errgroup.WithContext returns at line %d is thrown away", outer, g.name(), made)
	}
	related := []rule.Related{
		{Pos: g.call.Pos(), End: g.call.End(), Message: "the group and its context are made here"},
		{Pos: t.site.Pos(), End: t.site.Fun.End(), Message: "this starts the function"},
	}
	for _, u := range t.steps {
		related = append(related, rule.Related{Pos: u.Pos(), End: u.End(), Message: "it is used here"})
	}
	for _, u := range uses[1:] {
		related = append(related, rule.Related{Pos: u.expr.Pos(), End: u.expr.End(), Message: "and here"})
	}
	d := rule.Diagnostic{
		Pos: first.expr.Pos(), End: first.expr.End(),
		Message:  message,
		Variable: outer,
		Related:  related,
		Claims:   []token.Pos{first.claim},
	}
	if pass.Func.IsTest() {
		d.Severity = rule.Hint
	}
	if fix, ok := g.fix(t, uses); ok {
		d.Fixes = append(d.Fixes, fix)
	}
	pass.Report(d)
}
