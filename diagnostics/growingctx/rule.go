// Package growingctx is the rule of the same name: a context that each turn
// of a loop wraps once more.
package growingctx

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

//go:embed doc.md
var doc string

// Rule is the rule growingctx.
var Rule = &rule.Rule{
	Name:     "growingctx",
	Title:    "a context is wrapped once more in each turn of a loop",
	Group:    rule.Chain,
	Severity: rule.Warning,
	Default:  true,
	Doc:      doc,
	Check:    check,
}

func check(pass *rule.Pass) {
	for _, c := range pass.Flow.DerivationsIn(pass.Func) {
		g := &growth{pass: pass, ctx: c}
		switch {
		case c.Grows():
		case !g.throughPlace():
			continue
		}
		if g.locate() && !g.meant() {
			g.report()
		}
	}
}

// growth is a derivation whose parent is what it made in the turn before.
type growth struct {
	pass   *rule.Pass
	ctx    *flow.Context
	expr   *ast.CallExpr
	assign *ast.AssignStmt // that gives the result to the variable it comes from; nil if it takes several
	target ast.Expr        // the variable or the field
	loop   ast.Stmt        // nil for a loop by goto
	path   []ast.Node      // around the derivation, innermost first
}

// throughPlace reports whether the derivation is made from, and stored in, the
// same field or package variable in a loop that doesn't change what it is a
// field of.
func (g *growth) throughPlace() bool {
	parent := g.ctx.Parent
	if parent == nil || !flow.InLoop(g.ctx.Call) || !g.pass.Flow.ReadInLoop(g.ctx) {
		return false
	}
	for _, use := range g.pass.Flow.ContextUses(g.ctx) {
		store, ok := use.Instr.(*ssa.Store)
		if ok && use.Kind == flow.UseStored && g.pass.Flow.StoresIn(store, parent) && flow.InLoop(store) {
			return true
		}
	}
	return false
}

// locate finds the derivation and its loop in the source.
func (g *growth) locate() bool {
	if g.expr = g.pass.CallExpr(g.ctx.Call); g.expr == nil {
		return false
	}
	g.path = g.pass.Enclosing(g.expr.Lparen)
	var inner ast.Node = g.expr
	for _, n := range g.path {
		if assign, ok := n.(*ast.AssignStmt); ok && g.assign == nil && slices.Contains(assign.Rhs, inner.(ast.Expr)) {
			g.assign = assign
		}
		if _, ok := n.(ast.Expr); ok && g.assign == nil {
			inner = n
		}
		if _, ok := n.(ast.Stmt); ok && g.assign == nil {
			break
		}
	}
	if g.assign != nil {
		i := slices.Index(g.assign.Rhs, inner.(ast.Expr))
		if len(g.assign.Rhs) == 1 {
			i = g.result()
		}
		if i < len(g.assign.Lhs) {
			g.target = g.assign.Lhs[i]
		}
	}
	for i, n := range g.path {
		switch n.(type) {
		case *ast.FuncLit:
			if i+1 < len(g.path) && g.pass.Flow.SharedCall(g.path[i+1]) {
				return false // it runs once
			}
		case *ast.ForStmt, *ast.RangeStmt:
			if g.outside(n) {
				g.loop = n.(ast.Stmt)
				return true
			}
		case *ast.FuncDecl:
			return flow.InLoop(g.ctx.Call)
		}
	}
	return flow.InLoop(g.ctx.Call)
}

// result is which result of the call the context is.
func (g *growth) result() int {
	if e, ok := g.ctx.Value.(*ssa.Extract); ok {
		return e.Index
	}
	return 0
}

// outside reports whether the variable outlives a turn of the loop.
func (g *growth) outside(loop ast.Node) bool {
	if g.target == nil {
		return true
	}
	v := g.pass.RootVar(g.target)
	if v == nil {
		return true
	}
	if body := bodyOf(loop); g.pass.Declared(v) >= body.Pos() && g.pass.Declared(v) < body.End() {
		return false
	}
	return true
}

func bodyOf(loop ast.Node) *ast.BlockStmt {
	switch loop := loop.(type) {
	case *ast.ForStmt:
		return loop.Body
	case *ast.RangeStmt:
		return loop.Body
	}
	return nil
}

