// Package outlivedctx is the rule of the same name: a goroutine that nobody
// waits for works under a context that ends when its launcher returns.
package outlivedctx

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

//go:embed doc.md
var doc string

// Rule is the rule outlivedctx.
var Rule = &rule.Rule{
	Name:     "outlivedctx",
	Title:    "a goroutine works under a context that ends when its launcher returns",
	Group:    rule.Exit,
	Severity: rule.Warning,
	Default:  true,
	Doc:      doc,
	Check:    check,
}

func check(pass *rule.Pass) {
	if pass.Func.IsTest() || isMain(pass.Func) {
		return // what they leave behind ends with the test, or the process
	}
	for _, body := range pass.Func.Bodies {
		for _, l := range pass.Flow.LaunchesIn(body) {
			checkLaunch(pass, body, l)
		}
	}
}

func isMain(f *flow.Func) bool {
	return f.Obj != nil && f.Obj.Pkg().Name() == "main" && f.Name() == "main"
}

func checkLaunch(pass *rule.Pass, body *ssa.Function, l flow.Launch) {
	if fn := flow.Callee(l.Site.Common()); fn != nil && fn.FullName() == "context.AfterFunc" {
		return // it runs when the context is done, and knows
	}
	g := &goroutine{pass: pass, launcher: body, launch: l}
	ends := g.endings()
	if len(ends) == 0 {
		return
	}
	join := pass.Flow.JoinOf(l)
	if !join.Caller && join.Kind != flow.NotJoined {
		return
	}
	for _, e := range ends {
		work := g.work(e.ctx)
		if work == nil {
			continue
		}
		after := g.after(e.ctx)
		if !after.returns {
			return
		}
		g.report(e, work, after)
		return // one finding for a goroutine
	}
}

// goroutine is one launch that is looked into.
type goroutine struct {
	pass     *rule.Pass
	launcher *ssa.Function
	launch   flow.Launch
}

func (g *goroutine) report(e ending, w *work, after aftermath) {
	pass := g.pass
	name := g.exprOf(w.ctx, w.instr)
	if name == "" {
		name = "the context"
	}
	who := "its launcher"
	if g.launcher.Object() != nil {
		who = g.launcher.Name()
	}
	severity := rule.Warning
	if after.goesOn || g.cancels(e) {
		severity = rule.Hint // the goroutine may be meant to go along with it
	}
	what := fmt.Sprintf("what it does in line %d", pass.Line(w.instr.Pos()))
	if fn := flow.Callee(w.instr.(ssa.CallInstruction).Common()); fn != nil {
		what = "its call of " + fn.Name()
	}
	message := fmt.Sprintf("nobody waits for this goroutine, and %s is cancelled when %s returns: %s is cut off", name, who, what)
	if e.request {
		message = fmt.Sprintf("nobody waits for this goroutine, and %s ends with the request that %s serves: %s is cut off", name, who, what)
	}
	pos, end := g.place()
	related := []rule.Related{}
	if e.made.IsValid() {
		related = append(related, rule.Related{Pos: e.made, Message: "the context is made here"})
	}
	related = append(related, rule.Related{Pos: pos, End: end, Message: "the goroutine starts here"})
	if e.cancelled.IsValid() {
		related = append(related, rule.Related{Pos: e.cancelled, Message: "this cancels the context when the function returns"})
	}
	related = append(related, rule.Related{Pos: w.instr.Pos(), Message: "this works under it"})
	pass.Report(rule.Diagnostic{
		Pos: pos, End: end,
		Message:  message,
		Variable: name,
		Severity: severity,
		Related:  related,
		Fixes:    g.fixes(e, w),
		Claims:   []token.Pos{pos},
	})
}

// cancels reports whether the goroutine itself cancels the context whatever came
// of its work: it may wait on the launcher's behalf, and needn't any longer.
func (g *goroutine) cancels(e ending) bool {
	return e.ctx.Cancel != nil && slices.ContainsFunc(g.pass.Flow.CancelSites(e.ctx), func(s flow.CancelSite) bool {
		_, deferred := s.Instr.(*ssa.Defer)
		return s.Calls && !deferred && g.launch.Body != nil && s.Instr.Parent() == g.launch.Body && onEachWay(s.Instr)
	})
}

// onEachWay reports whether an instruction stands on each way out of its function.
func onEachWay(instr ssa.Instruction) bool {
	for _, block := range instr.Parent().Blocks {
		if _, returns := block.Instrs[len(block.Instrs)-1].(*ssa.Return); returns && block != instr.Parent().Recover && !instr.Block().Dominates(block) {
			return false
		}
	}
	return true
}

// place is the go, or the call that starts the goroutine.
func (g *goroutine) place() (pos, end token.Pos) {
	site := g.launch.Site
	if _, ok := site.(*ssa.Go); ok {
		return site.Pos(), site.Pos() + token.Pos(len("go"))
	}
	if call := g.call(); call != nil {
		return call.Pos(), call.Fun.End()
	}
	return site.Pos(), site.Pos()
}

// call is the call expression of the launch.
func (g *goroutine) call() *ast.CallExpr { return callAt(g.pass, g.launch.Site.Common().Pos()) }

// callAt returns the call with its parenthesis at pos.
func callAt(pass *rule.Pass, pos token.Pos) *ast.CallExpr {
	for _, n := range pass.Enclosing(pos) {
		if call, ok := n.(*ast.CallExpr); ok && call.Lparen == pos {
			return call
		}
	}
	return nil
}
