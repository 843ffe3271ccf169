package outlivedctx

import (
	"go/ast"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

// fixes detach the context of the goroutine from what ends it: in the
// argument of the go statement, or at the beginning of the literal. Nobody but
// the author knows for how long the work may go on.
func (g *goroutine) fixes(_ ending, w *work) []rule.Fix {
	pass := g.pass
	call := g.call()
	if call == nil {
		return nil
	}
	if w.arg >= 0 {
		arg := contextArg(pass, call)
		if arg == nil {
			return nil
		}
		detach, edits := pass.Qualify(arg.Pos(), "context", "WithoutCancel")
		edits = append(edits, pass.Replace(arg.Pos(), arg.End(), detach+"("+pass.Source(arg)+")"))
		return []rule.Fix{{Title: "Detach " + pass.Source(arg) + " by context.WithoutCancel", Edits: edits}}
	}
	lit := literal(call)
	if lit == nil || len(lit.Body.List) == 0 {
		return nil
	}
	used := contextArg(pass, callAt(pass, w.instr.Pos()))
	if d := g.derivedInside(w.ctx); d != nil {
		used = contextArg(pass, callAt(pass, d.Call.Pos()))
		if used == nil {
			return nil
		}
		detach, edits := pass.Qualify(used.Pos(), "context", "WithoutCancel")
		return []rule.Fix{{
			Title: "Detach " + pass.Source(used) + " by context.WithoutCancel",
			Edits: append(edits, pass.Replace(used.Pos(), used.End(), detach+"("+pass.Source(used)+")")),
		}}
	}
	if used == nil {
		return nil
	}
	first := lit.Body.List[0]
	detach, imports := pass.Qualify(first.Pos(), "context", "WithoutCancel")
	if id, ok := ast.Unparen(used).(*ast.Ident); ok {
		v := pass.TypesInfo.Uses[id]
		if v == nil || lit.Pos() <= pass.Declared(v) && pass.Declared(v) < lit.End() {
			return nil // derived inside: which one is to be detached isn't clear
		}
		timeout, more := pass.Qualify(first.Pos(), "context", "WithTimeout")
		second, clock := pass.Qualify(first.Pos(), "time", "Second")
		cancel := pass.FreshName(first.Pos(), "cancel")
		return []rule.Fix{
			{
				Title: "Detach " + id.Name + " by context.WithoutCancel",
				Edits: append(imports, pass.InsertBefore(first, id.Name+" := "+detach+"("+id.Name+")")),
			},
			{
				Title: "Detach " + id.Name + ", and give it a timeout of its own",
				Edits: append(append(append([]analysis.TextEdit{}, more...), clock...), pass.InsertBefore(first,
					id.Name+", "+cancel+" := "+timeout+"("+detach+"("+id.Name+"), 10*"+second+")\ndefer "+cancel+"()")),
			},
		}
	}
	return []rule.Fix{{
		Title: "Detach " + pass.Source(used) + " by context.WithoutCancel",
		Edits: append(imports, pass.Replace(used.Pos(), used.End(), detach+"("+pass.Source(used)+")")),
	}}
}

// derivedInside returns the derivation in the goroutine that takes the context
// from outside, nil if the work gets that one itself.
func (g *goroutine) derivedInside(c *flow.Context) *flow.Context {
	var inside *flow.Context
	for c := range c.Up() {
		if c.Call == nil || !within(c.Call.Parent(), g.launch.Body) {
			break
		}
		inside = c
	}
	return inside
}

// literal is the function literal that a launch starts.
func literal(call *ast.CallExpr) *ast.FuncLit {
	if lit, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok {
		return lit
	}
	for _, arg := range call.Args {
		if lit, ok := ast.Unparen(arg).(*ast.FuncLit); ok {
			return lit
		}
	}
	return nil
}

// contextArg is the first argument of a call that is a context.
func contextArg(pass *rule.Pass, call *ast.CallExpr) ast.Expr {
	if call == nil {
		return nil
	}
	for _, arg := range call.Args {
		if t := pass.TypesInfo.TypeOf(arg); t != nil && isContext(t) {
			return arg
		}
	}
	return nil
}
