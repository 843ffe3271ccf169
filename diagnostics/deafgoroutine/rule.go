// Package deafgoroutine is the rule of the same name: a goroutine that waits
// for ever on a channel while it could hear a context.
package deafgoroutine

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/callsites"
	"github.com/ctxls/ctxls/internal/flow"
)

//go:embed doc.md
var doc string

// Rule is the rule deafgoroutine.
var Rule = &rule.Rule{
	Name:     "deafgoroutine",
	Title:    "a goroutine can wait for ever and does not hear its context",
	Group:    rule.Exit,
	Severity: rule.Warning,
	Default:  true,
	Doc:      doc,
	Check:    check,
}

func check(pass *rule.Pass) {
	for _, body := range pass.Func.Bodies {
		if launches := goroutines(pass, body); len(launches) > 0 {
			checkGoroutine(pass, body, launches)
		} else {
			checkCalled(pass, body)
		}
	}
}

// goroutines returns the launches of body. A function that waits for a context
// by context.AfterFunc runs once that is done, and can't hear it any more.
func goroutines(pass *rule.Pass, body *ssa.Function) []flow.Launch {
	var out []flow.Launch
	for _, l := range pass.Flow.Launched(body) {
		if fn := flow.Callee(l.Site.Common()); fn == nil || fn.FullName() != "context.AfterFunc" {
			out = append(out, l)
		}
	}
	return out
}

// checkCalled looks at a body that isn't seen to run as a goroutine: where it
// certainly waits for itself, it does so in whatever goroutine calls it.
func checkCalled(pass *rule.Pass, body *ssa.Function) {
	for _, wait := range pass.Flow.Waits(body) {
		if !wait.Certain {
			continue
		}
		if ctx, ok := nearest(pass, wait); ok && ctx.Kind == flow.LiveParam {
			w := deafWait{wait, ctx}
			report(pass, w, []deafWait{w}, nil)
			return
		}
	}
}

// deafWait is a wait beside a context that the goroutine could hear.
type deafWait struct {
	flow.Wait
	ctx flow.LiveContext
}

func checkGoroutine(pass *rule.Pass, body *ssa.Function, launches []flow.Launch) {
	var waits []deafWait
	for _, fn := range pass.Flow.RunsIn(body) {
		for _, wait := range pass.Flow.Waits(fn) {
			if ctx, ok := nearest(pass, wait); ok {
				waits = append(waits, deafWait{wait, ctx})
			}
		}
	}
	if len(waits) == 0 {
		checkAlone(pass, body, launches)
		return
	}
	first := waits[0]
	for _, w := range waits[1:] {
		if w.Pos < first.Pos {
			first = w
		}
	}
	report(pass, first, waits, launches)
}

func report(pass *rule.Pass, wait deafWait, all []deafWait, launches []flow.Launch) {
	start, end, variable := place(pass, wait)
	who := "goroutine can wait for ever"
	if len(launches) == 0 {
		who = "this call waits for ever"
	}
	d := rule.Diagnostic{
		Pos: start, End: end, Variable: variable,
		Message:  fmt.Sprintf("%s to %s and doesn't listen to %s: %s", who, pass.Flow.Operation(wait.Wait), wait.ctx.Expr, wait.Reason),
		Risk:     rule.High,
		Claims:   claims(pass, wait.Pos),
		Fixes:    fixes(pass, wait),
		Premises: premises(pass, wait, launches),
	}
	if wait.ctx.Kind == flow.LiveField || runsOnce(pass) {
		d.Severity = rule.Information
	}
	if minor(pass, wait) || endsWithProcess(pass, wait, launches) {
		d.Severity = rule.Hint
	}
	for _, l := range launches {
		d.Related = append(d.Related, rule.Related{Pos: l.Site.Pos(), Message: "the goroutine starts here"})
	}
	for _, step := range wait.Steps {
		d.Related = append(d.Related, rule.Related{Pos: step.Pos, Message: step.Message})
	}
	for _, other := range all {
		if other.Instr != wait.Instr {
			d.Related = append(d.Related, rule.Related{Pos: other.Pos, Message: "it can wait here, too"})
		}
	}
	pass.Report(d)
}

