// Package deferinloop is the rule of the same name: a cancel function that is
// deferred in a loop.
package deferinloop

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

//go:embed doc.md
var doc string

// Rule is the rule deferinloop.
var Rule = &rule.Rule{
	Name:     "deferinloop",
	Title:    "a cancel function is deferred in a loop",
	Group:    rule.Cancel,
	Severity: rule.Warning,
	Default:  true,
	Doc:      doc,
	Check:    check,
}

func check(pass *rule.Pass) {
	for _, body := range pass.Func.Bodies {
		_, each := body.Syntax().(*ast.RangeStmt) // the body of a range over a function
		for _, block := range body.Blocks {
			for _, instr := range block.Instrs {
				d, ok := instr.(*ssa.Defer)
				if !ok || !each && (!flow.InLoop(d) || flow.RunsOnce(d)) {
					continue
				}
				for _, made := range pass.Flow.Discharges(d.Common()) {
					if made.Call.Parent() == body && (each || flow.Again(made.Call, d)) {
						checkDefer(pass, d, made)
						break
					}
				}
			}
		}
	}
}

// pile is a defer that piles up.
type pile struct {
	pass  *rule.Pass
	made  flow.Obligation
	stmt  *ast.DeferStmt
	path  []ast.Node // around it, innermost first
	loop  ast.Stmt   // the innermost loop around the defer and what it defers; nil: by goto
	life  flow.Lifetime
	count int // turns, where they are known
}

func checkDefer(pass *rule.Pass, d *ssa.Defer, made flow.Obligation) {
	p := &pile{pass: pass, made: made, path: pass.Enclosing(d.Pos())}
	for _, n := range p.path {
		if stmt, ok := n.(*ast.DeferStmt); ok && stmt.Defer == d.Pos() {
			p.stmt = stmt
			break
		}
	}
	if p.stmt == nil {
		return
	}
	loops, body := p.loops()
	turning := p.turning(loops, body)
	if len(loops) > 0 && len(turning) == 0 {
		return // left after the defer, in each turn
	}
	turns, known := 1, len(loops) > 0
	ends := len(loops) > 0
	for _, loop := range turning {
		n, ok := p.turns(loop)
		turns, known = turns*n, known && ok && turns <= enough
		ends = ends && p.ends(loop)
	}
	if known && turns <= enough {
		return
	}
	if len(turning) > 0 {
		p.loop = turning[0]
	}
	p.life = pass.Flow.LifetimeOf(made.Call, made.Result, true)
	severity := rule.Warning
	if p.life.Reach == flow.MayLeave || p.life.Reach == flow.Leaves && ends {
		severity = rule.Hint // it may be meant to live as long as the function
	}
	if ends && p.pass.Func.IsTest() {
		severity = rule.Hint // what piles up in the turns of a test goes with it
	}
	p.report(severity)
}

// loops are the loops of the function around the defer and the creation,
// innermost first, and the function's body.
func (p *pile) loops() (loops []ast.Stmt, body *ast.BlockStmt) {
	for _, n := range p.path {
		switch n := n.(type) {
		case *ast.ForStmt:
			if within(n.Body, p.made.Call.Pos()) {
				loops = append(loops, n)
			}
		case *ast.RangeStmt:
			if within(n.Body, p.made.Call.Pos()) {
				loops = append(loops, n)
			}
		case *ast.FuncLit:
			return loops, n.Body
		case *ast.FuncDecl:
			return loops, n.Body
		}
	}
	return loops, nil
}

func within(n ast.Node, pos token.Pos) bool { return n.Pos() <= pos && pos < n.End() }

func (p *pile) report(severity rule.Severity) {
	what := p.name()
	message := fmt.Sprintf("the deferred call of %s doesn't run at the end of the turn but when the function returns: each turn leaves another context behind", what)
	if p.loop != nil {
		message = fmt.Sprintf("the deferred call of %s runs when the function returns, not at the end of each turn of the loop of line %d: its contexts pile up", what, p.pass.Line(p.loop.Pos()))
	}
	var related []rule.Related
	if p.loop != nil {
		related = append(related, rule.Related{Pos: p.loop.Pos(), Message: "in this loop"})
	}
	related = append(related, rule.Related{Pos: p.made.Call.Pos(), Message: "each turn makes another context here"})
	d := rule.Diagnostic{
		Pos: p.stmt.Pos(), End: p.stmt.End(), Message: message, Variable: p.variable(), Severity: severity, Risk: rule.High,
		Missing: []token.Pos{p.missing()},
		Related: related,
		Claims:  []token.Pos{p.stmt.Pos(), p.creation()},
	}
	if p.loop != nil && severity == rule.Warning && p.life.Reach == flow.StaysInside && !p.life.Deferred {
		d.Fixes = p.fixes()
	}
	p.pass.Report(d)
}

// missing is the end of the turn, where the call should have been made.
func (p *pile) missing() token.Pos {
	if body := loopBody(p.loop); body != nil {
		return body.Rbrace
	}
	return p.stmt.End()
}

func loopBody(loop ast.Stmt) *ast.BlockStmt {
	switch loop := loop.(type) {
	case *ast.ForStmt:
		return loop.Body
	case *ast.RangeStmt:
		return loop.Body
	}
	return nil
}

// creation is the position of the expression that makes the context, as
// lostcancel claims it.
func (p *pile) creation() token.Pos {
	if call := p.createdBy(); call != nil {
		return call.Pos()
	}
	return p.made.Call.Pos()
}

func (p *pile) createdBy() *ast.CallExpr {
	for _, n := range p.pass.Enclosing(p.made.Call.Pos()) {
		if call, ok := n.(*ast.CallExpr); ok && call.Lparen == p.made.Call.Pos() {
			return call
		}
	}
	return nil
}

// assignment is the statement that assigns what the creation returns, and the
// name that gets the cancel function.
func (p *pile) assignment() (*ast.AssignStmt, *ast.Ident) {
	call := p.createdBy()
	for _, n := range p.pass.Enclosing(p.made.Call.Pos()) {
		if assign, ok := n.(*ast.AssignStmt); ok {
			if len(assign.Rhs) != 1 || ast.Unparen(assign.Rhs[0]) != ast.Expr(call) || p.made.Result >= len(assign.Lhs) {
				return nil, nil
			}
			name, _ := assign.Lhs[p.made.Result].(*ast.Ident)
			return assign, name
		}
	}
	return nil, nil
}

func (p *pile) variable() string {
	if _, name := p.assignment(); name != nil {
		return name.Name
	}
	return ""
}

// name is what messages call the cancel function.
func (p *pile) name() string {
	if v := p.variable(); v != "" {
		return v
	}
	if call := p.createdBy(); call != nil {
		return "what " + types.ExprString(call.Fun) + " returns"
	}
	return "the cancel function"
}
