// Package ctxvariant is the rule of the same name: a call that blocks has a
// sibling which takes a context, and there is one.
package ctxvariant

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

//go:embed doc.md
var doc string

// Rule is the rule ctxvariant.
var Rule = &rule.Rule{
	Name:     "ctxvariant",
	Title:    "a call that blocks has a sibling which takes the context",
	Group:    rule.Chain,
	Severity: rule.Information,
	Default:  true,
	Doc:      doc,
	Check:    check,
}

func check(pass *rule.Pass) {
	for _, body := range pass.Func.Bodies {
		for _, block := range body.Blocks {
			for _, instr := range block.Instrs {
				if call, ok := instr.(*ssa.Call); ok && call.Pos().IsValid() {
					checkCall(pass, call)
				}
			}
		}
	}
}

func checkCall(pass *rule.Pass, call *ssa.Call) {
	fn := callee(pass, call)
	if fn == nil || takesContext(fn.Signature()) {
		return
	}
	v := variantOf(pass, fn)
	if v == nil {
		return
	}
	path := pass.Enclosing(call.Pos())
	var expr *ast.CallExpr
	for i, n := range path {
		if c, ok := n.(*ast.CallExpr); ok && c.Lparen == call.Pos() {
			expr, path = c, path[i:]
			break
		}
	}
	if expr == nil {
		return
	}
	live := pass.Flow.LiveBefore(pass.Func, expr.Pos())
	if len(live) == 0 || inSibling(pass, fn, v.name) {
		return
	}
	ctx := live[0]
	switch {
	case pass.UndoneLate(fn.Name(), path), pass.CleansUp(path), pass.SaysWhy(expr, path), pass.Flow.MayFollowDone(call):
		return
	case !pass.Flow.RunsUnder(call.Parent(), ctx.Var), v.request && (getsContext(pass, call) || unsent(call)), v.process && runWithContext(call), v.waits && !toldToWait(pass, expr), watched(pass, call, ctx, v.process):
		return
	case onThisHost(call), v.request && fills(pass, path, ctx):
		return
	}
	report(pass, call, expr, fn, v, ctx)
}

// toldToWait reports whether one of the options of grpc.Dial, as far as they
// stand in the function, is the one that makes it wait for the connection.
func toldToWait(pass *rule.Pass, dial *ast.CallExpr) bool {
	found := false
	ast.Inspect(pass.Func.SSA.Syntax(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if ok && call != dial {
			fn := typeutil.StaticCallee(pass.TypesInfo, call)
			found = found || flow.Is(fn, "google.golang.org/grpc.WithBlock")
		}
		return !found
	})
	return found
}

// watched reports whether other code of the function waits for the end of the
// context while the call may run: a select beside a goroutine, a goroutine
// that closes what the call waits on, an AfterFunc. A call that only makes what
// waits may stand before it.
func watched(pass *rule.Pass, call *ssa.Call, ctx flow.LiveContext, makes bool) bool {
	own := pass.Func.SSA.Syntax()
	var launch ast.Node // the go statement that the call runs in
	for _, n := range pass.Enclosing(call.Pos()) {
		if g, ok := n.(*ast.GoStmt); ok {
			launch = g
			break
		}
	}
	found := false
	ast.Inspect(own, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			if launch != nil && n.Pos() == launch.Pos() {
				return false // its own code
			}
			if !found && launch == nil && (n.Pos() < call.Pos() || makes && endsProcess(n)) {
				found = waitsFor(pass, n, ctx)
			}
		case *ast.CallExpr:
			if len(n.Args) == 2 && n.Pos() < call.Pos() && pass.Source(n.Fun) == "context.AfterFunc" && pass.Source(n.Args[0]) == ctx.Expr {
				found = true
			}
		case *ast.UnaryExpr:
			if launch != nil && n.Pos() > launch.End() {
				found = found || waitsFor(pass, n, ctx)
			}
		}
		return !found
	})
	return found
}

// endsProcess reports whether code has to do with a process that it could end.
func endsProcess(code ast.Node) bool {
	found := false
	ast.Inspect(code, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && (sel.Sel.Name == "Process" || sel.Sel.Name == "Kill" || sel.Sel.Name == "Signal") {
			found = true
		}
		return !found
	})
	return found
}

// waitsFor reports whether code receives from the Done channel of ctx.
func waitsFor(pass *rule.Pass, code ast.Node, ctx flow.LiveContext) bool {
	found := false
	ast.Inspect(code, func(n ast.Node) bool {
		if x, ok := n.(*ast.UnaryExpr); ok && x.Op == token.ARROW && pass.Source(x.X) == ctx.Expr+".Done()" {
			found = true
		}
		return !found
	})
	return found
}

// callee is the function that a call certainly reaches, through a variable
// that holds one function as well.
func callee(pass *rule.Pass, call *ssa.Call) *types.Func {
	if fn := flow.Callee(call.Common()); fn != nil {
		return fn
	}
	if fns, objs, complete := pass.Flow.Callees(call.Common()); complete && len(fns) <= 1 && len(objs) == 1 {
		return objs[0]
	}
	return nil
}