// meant reports whether the chain is built on purpose: a bounded number of
// values, or in tests of anything, for use after the loop.
func (g *growth) meant() bool {
	if g.ctx.Cancels && !g.pass.Func.IsTest() || !g.bounded() {
		return false
	}
	if g.ctx.Via == "context.WithValue" && !g.ctx.Cancels && g.sameKey() && !g.pass.Func.IsTest() {
		return false
	}
	return g.usedAfter() && !g.usedWithin()
}

// bounded reports whether the loop has an end that can be seen: a range over
// something finite, or a counter.
func (g *growth) bounded() bool {
	switch loop := g.loop.(type) {
	case *ast.RangeStmt:
		switch g.pass.TypesInfo.TypeOf(loop.X).Underlying().(type) {
		case *types.Chan, *types.Signature:
			return false
		}
		return true
	case *ast.ForStmt:
		return loop.Cond != nil && loop.Post != nil
	}
	return false
}

// sameKey reports whether each turn uses the same key, so that the values of
// the turns before can't be reached any more.
func (g *growth) sameKey() bool {
	if len(g.expr.Args) != 3 {
		return false
	}
	same := true
	ast.Inspect(g.expr.Args[1], func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if !g.pass.TypesInfo.Types[n.Fun].IsType() {
				same = false
			}
		case *ast.Ident:
			if v, ok := g.pass.TypesInfo.ObjectOf(n).(*types.Var); ok && g.pass.Declared(v) >= g.loop.Pos() && g.pass.Declared(v) < g.loop.End() {
				same = false
			}
		}
		return same
	})
	return same
}

// usedAfter reports whether something takes the context after the loop.
func (g *growth) usedAfter() bool {
	return g.used(func(pos token.Pos) bool { return pos >= g.loop.End() })
}

// usedWithin reports whether something but the next derivation takes the
// context in the loop.
func (g *growth) usedWithin() bool {
	return g.used(func(pos token.Pos) bool { return pos >= g.loop.Pos() && pos < g.loop.End() })
}

func (g *growth) used(where func(token.Pos) bool) bool {
	for _, use := range g.pass.Flow.ContextUses(g.ctx) {
		if use.Instr == ssa.Instruction(g.ctx.Call) {
			continue
		}
		pos := use.Instr.Pos()
		if ret, ok := use.Instr.(*ssa.Return); ok {
			pos = flow.ReturnPos(ret)
		}
		if where(pos) {
			return true
		}
	}
	return false
}

func (g *growth) report() {
	pass := g.pass
	name := "the context"
	variable := ""
	if g.target != nil {
		name = pass.Source(g.target)
		variable = name
	}
	where := "each turn of the loop"
	var related []rule.Related
	if g.loop != nil {
		where = fmt.Sprintf("each turn of the loop at line %d", pass.Line(g.loop.Pos()))
		related = append(related, rule.Related{Pos: g.loop.Pos(), Message: "the loop that " + name + " outlives"})
	}
	related = append(related, rule.Related{Pos: g.expr.Pos(), End: g.expr.End(), Message: "the new context is made from the one of the turn before"})
	risk := rule.High
	if g.loop != nil && g.bounded() {
		risk = rule.Medium
	}
	severity := rule.Warning
	if pass.Func.IsTest() || g.loop != nil && !g.ctx.Cancels && g.bounded() && g.usedAfter() {
		severity = rule.Hint // in a test, or values for what comes after a loop with an end
	}
	d := rule.Diagnostic{
		Pos: g.expr.Pos(), End: g.expr.End(), Severity: severity,
		Message:  fmt.Sprintf("%s in %s wraps %s once more: the chain grows without end", pass.Source(g.expr.Fun), where, name),
		Variable: variable,
		Risk:     risk,
		Related:  related,
		Claims:   []token.Pos{g.expr.Pos()},
	}
	if risk == rule.Medium {
		d.Message = fmt.Sprintf("%s in %s wraps %s once more: the chain gets longer turn by turn", pass.Source(g.expr.Fun), where, name)
	}
	if fix, ok := g.fix(); ok {
		d.Fixes = append(d.Fixes, fix)
	}
	pass.Report(d)
}
