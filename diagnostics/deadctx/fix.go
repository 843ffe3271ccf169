package deadctx

import (
	"go/ast"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

// fixes gives the call a context that keeps the values and drops the end: one
// with a timeout of its own, or, where the call sets its own limits, without.
func (d *dead) fixes() []rule.Fix {
	pass := d.pass
	name := pass.Source(d.arg)
	without, edits := pass.Qualify(d.arg.Pos(), "context", "WithoutCancel")
	detached := without + "(" + name + ")"
	detach := rule.Fix{
		Title: "Pass context.WithoutCancel(" + name + ")",
		Edits: append(edits, pass.Replace(d.arg.Pos(), d.arg.End(), detached)),
	}
	fixes := []rule.Fix{detach}
	if own, ok := d.ownTimeout(detached); ok {
		fixes = []rule.Fix{own, detach}
	}
	return fixes
}

// ownTimeout puts a context of its own before the call's statement. In a loop
// its cancel would pile up.
func (d *dead) ownTimeout(detached string) (rule.Fix, bool) {
	call, ok := d.site.(*ssa.Call)
	if !ok || flow.InLoop(call) || d.derives() {
		return rule.Fix{}, false
	}
	pass := d.pass
	stmt := pass.ListedStmt(d.arg.Pos())
	if stmt == nil {
		return rule.Fix{}, false
	}
	if _, labelled := stmt.(*ast.LabeledStmt); labelled {
		return rule.Fix{}, false
	}
	withTimeout, edits := pass.Qualify(stmt.Pos(), "context", "WithTimeout")
	seconds, more := pass.Qualify(stmt.Pos(), "time", "Second")
	edits = append(edits, more...)
	ctx := pass.FreshName(d.arg.Pos(), "cleanupCtx")
	cancel := pass.FreshName(d.arg.Pos(), "cleanupCancel")
	code := ctx + ", " + cancel + " := " + withTimeout + "(" + detached + ", 10*" + seconds + ")\ndefer " + cancel + "()"
	edits = append(edits, pass.InsertBefore(stmt, code), pass.Replace(d.arg.Pos(), d.arg.End(), ctx))
	return rule.Fix{Title: "Give the call ten seconds of its own", Edits: edits}, true
}

// derives reports whether the call makes a context with an end of its own.
func (d *dead) derives() bool {
	for _, c := range d.pass.Flow.ContextsIn(d.pass.Func) {
		if c.Call != nil && ssa.CallInstruction(c.Call) == d.site {
			return true
		}
	}
	return false
}