// place is the smallest expression at the operation, and the channel's name.
func place(pass *rule.Pass, wait deafWait) (start, end token.Pos, variable string) {
	if wait.Kind == flow.BlockCall {
		for _, n := range pass.Enclosing(wait.Pos) {
			if call, ok := n.(*ast.CallExpr); ok {
				return call.Fun.Pos(), call.Fun.End(), ""
			}
		}
	}
	if x := pass.Flow.ChannelExpr(wait.Wait); x != nil {
		switch x.(type) {
		case *ast.Ident, *ast.SelectorExpr:
			variable = types.ExprString(x)
		}
		return x.Pos(), x.End(), variable
	}
	return wait.Pos, wait.Pos + token.Pos(len("select")), ""
}

// claims are the statement of the operation and the loop around it.
func claims(pass *rule.Pass, pos token.Pos) []token.Pos {
	var out []token.Pos
	for _, n := range pass.Enclosing(pos) {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.FuncDecl:
			return out
		case *ast.ForStmt:
			return append(out, n.Pos())
		case *ast.BlockStmt, *ast.LabeledStmt, *ast.CommClause, *ast.CaseClause:
		case ast.Stmt:
			if len(out) == 0 {
				out = append(out, n.Pos())
			}
		}
	}
	return out
}

// minor reports whether a wait is only worth a hint: in a test, which ends
// soon; of a fake, whose callers are known, or what is named for one; of what waits for a signal, by which
// the program itself is told to stop; or in somebody else's function that has the context.
func minor(pass *rule.Pass, wait deafWait) bool {
	if pass.Func.IsDouble() && !wait.Certain {
		return true
	}
	if f := pass.Func.Obj; f != nil {
		for v := range f.Signature().Params().Variables() {
			switch types.TypeString(v.Type(), nil) {
			case "*testing.T", "*testing.B", "*testing.F", "testing.TB":
				return true
			}
		}
	}
	left := wait.Kept && wait.Reason == flow.ReceiverLeaves && !wait.Served
	if left || wait.Paced || wait.EndsServer() || wait.Inner != nil && wait.Inner.Kept && len(wait.Steps) == 0 {
		return true // whether it comes to that, the owner of the channel decides
	}
	if toldElsewhere(pass, wait) || !wait.Certain && pass.Flow.NeverDone(pass.Func, wait.ctx) {
		return true
	}
	if wait.Kind == flow.BlockSend && pass.Func.HoldsTest() && !wait.Certain {
		return true
	}
	return wait.Handed && pass.Func.HoldsTest() || wait.Signal
}

// endsWithProcess reports whether a goroutine that may miss its receiver is
// started once by main: there is one of it at most, for the rest of the process.
func endsWithProcess(pass *rule.Pass, wait deafWait, launches []flow.Launch) bool {
	return len(launches) > 0 && (wait.Kind == flow.BlockSend || wait.Kind == flow.BlockSelect) && !wait.Certain &&
		!slices.ContainsFunc(launches, func(l flow.Launch) bool {
			return l.InLoop() && !pass.Flow.RunsOnce(l.Site) || !pass.Flow.RunsOnceInMain(l.Site.Parent())
		})
}

// premises are that the context may end, and what endsWithProcess asks, of
// callers in other packages.
func premises(pass *rule.Pass, wait deafWait, launches []flow.Launch) []callsites.Premise {
	if wait.Certain {
		return nil
	}
	all := pass.ContextEnds(wait.ctx, true)
	if (wait.Kind == flow.BlockSend || wait.Kind == flow.BlockSelect) && !slices.ContainsFunc(launches, flow.Launch.InLoop) {
		all = append(all, pass.GoesOn(launches)...)
	}
	return all
}

// toldElsewhere reports whether the wait is inside of a function of another
// package that is given a context: how it listens is decided over there, by
// an owner that this package doesn't show.
func toldElsewhere(pass *rule.Pass, wait deafWait) bool {
	call, ok := wait.Instr.(ssa.CallInstruction)
	if !ok || wait.Kind != flow.BlockCall {
		return false
	}
	callee := flow.Callee(call.Common())
	if callee == nil || callee.Pkg() == pass.Pkg {
		return false
	}
	for v := range callee.Signature().Params().Variables() {
		if flow.IsContext(v.Type()) {
			return true
		}
	}
	return false
}

// runsOnce reports whether the goroutine stands in main or in an initialiser:
// it ends with the process.
func runsOnce(pass *rule.Pass) bool {
	f := pass.Func
	if f.Obj == nil {
		return true
	}
	return f.Obj.Signature().Recv() == nil && (f.Obj.Name() == "init" || f.Obj.Name() == "main" && pass.Pkg.Name() == "main")
}
