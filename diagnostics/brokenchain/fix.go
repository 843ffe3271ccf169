package brokenchain

import (
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

// fixes pass the live context, or one that keeps its values and drops its
// signal. Both change what the program does, so neither is safe.
func (c *candidate) fixes(v verdict) []rule.Fix {
	detach := rule.Fix{Title: "Keep the values of " + c.live.Expr + " and drop its signal"}
	without, edits := c.pass.Qualify(c.expr.Pos(), "context", "WithoutCancel")
	detach.Edits = append(edits, c.pass.Replace(c.expr.Pos(), c.expr.End(), without+"("+c.live.Expr+")"))
	if v == detached {
		return []rule.Fix{detach}
	}
	pass := rule.Fix{Title: "Pass " + c.live.Expr}
	pass.Edits = append(c.pass.DropImport(c.expr.Pos(), "context", c.expr.Pos(), c.expr.End()), c.pass.Replace(c.expr.Pos(), c.expr.End(), c.live.Expr))
	if c.live.Kind == flow.LiveField {
		return []rule.Fix{pass}
	}
	return []rule.Fix{pass, detach}
}
