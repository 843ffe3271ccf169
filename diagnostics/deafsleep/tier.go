package deafsleep

import (
	"go/ast"
	"regexp"
	"time"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

// nap is a sleep beside a live context.
type nap struct {
	pass    *rule.Pass
	sleep   *ssa.Call
	call    *ast.CallExpr
	ctx     flow.LiveContext
	longest time.Duration
	bounded bool // by longest
}

// upTo reports whether the sleep takes no longer than d.
func (n *nap) upTo(d time.Duration) bool { return n.bounded && n.longest <= d }

// minor reports whether the sleep hurts little, or may be meant.
func (n *nap) minor() bool { return n.short() || n.meant() || !n.mayEnd() }

// settling is the longest pause that lets what was done come to rest.
const settling = 10 * time.Second

// once is the pause that can be felt where it isn't repeated.
const once = 250 * time.Millisecond

// short reports whether whoever waits, if anybody does, hardly waits longer.
func (n *nap) short() bool {
	pass, pos := n.pass, n.call.Pos()
	switch {
	case !n.bounded && inMicroseconds(n.sleep.Call.Args[0]), n.upTo(shortest), n.upTo(once) && !flow.InLoop(n.sleep):
		return true
	case n.upTo(time.Second):
		return asked(pass, pos) || n.leftAlone()
	case n.upTo(settling) && asked(pass, pos):
		return n.leftAlone() // it is gone one pause later, and nobody waits for that
	}
	return false
}

// leftAlone reports whether the sleep is that of a goroutine that nobody waits
// for.
func (n *nap) leftAlone() bool {
	lit, _ := n.sleep.Parent().Syntax().(*ast.FuncLit)
	return n.pass.Flow.LeftAlone(n.pass.Func) || lit != nil && leftAlone(n.pass, lit)
}

// meant reports whether the sleep, by what is around it, is to last.
func (n *nap) meant() bool {
	pass, pos := n.pass, n.call.Pos()
	return pass.Func.IsDouble() || undoes(pass, pos) || n.upTo(settling) && settles(pass, n.sleep) || endsSomething(pass) || pass.CleansUp(pass.Enclosing(pos)) || explained(pass, n.call) ||
		delayed(pass, pos) || apart(pass, n.sleep, n.ctx.Var) || delays(pass) || ownContext(pass, pos) || fromEnvironment(pass, pos)
}

// mayEnd reports whether the context is seen to end, or may be by callers.
func (n *nap) mayEnd() bool {
	return n.ctx.Kind != flow.LiveField && n.pass.MayEnd(n.ctx) && !n.pass.Flow.NeverDone(n.pass.Func, n.ctx)
}

// choice matches comments that weigh a sleep against a wait that the context
// ends, or set it apart from the context.
var choice = regexp.MustCompile("(?i)(\\bis(n['’]t| not)|\\binstead of|\\brather than)\\W+(an?\\W+|the\\W+|use\\W+|using\\W+)*(case\\W+)?(<-\\W*)?(time\\.After|select|ctx|context)|\\bon purpose\\b|\\b(deliberate|intentional)(ly)?\\b|regardless of (the )?(ctx|context|cancel)")

// complaint matches comments that wish it weren't so.
var complaint = regexp.MustCompile(`\b(TODO|FIXME|BUG|XXX|HACK)\b`)

// explained reports whether a comment directly above a sleep, or beside it, says
// that it is a choice.
func explained(pass *rule.Pass, call *ast.CallExpr) bool {
	line := pass.Line(call.Pos())
	for _, group := range pass.Func.File.Comments {
		if first, last := pass.Line(group.Pos()), pass.Line(group.End()); (last == line-1 || first <= line && line <= last) && choice.MatchString(group.Text()) && !complaint.MatchString(group.Text()) {
			return true
		}
	}
	return false
}