func takesContext(sig *types.Signature) bool {
	for v := range sig.Params().Variables() {
		if flow.IsContextLike(v.Type()) {
			return true
		}
	}
	return false
}

// inSibling reports whether the function is the sibling itself, which may
// well call the short form.
func inSibling(pass *rule.Pass, fn *types.Func, sibling string) bool {
	obj := pass.Func.Obj
	if obj == nil {
		return false
	}
	return obj.Name() == sibling[strings.LastIndexByte(sibling, '.')+1:] || slices.ContainsFunc(flow.SiblingSuffixes, func(s string) bool { return obj.Name() == fn.Name()+s })
}

func report(pass *rule.Pass, call *ssa.Call, expr *ast.CallExpr, fn *types.Func, v *variant, ctx flow.LiveContext) {
	severity := rule.Information
	if v.hint || preparesForContext(call, fn) || givenWork(pass, expr, ctx) || ctx.Kind == flow.LiveField || !pass.MayEnd(ctx) || pass.Flow.NeverDone(pass.Func, ctx) || pass.Func.IsTest() || v.process && (flow.CommandOutlives(call) || flow.IsInteractive(call) || ends(pass)) {
		severity = rule.Hint
	}
	d := rule.Diagnostic{
		Pos: expr.Fun.Pos(), End: expr.Fun.End(),
		Message:  fmt.Sprintf("%s goes on when %s is done, unlike %s", display(fn), ctx.Expr, v.name),
		Variable: ctx.Expr, Severity: severity, Risk: rule.Medium,
		Missing:  []token.Pos{expr.Lparen},
		Claims:   []token.Pos{expr.Pos()},
		Premises: pass.ContextEnds(ctx, call.Parent().Parent() != nil),
	}
	if v.hint {
		d.Message = fmt.Sprintf("%s knows nothing of %s, unlike %s", display(fn), ctx.Expr, v.name)
		d.Risk = rule.Low
	}
	if c := ctx.Var; c.Pos().IsValid() && c.Pkg() == pass.Pkg {
		d.Related = append(d.Related, rule.Related{Pos: pass.Declared(c), End: pass.Declared(c) + token.Pos(len(c.Name())), Message: ctx.Expr + " is at hand"})
	}
	if v.fix != nil {
		if edits, ok := v.fix(pass, expr, ctx.Expr); ok {
			d.Fixes = []rule.Fix{{Title: "Call " + v.name + " with " + ctx.Expr, Safe: v.safe, Edits: edits}}
		}
	}
	pass.Report(d)
}

// givenWork reports whether a call is given a literal that uses the context
// itself: what it runs ends with that.
func givenWork(pass *rule.Pass, call *ast.CallExpr, ctx flow.LiveContext) bool {
	return slices.ContainsFunc(call.Args, func(arg ast.Expr) bool {
		lit, ok := pass.LiteralOf(arg)
		return ok && pass.WorksUnder(lit.Body, ctx.Var)
	})
}

// preparesForContext reports whether a call only prepares a statement, which is
// then run under a context.
func preparesForContext(call *ssa.Call, fn *types.Func) bool {
	if fn.Name() != "Prepare" || fn.Pkg() == nil || fn.Pkg().Path() != "database/sql" {
		return false
	}
	var statements []ssa.Value
	for _, ref := range *call.Referrers() {
		if stmt, ok := ref.(*ssa.Extract); ok && stmt.Index == 0 {
			statements = append(statements, flow.Aliases(stmt)...)
		}
	}
	for i := 0; i < len(statements); i++ {
		for _, use := range *statements[i].Referrers() {
			site, ok := use.(*ssa.Call)
			switch {
			case !ok:
			case types.Identical(site.Type(), statements[i].Type()):
				statements = append(statements, site) // the same for a transaction
			case slices.Contains(site.Call.Args[:1], statements[i]) && takesContext(site.Call.Signature()):
				return true
			}
		}
	}
	return false
}

// ends reports whether the function by its name ends something: what it runs
// for that isn't to be killed, and its context may well be done.
func ends(pass *rule.Pass) bool {
	return pass.Func.Obj != nil && flow.EndsByName(pass.Func.Obj.Name())
}

// display is how messages call a function.
func display(fn *types.Func) string {
	if fn.Signature().Recv() == nil && fn.Pkg() != nil {
		return fn.Pkg().Name() + "." + fn.Name()
	}
	return fn.Name()
}

// runWithContext reports whether a command goes to a function together with a
// context, which may well end it.
func runWithContext(call *ssa.Call) bool {
	found := false
	flow.EachUse(call, func(ref ssa.Instruction) {
		site, ok := ref.(ssa.CallInstruction)
		found = found || ok && takesContext(site.Common().Signature())
	})
	return found
}
