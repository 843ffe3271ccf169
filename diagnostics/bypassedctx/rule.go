// Package bypassedctx is the rule of the same name: a context with an end of
// its own is made, and the work goes on under the one it was made from.
package bypassedctx

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

//go:embed doc.md
var doc string

// Rule is the rule bypassedctx.
var Rule = &rule.Rule{
	Name:     "bypassedctx",
	Title:    "a derived context is not used, its parent is",
	Group:    rule.Chain,
	Severity: rule.Information,
	Default:  true,
	Doc:      doc,
	Check:    check,
}

func check(pass *rule.Pass) {
	for _, d := range pass.Flow.UnusedIn(pass.Func) {
		if strings.HasSuffix(d.Via, "golang.org/x/sync/errgroup.WithContext") {
			continue // errgroupctx
		}
		if uses := parentUses(pass, d); len(uses) > 0 {
			report(pass, d, uses)
		}
	}
}

// parentUse is a call that takes the parent where the derived context was
// meant.
type parentUse struct {
	site ssa.CallInstruction
	arg  ast.Expr
}

// parentUses are the calls that come after the derivation, while it isn't
// cancelled, and work under its parent.
func parentUses(pass *rule.Pass, d flow.Unused) []parentUse {
	var out []parentUse
	for _, use := range pass.Flow.ContextUses(d.Parent) {
		site, ok := use.Instr.(ssa.CallInstruction)
		if !ok || use.Kind != flow.UsePassed || use.Arg < 0 || site == ssa.CallInstruction(d.Call) {
			continue
		}
		if takesCancel(pass, site, d.Call) {
			return nil
		}
		if _, deferred := site.(*ssa.Defer); deferred {
			continue
		}
		if pass.Flow.ContextOf(site.Common().Args[use.Arg]) != d.Parent || !pass.Flow.RunsAfter(site, d.Call) || pass.Flow.CancelledBefore(d, site) {
			continue
		}
		switch pass.Flow.NeedOf(site.Common(), use.Arg) {
		case flow.NeedNothing, flow.NeedValues, flow.NeedDeadline, flow.NeedWatch:
			continue
		case flow.NeedUnknown:
			if flow.Callee(site.Common()) == nil {
				continue
			}
		}
		if arg := pass.Argument(site, use.Arg); arg != nil {
			out = append(out, parentUse{site, arg})
		}
	}
	return out
}

// takesCancel reports whether a call under the parent gets the CancelFunc of
// the derivation as well: the two were made apart on purpose.
func takesCancel(pass *rule.Pass, site ssa.CallInstruction, derivation *ssa.Call) bool {
	cancel := flow.CancelOf(derivation)
	return cancel != nil && slices.ContainsFunc(site.Common().Args, func(arg ssa.Value) bool { return pass.Flow.OnlyValue(arg) == cancel })
}

func report(pass *rule.Pass, d flow.Unused, uses []parentUse) {
	expr := pass.CallExpr(d.Call)
	if expr == nil {
		return
	}
	first := uses[0]
	call := pass.CallExpr(first.site)
	id := derivedName(pass, expr, d.Result)
	name := "the context that " + pass.Source(expr.Fun) + " makes"
	variable := ""
	if id != nil {
		variable = id.Name
		if id.Name != "_" {
			name = id.Name
		}
	}
	related := []rule.Related{{Pos: expr.Pos(), End: expr.End(), Message: "the context is made here"}}
	claims := []token.Pos{expr.Pos()}
	for _, use := range uses {
		related = append(related, rule.Related{Pos: use.arg.Pos(), End: use.arg.End(), Message: "its parent is used here"})
		claims = append(claims, use.arg.Pos())
	}
	diagnostic := rule.Diagnostic{
		Pos: expr.Pos(), End: expr.End(),
		Message: fmt.Sprintf("nothing uses %s: %s gets its parent, %s, at line %d, and doesn't hear of its end",
			name, pass.Source(call.Fun), pass.Source(first.arg), pass.Line(first.arg.Pos())),
		Variable: variable,
		Risk:     rule.Medium,
		Related:  related,
		Claims:   claims,
	}
	if fix, ok := fix(pass, id, uses); ok {
		diagnostic.Fixes = append(diagnostic.Fixes, fix)
	}
	pass.Report(diagnostic)
}

// derivedName is the name that the statement gives the context.
func derivedName(pass *rule.Pass, expr *ast.CallExpr, result int) *ast.Ident {
	for _, n := range pass.Enclosing(expr.Lparen) {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if len(n.Rhs) == 1 && ast.Unparen(n.Rhs[0]) == expr && result < len(n.Lhs) {
				id, _ := n.Lhs[result].(*ast.Ident)
				return id
			}
			return nil
		case *ast.ValueSpec:
			if len(n.Values) == 1 && ast.Unparen(n.Values[0]) == expr && result < len(n.Names) {
				return n.Names[result]
			}
			return nil
		case ast.Stmt:
			return nil
		}
	}
	return nil
}

// fix passes the derived context on, by the name it has or gets.
func fix(pass *rule.Pass, id *ast.Ident, uses []parentUse) (rule.Fix, bool) {
	if id == nil {
		return rule.Fix{}, false
	}
	f := rule.Fix{}
	name := id.Name
	if name == "_" {
		stmt, ok := pass.ListedStmt(id.Pos()).(*ast.AssignStmt)
		if !ok || stmt.Tok != token.DEFINE || !slices.Contains(stmt.Lhs, ast.Expr(id)) {
			return f, false
		}
		name = pass.FreshName(id.Pos(), "ctx")
		f.Edits = append(f.Edits, pass.Replace(id.Pos(), id.End(), name))
	}
	for _, use := range uses {
		f.Edits = append(f.Edits, pass.Replace(use.arg.Pos(), use.arg.End(), name))
	}
	f.Title = "Pass the derived context on"
	return f, true
}
