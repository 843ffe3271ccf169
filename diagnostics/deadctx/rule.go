// Package deadctx is the rule of the same name: a context that is certainly
// cancelled is passed to a call that needs it alive.
package deadctx

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

// Rule is the rule deadctx.
var Rule = &rule.Rule{
	Name:     "deadctx",
	Title:    "a context that is cancelled already is passed on",
	Group:    rule.Chain,
	Severity: rule.Warning,
	Default:  true,
	Doc:      doc,
	Check:    check,
}

// place is an argument of a call.
type place struct {
	site ssa.CallInstruction
	arg  int
}

func check(pass *rule.Pass) {
	seen := make(map[place]bool)
	for _, c := range pass.Flow.ContextsIn(pass.Func) {
		for _, use := range pass.Flow.ContextUses(c) {
			site, ok := use.Instr.(ssa.CallInstruction)
			if !ok || use.Arg < 0 || use.Kind != flow.UsePassed && use.Kind != flow.UseDerived || seen[place{site, use.Arg}] {
				continue
			}
			seen[place{site, use.Arg}] = true
			if d := candidate(pass, site, use); d != nil {
				d.report()
			}
		}
	}
}

// dead is a finding: a call that gets a context which is done.
type dead struct {
	pass *rule.Pass
	site ssa.CallInstruction
	arg  ast.Expr
	ctx  *flow.Context // what is passed
	done *flow.Context // what of its chain is done
	by   []ssa.Instruction

	severity rule.Severity
}

func candidate(pass *rule.Pass, site ssa.CallInstruction, use flow.ContextUse) *dead {
	value := site.Common().Args[use.Arg]
	ctx := pass.Flow.ContextOf(value)
	if ctx == nil {
		return nil
	}
	done := pass.Flow.DoneFact(ctx, site)
	if done == nil || madeDead(pass, ctx) {
		return nil
	}
	var severity rule.Severity
	if use.Kind == flow.UseDerived {
		severity = workedUnder(pass, site)
	} else {
		severity = needed(pass, site, use.Arg)
	}
	if severity == 0 {
		return nil
	}
	d := &dead{pass: pass, site: site, ctx: ctx, done: done, by: pass.Flow.DoneBy(done, site), severity: severity}
	if d.arg = pass.Argument(site, use.Arg); d.arg == nil || len(d.by) == 0 {
		return nil
	}
	if pass.Func.IsTest() && !d.slip() || d.meant() {
		return nil
	}
	return d
}

// needed says how sure it is that a call needs the context alive: zero if it
// doesn't, a hint where only the name of what is called speaks, and not for it.
// Of function values nothing is known.
func needed(pass *rule.Pass, site ssa.CallInstruction, arg int) rule.Severity {
	fn := flow.Callee(site.Common())
	switch pass.Flow.NeedOf(site.Common(), arg) {
	case flow.NeedAlive:
		return rule.Warning
	case flow.NeedUnknown:
		switch {
		case fn == nil:
		case fn.Name() == "Close", slices.ContainsFunc(ends, func(verb string) bool { return strings.HasPrefix(fn.Name(), verb) }):
			return rule.Warning
		default:
			return rule.Hint
		}
	}
	return 0
}

// ends begin the names of functions that end, write or give back something,
// and may take their time.
var ends = []string{
	"Shutdown", "Stop", "Flush", "Drain", "Release", "Unlock", "Delete", "Remove", "Cleanup", "CleanUp", "Rollback", "Commit", "Revoke",
	"Terminate", "Disconnect", "Unsubscribe", "Deregister", "Unregister", "Save", "Exec", "Query", "Ping", "Wait",
}

// madeDead reports whether the context, or one on its way, was derived when
// its parent was done: that is the finding then.
func madeDead(pass *rule.Pass, c *flow.Context) bool {
	for c := range c.Up() {
		if c.Kind == flow.ContextDerived && c.Cancels && pass.Flow.DoneAt(c.Parent, c.Call) {
			return true
		}
	}
	return false
}

