// Package forwardcancel is the rule of the same name: a goroutine that does
// by hand what the derivation of contexts, or context.AfterFunc, does.
package forwardcancel

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

//go:embed doc.md
var doc string

// Rule is the rule forwardcancel.
var Rule = &rule.Rule{
	Name:     "forwardcancel",
	Title:    "a goroutine only forwards the end of a context to a CancelFunc",
	Group:    rule.Chain,
	Severity: rule.Warning,
	Default:  true,
	Doc:      doc,
	Check:    check,
}

func check(pass *rule.Pass) {
	for _, body := range pass.Func.Bodies {
		for _, launch := range pass.Flow.LaunchesIn(body) {
			site, ok := launch.Site.(*ssa.Go)
			if !ok || pass.CallExpr(site) == nil {
				continue
			}
			if forward, ok := pass.Flow.ForwardIn(launch); ok {
				f := &forwarder{pass: pass, site: site, body: launch.Body, Forward: forward}
				f.decide()
			}
		}
	}
}

// forwarder is a goroutine that forwards.
type forwarder struct {
	flow.Forward
	pass *rule.Pass
	site *ssa.Go
	body *ssa.Function
	stmt *ast.GoStmt
}

// decide tells apart what the derivation does already, and what AfterFunc
// would do.
func (f *forwarder) decide() {
	for _, n := range f.pass.Enclosing(f.site.Common().Pos()) {
		if stmt, ok := n.(*ast.GoStmt); ok {
			f.stmt = stmt
			break
		}
	}
	if f.stmt == nil {
		return
	}
	switch {
	case f.To != nil && f.To.Under(f.From):
		if f.stops() {
			return
		}
		f.redundant()
	case f.endsWithStarter():
	case f.To == nil:
		f.report(rule.Information)
	case f.Other == nil:
		f.report(rule.Warning)
	default:
		f.report(rule.Information)
	}
}

// endsWithStarter reports whether the context that is waited for ends with the
// function that starts the goroutine, by a deferred cancel.
func (f *forwarder) endsWithStarter() bool {
	starter := f.site.Parent()
	return f.From.Call != nil && f.From.Call.Parent() == starter &&
		slices.ContainsFunc(f.pass.Flow.CancelSites(f.From), func(s flow.CancelSite) bool {
			return s.Deferred && s.Calls && !s.Launched && s.Body == starter
		})
}

// stops reports whether the CancelFunc does more than to cancel: the stop of
// a NotifyContext gives the signals back, a wrapper's may do anything.
func (f *forwarder) stops() bool {
	return !strings.HasPrefix(f.To.Via, "context.")
}

// names are how the source of the goroutine writes the context it waits for
// and the CancelFunc.
func (f *forwarder) names() (from, cancel string) {
	from, cancel = "the context", "its cancel function"
	if call := f.pass.CallExpr(f.Cancel); call != nil {
		cancel = f.pass.Source(call.Fun)
	}
	if look := f.look(); look != nil {
		from = f.pass.Source(look)
	}
	return from, cancel
}

// look is the context whose Done the goroutine waits for, as it stands there.
func (f *forwarder) look() ast.Expr {
	var found ast.Expr
	ast.Inspect(f.body.Syntax(), func(n ast.Node) bool {
		recv, ok := n.(*ast.UnaryExpr)
		if !ok || recv.Op != token.ARROW || found != nil {
			return true
		}
		ctx, name := f.pass.ContextLook(recv.X)
		if name != "Done" {
			return true
		}
		if f.Other == nil || f.leadsToCancel(recv) {
			found = ctx
		}
		return true
	})
	return found
}

// leadsToCancel reports whether the receive is the one of the select case
// that the cancel stands in.
func (f *forwarder) leadsToCancel(recv *ast.UnaryExpr) bool {
	in := false
	ast.Inspect(f.body.Syntax(), func(n ast.Node) bool {
		clause, ok := n.(*ast.CommClause)
		if ok && clause.Comm != nil && clause.Comm.Pos() <= recv.Pos() && recv.End() <= clause.Comm.End() {
			in = clause.Pos() <= f.Cancel.Pos() && f.Cancel.Pos() < clause.End()
		}
		return true
	})
	return in
}

func (f *forwarder) redundant() {
	from, cancel := f.names()
	message := fmt.Sprintf("this goroutine calls %s once %s is done, but the context of %s derives from it and is done by then: nothing is left to forward, and the goroutine stays until %s ends", cancel, from, cancel, from)
	if f.Other != nil {
		message = fmt.Sprintf("this goroutine calls %s once %s is done, but the context of %s derives from it and is done by then: nothing is left to forward", cancel, from, cancel)
	}
	d := f.diagnostic(message, rule.Warning)
	d.Needless = !f.Tells
	if f.Tells {
		d.Fixes = f.afterFunc()
	} else if !f.pass.HasComments(f.stmt.Pos(), f.stmt.End()) {
		d.Fixes = []rule.Fix{{Title: "Remove the goroutine", Safe: true, Edits: f.removal()}}
	}
	f.pass.Report(d)
}

func (f *forwarder) report(severity rule.Severity) {
	from, cancel := f.names()
	message := fmt.Sprintf("this goroutine only waits for %s to call %s, and stays until then even when nobody needs it any more: context.AfterFunc does it without one", from, cancel)
	if f.Other != nil {
		message = fmt.Sprintf("this goroutine only waits for %s to call %s: context.AfterFunc does it without one", from, cancel)
	}
	d := f.diagnostic(message, severity)
	d.Fixes = f.afterFunc()
	f.pass.Report(d)
}

// linter matches comments by which a goroutine is there for those who look for
// lost cancels.
var linter = regexp.MustCompile(`(?i)\b(make|please|silence|satisf(y|ies)|appease|quiet|for)\W+(\w+\W+){0,2}?(go ?vet|lint(er)?s?)\b|\b(go ?vet|lint(er)?s?)\W+(\w+\W+)?(happy|quiet|silent|complains?)\b`)

// forLinter reports whether a comment in the goroutine, or above it, says that it
// is there to please a linter.
func (f *forwarder) forLinter() bool {
	first, last := f.pass.Line(f.stmt.Pos())-1, f.pass.Line(f.stmt.End())
	return slices.ContainsFunc(f.pass.Func.File.Comments, func(group *ast.CommentGroup) bool {
		end := f.pass.Line(group.End())
		return first <= end && end <= last && linter.MatchString(group.Text())
	})
}

func (f *forwarder) diagnostic(message string, severity rule.Severity) rule.Diagnostic {
	if f.pass.Func.IsTest() || f.forLinter() {
		severity = rule.Hint // it ends with the test, if not before; or is known to do nothing
	}
	_, cancel := f.names()
	risk := rule.Medium
	if f.Other != nil {
		risk = rule.Low
	}
	var related []rule.Related
	if f.To != nil && f.To.Call != nil {
		related = append(related, rule.Related{Pos: f.To.Call.Pos(), Message: "the context that is cancelled is made here"})
	}
	return rule.Diagnostic{
		Pos: f.stmt.Pos(), End: f.stmt.Pos() + 2, Message: message, Variable: cancel, Severity: severity, Risk: risk,
		Claims: []token.Pos{f.stmt.Pos()},
		Related: append(related,
			rule.Related{Pos: flow.EventPos(f.Wait), Message: "it waits here"},
			rule.Related{Pos: f.Cancel.Common().Pos(), Message: "and cancels here"}),
	}
}
