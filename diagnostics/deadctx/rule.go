// Package deadctx is the rule of the same name: a context that is certainly
// cancelled is passed to a call that needs it alive.
package deadctx

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/token"

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
	if use.Kind == flow.UseDerived {
		if !workedUnder(pass, site) {
			return nil
		}
	} else if !needed(pass, site, use.Arg) {
		return nil
	}
	d := &dead{pass: pass, site: site, ctx: ctx, done: done, by: pass.Flow.DoneBy(done, site)}
	if d.arg = pass.Argument(site, use.Arg); d.arg == nil || len(d.by) == 0 {
		return nil
	}
	if pass.Func.IsTest() && !d.slip() {
		return nil
	}
	return d
}

// needed reports whether a call needs the context alive. Of function values
// nothing is known.
func needed(pass *rule.Pass, site ssa.CallInstruction, arg int) bool {
	switch pass.Flow.NeedOf(site.Common(), arg) {
	case flow.NeedAlive:
		return true
	case flow.NeedUnknown:
		return flow.Callee(site.Common()) != nil
	}
	return false
}

// madeDead reports whether the context, or one on its way, was derived when
// its parent was done: that is the finding then.
func madeDead(pass *rule.Pass, c *flow.Context) bool {
	for ; c != nil && c.Kind == flow.ContextDerived; c = c.Parent {
		if c.Cancels && pass.Flow.DoneAt(c.Parent, c.Call) {
			return true
		}
	}
	return false
}

// workedUnder reports whether site derives a context with an end of its own,
// and something that needs it alive gets it.
func workedUnder(pass *rule.Pass, site ssa.CallInstruction) bool {
	for _, c := range pass.Flow.ContextsIn(pass.Func) {
		made := false
		for d := c; d != nil; d = d.Parent {
			made = made || d.Call != nil && ssa.CallInstruction(d.Call) == site && d.Cancels
		}
		if !made {
			continue
		}
		for _, use := range pass.Flow.ContextUses(c) {
			switch use.Kind {
			case flow.UsePassed:
				if use.Arg < 0 || needed(pass, use.Instr.(ssa.CallInstruction), use.Arg) {
					return true
				}
			case flow.UseDone, flow.UseStored, flow.UseReturned, flow.UseSent:
				return true
			}
		}
	}
	return false
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