// workedUnder says how sure it is that site derives a context with an end of
// its own, and something that needs it alive gets it.
func workedUnder(pass *rule.Pass, site ssa.CallInstruction) rule.Severity {
	var surest rule.Severity
	for _, c := range pass.Flow.ContextsIn(pass.Func) {
		made := false
		for d := range c.Up() {
			made = made || d.Kind == flow.ContextDerived && d.Cancels && ssa.CallInstruction(d.Call) == site
		}
		if !made {
			continue
		}
		for _, use := range pass.Flow.ContextUses(c) {
			switch use.Kind {
			case flow.UsePassed:
				if use.Arg >= 0 {
					surest = max(surest, needed(pass, use.Instr.(ssa.CallInstruction), use.Arg))
				}
			case flow.UseDone:
				surest = rule.Warning
			case flow.UseStored, flow.UseReturned, flow.UseSent:
				surest = max(surest, rule.Hint)
			}
		}
	}
	return surest
}

// meant reports whether the context was made to be dead: it is cancelled by a
// plain call before anything gets it.
func (d *dead) meant() bool {
	if d.done.Call == nil {
		return false
	}
	for _, by := range d.by {
		if call, ok := by.(*ssa.Call); !ok || isWait(call) || flow.AfterFunc(call) {
			return false
		}
	}
	for _, use := range d.pass.Flow.ContextUses(d.done) {
		if !d.pass.Flow.DoneAt(d.done, use.Instr) {
			return false
		}
	}
	return true
}

// slip reports whether the end of the context is one that nobody writes on
// purpose: tests cancel a context to see what a call does with it.
func (d *dead) slip() bool {
	for _, by := range d.by {
		switch by := by.(type) {
		case *ssa.Defer:
		case *ssa.Call:
			if !isWait(by) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// isWait reports whether a call is an errgroup's Wait.
func isWait(call ssa.CallInstruction) bool {
	fn := flow.Callee(call.Common())
	return fn != nil && fn.FullName() == "(*golang.org/x/sync/errgroup.Group).Wait"
}

func (d *dead) report() {
	pass := d.pass
	name := pass.Source(d.arg)
	last := d.by[len(d.by)-1]
	call := pass.CallExpr(d.site)
	at := pass.Line(flow.EventPos(last))
	var related []rule.Related
	if d.done.Call != nil {
		related = append(related, rule.Related{Pos: d.done.Call.Pos(), Message: "the context is made here"})
	}
	for _, by := range d.by {
		related = append(related, rule.Related{Pos: flow.EventPos(by), Message: d.how(by)})
	}
	pass.Report(rule.Diagnostic{
		Pos: call.Fun.Pos(), End: call.Fun.End(),
		Message:  fmt.Sprintf("%s is already done when %s gets it: %s at line %d", name, pass.Source(call.Fun), d.how(last), at),
		Variable: name,
		Missing:  []token.Pos{d.arg.Pos()},
		Severity: d.severity,
		Related:  append(related, rule.Related{Pos: d.site.Common().Pos(), End: call.End(), Message: "the call that gets it"}),
		Fixes:    d.fixes(),
		Claims:   []token.Pos{d.arg.Pos(), call.Pos()},
	})
}

// how says what an instruction has to do with the end of the context.
func (d *dead) how(by ssa.Instruction) string {
	switch by := by.(type) {
	case *ssa.Defer:
		if isWait(by) {
			return "Wait, deferred later, runs first and cancels it"
		}
		return "a cancel deferred later runs first"
	case *ssa.Call:
		if isWait(by) {
			return "Wait cancels it"
		}
		if flow.AfterFunc(by) {
			return "AfterFunc runs this once it is done"
		}
		return "it is cancelled"
	case *ssa.UnOp:
		return "the receive waits until it is done"
	case *ssa.If:
		if compare, ok := by.Cond.(*ssa.BinOp); ok {
			if _, ok := compare.X.(*ssa.Extract); ok {
				return "the case is chosen once it is done"
			}
		}
		return "the branch is taken once it is done"
	}
	return "it ends"
}
