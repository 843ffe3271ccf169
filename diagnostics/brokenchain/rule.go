// Package brokenchain is the rule of the same name: a root context is passed
// on where a live one is at hand.
package brokenchain

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

// Rule is the rule brokenchain.
var Rule = &rule.Rule{
	Name:     "brokenchain",
	Title:    "a root context is passed on although a live one is at hand",
	Group:    rule.Chain,
	Severity: rule.Warning,
	Default:  true,
	Doc:      doc,
	Check:    check,
}

func check(pass *rule.Pass) {
	if startsProgram(pass) {
		return
	}
	checkHelpers(pass)
	for _, root := range pass.Flow.RootsIn(pass.Func) {
		if c := candidateOf(pass, root); c != nil {
			c.check()
		}
	}
}

// startsProgram reports whether the function is one in which contexts begin.
func startsProgram(pass *rule.Pass) bool {
	obj := pass.Func.Obj
	if obj == nil || obj.Signature().Recv() != nil {
		return false
	}
	return obj.Name() == "init" || obj.Name() == "main" && pass.Pkg.Name() == "main" || obj.Name() == "TestMain"
}

// candidate is one root beside a live context.
type candidate struct {
	pass *rule.Pass
	flow.Root
	expr *ast.CallExpr // the root
	path []ast.Node    // around it, innermost first
	live flow.LiveContext
}

func candidateOf(pass *rule.Pass, root flow.Root) *candidate {
	if !slices.ContainsFunc(root.Uses, flow.RootUse.Passed) {
		return nil
	}
	c := &candidate{pass: pass, Root: root, path: pass.Enclosing(root.Call.Pos())}
	for i, n := range c.path {
		if call, ok := n.(*ast.CallExpr); ok && call.Lparen == root.Call.Pos() {
			c.expr, c.path = call, c.path[i:]
			break
		}
	}
	if c.expr == nil {
		return nil
	}
	live := pass.Flow.LiveBefore(pass.Func, c.expr.Pos())
	if len(live) == 0 {
		return nil
	}
	c.live = live[0]
	return c
}

func (c *candidate) check() {
	if c.live.Kind == flow.LiveField && flow.EndsByName(c.pass.Func.Name()[strings.LastIndexByte(c.pass.Func.Name(), '.')+1:]) {
		return // it has ended the field's context, or is about to
	}
	if c.onPurpose() || c.givenUp() || c.nilFallback() || c.pass.CleansUp(c.path) || c.pass.Flow.MayFollowDone(c.Call) {
		return
	}
	severity := rule.Warning
	if c.live.Kind == flow.LiveField || !c.near() {
		severity = rule.Hint
	}
	if c.pass.Func.IsTest() || c.pass.Func.IsDouble() || c.pass.Flow.FillsMemo(c.path) || c.toldOfFailure() || c.afterRequest() || c.calledBackUnderRoot() {
		severity = min(severity, rule.Hint)
	}
	verdict, use := c.judge()
	switch verdict {
	case detached:
		severity = min(severity, rule.Information)
	case doubtful:
		severity = min(severity, rule.Hint)
	case innocent:
		return
	}
	c.report(severity, verdict, use)
}

// afterRequest reports whether the live context is that of a request which the
// function is given as a goroutine that nobody waits for: the request may well
// be over.
func (c *candidate) afterRequest() bool {
	return c.live.Kind == flow.LiveRequest && c.pass.Flow.LeftAlone(c.pass.Func)
}

// near reports whether the live context is one that the function can count on
// to end one day. That of a command line ends with the process, unless another
// end is seen.
func (c *candidate) near() bool {
	return !c.pass.Flow.NeverDone(c.pass.Func, c.live) && (!c.pass.Flow.OfCommandLine() || c.pass.MayEnd(c.live))
}

func (c *candidate) report(severity rule.Severity, v verdict, use flow.RootUse) {
	pass := c.pass
	name := pass.Source(c.expr)
	callee := calleeName(pass, use.Instr)
	d := rule.Diagnostic{
		Pos: c.expr.Pos(), End: c.expr.End(),
		Variable: c.live.Expr, Severity: severity, Risk: rule.Medium,
		Missing:  []token.Pos{c.expr.Pos()},
		Claims:   c.claims(use),
		Premises: append(pass.ContextEnds(c.live, c.Call.Parent().Parent() != nil), pass.Listens(use.Instr.(ssa.CallInstruction).Common())...),
	}
	switch {
	case v == detached:
		d.Message = fmt.Sprintf("%s in a goroutine of a handler: %s loses the values of %s too; detach by context.WithoutCancel", name, callee, c.live.Expr)
	case len(use.Derived) > 0:
		d.Message = fmt.Sprintf("%s derives from %s though %s is at hand: cancelling it doesn't reach %s", derivationName(use), name, c.live.Expr, callee)
	default:
		d.Message = fmt.Sprintf("%s gets %s though %s is at hand: cancelling it doesn't reach %s", callee, name, c.live.Expr, callee)
	}
	if v := c.live.Var; v.Pos().IsValid() && v.Pkg() == pass.Pkg {
		d.Related = append(d.Related, rule.Related{Pos: pass.Declared(v), End: pass.Declared(v) + token.Pos(len(v.Name())), Message: c.live.Expr + " is at hand"})
	}
	if pass.Line(use.Instr.Pos()) != pass.Line(c.expr.Pos()) && use.Instr.Pos().IsValid() {
		d.Related = append(d.Related, rule.Related{Pos: use.Instr.Pos(), Message: callee + " gets the root here"})
	}
	d.Fixes = c.fixes(v)
	pass.Report(d)
}

// claims are the calls that get the root, or what is derived from it.
func (c *candidate) claims(use flow.RootUse) []token.Pos {
	out := []token.Pos{c.expr.Pos()}
	at := []token.Pos{use.Instr.Pos()}
	for _, call := range use.Derived {
		at = append(at, call.Pos())
	}
	for _, pos := range at {
		for _, n := range c.pass.Enclosing(pos) {
			if call, ok := n.(*ast.CallExpr); ok && call.Lparen == pos {
				out = append(out, call.Pos())
				break
			}
		}
	}
	return out
}

func derivationName(use flow.RootUse) string {
	if fn := flow.Callee(use.Derived[0].Common()); fn != nil {
		return fn.Name()
	}
	return "a context"
}

// calleeName is how messages call what gets the root.
func calleeName(pass *rule.Pass, instr ssa.Instruction) string {
	site := instr.(ssa.CallInstruction)
	if fn := flow.Callee(site.Common()); fn != nil {
		return fn.Name()
	}
	for _, n := range pass.Enclosing(instr.Pos()) {
		if call, ok := n.(*ast.CallExpr); ok && call.Lparen == instr.Pos() {
			if name := pass.Source(call.Fun); len(name) <= 40 && !strings.Contains(name, "\n") {
				return name
			}
			break
		}
	}
	return "the call"
}
