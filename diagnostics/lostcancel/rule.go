// Package lostcancel is the rule of the same name: a cancel function that
// isn't called on some way out of the function that made it.
package lostcancel

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

// Rule is the rule lostcancel.
var Rule = &rule.Rule{
	Name:     "lostcancel",
	Title:    "a cancel function is not called on some path",
	Group:    rule.Cancel,
	Severity: rule.Warning,
	Default:  true,
	Doc:      doc,
	Check:    check,
}

func check(pass *rule.Pass) {
	for _, body := range pass.Func.Bodies {
		for _, call := range pass.Flow.Makers(body) {
			for _, result := range pass.Flow.Obligations(call.Common()) {
				checkObligation(pass, call, result)
			}
		}
	}
}

// creation is the call that makes an obligation, with its syntax.
type creation struct {
	pass   *rule.Pass
	call   *ssa.Call
	result int
	fate   flow.Fate

	expr   *ast.CallExpr
	stmt   ast.Stmt   // the assignment or declaration; nil if there is none
	target ast.Expr   // where the cancel function is assigned to; nil if nowhere
	name   *ast.Ident // the target, if it is a variable
	callee string     // for messages
}

func checkObligation(pass *rule.Pass, call *ssa.Call, result int) {
	if flow.BornDone(call.Common()) {
		return
	}
	severity := rule.Warning
	fate := pass.Flow.FateOf(call, result, true)
	if len(fate.Lost) == 0 {
		fate = pass.Flow.FateOf(call, result, false)
		severity = rule.Hint // only on paths that decide one condition in two ways
	}
	if fate.Cut {
		pass.Cut("it is too large to follow all paths")
	}
	if len(fate.Lost) == 0 {
		return
	}
	c := &creation{pass: pass, call: call, result: result, fate: fate}
	if parent, ok := c.parentContext().(*ssa.Const); ok && parent.IsNil() {
		return // it panics
	}
	if !c.locate() {
		return
	}
	c.worstFirst()
	if c.knownToVet() || pass.Flow.HeldElsewhere(call.Common(), result) || c.endsAnyway() || !slices.ContainsFunc(fate.Lost, func(e flow.Exit) bool { return !e.NoTurn && !e.Done }) {
		severity = rule.Hint
	}
	c.report(severity)
}

// knownToVet reports whether vet's own check is told to leave the creation
// alone: somebody has looked at it.
func (c *creation) knownToVet() bool {
	line := c.pass.Line(c.expr.Pos())
	if c.stmt != nil {
		line = c.pass.Line(c.stmt.Pos())
	}
	for _, group := range c.pass.Func.File.Comments {
		for _, comment := range group.List {
			if at := c.pass.Line(comment.Pos()); (at == line || at == line-1) && flow.NolintVet(comment.Text) {
				return true
			}
		}
	}
	return false
}

// worstFirst puts the exits first that are reached without the context being
// done, and leaves out the others where an exit has both.
func (c *creation) worstFirst() {
	var leak, done []flow.Exit
	for _, e := range c.fate.Lost {
		if !e.Done {
			leak = append(leak, e)
		}
	}
	for _, e := range c.fate.Lost {
		if e.Done && !slices.ContainsFunc(leak, func(l flow.Exit) bool { return l.Pos == e.Pos && l.Kind == e.Kind }) {
			done = append(done, e)
		}
	}
	c.fate.Lost = append(leak, done...)
}

// locate finds the syntax of the creation. It reports false for calls that
// have none, such as those of wrappers that the SSA builder makes.
func (c *creation) locate() bool {
	path := c.pass.Enclosing(c.call.Pos())
	for i, n := range path {
		expr, ok := n.(*ast.CallExpr)
		if !ok || expr.Lparen != c.call.Pos() {
			continue
		}
		c.expr = expr
		c.callee = types.ExprString(ast.Unparen(expr.Fun))
		if len(c.callee) > 60 {
			c.callee = "this call"
		}
		c.assigned(path[i+1:])
		return true
	}
	return false
}

// assigned finds the statement that assigns the call's results among the
// nodes around it.
func (c *creation) assigned(path []ast.Node) {
	for i, n := range path {
		switch n := n.(type) {
		case *ast.ParenExpr:
			continue
		case *ast.AssignStmt:
			if len(n.Rhs) == 1 && c.result < len(n.Lhs) {
				c.stmt = n
				c.target = n.Lhs[c.result]
				c.name, _ = c.target.(*ast.Ident)
			}
		case *ast.ValueSpec:
			if len(n.Values) == 1 && c.result < len(n.Names) {
				c.name = n.Names[c.result]
				c.target = c.name
				c.stmt, _ = path[min(i+2, len(path)-1)].(*ast.DeclStmt) // above the GenDecl
			}
		}
		return
	}
}

// variable is what holds the cancel function, "_" included.
func (c *creation) variable() string {
	if c.target == nil {
		return ""
	}
	return types.ExprString(c.target)
}

// endsAnyway reports whether what is lost costs nothing: the parent certainly
// ends with this function, or the program does.
func (c *creation) endsAnyway() bool {
	if c.endsWithParent() {
		return true
	}
	if flow.InLoop(c.call) || c.enclosingLoop() != nil {
		return false // each turn loses one
	}
	if decl := c.pass.Func; decl.SSA == c.call.Parent() && c.pass.Pkg.Name() == "main" && c.pass.Flow.RunsOnceInMain(decl.SSA) {
		return true
	}
	if c.keptForGood() {
		return true
	}
	parent := c.parentContext()
	if parent == nil {
		return false
	}
	if c.endsAround(parent) {
		return true
	}
	origin := c.pass.Flow.Origin(parent)
	if made, ok := origin.Value.(*ssa.Call); ok {
		if obj := flow.Callee(made.Common()); obj != nil {
			switch obj.FullName() {
			case "(*testing.common).Context", "(testing.TB).Context":
				return true
			case "(*net/http.Request).Context":
				return isHandler(c.call.Parent().Signature)
			}
		}
		if made.Call.IsInvoke() && made.Call.Method.Name() == "Context" && c.pass.Flow.IsHandlerBody(c.call.Parent()) {
			_, served := made.Call.Value.(*ssa.Parameter)
			return served // the stream of the call that the function serves
		}
	}
	return false
}

// endsWithParent reports whether the function makes the parent as well, and
// cancels it on each way out. In a loop that must be one of the same turn.
func (c *creation) endsWithParent() bool {
	parent := c.parentContext()
	if parent == nil {
		return false
	}
	loop := c.enclosingLoop()
	for _, via := range c.pass.Flow.Origin(flow.Loaded(parent)).Via {
		if via.Parent() != c.call.Parent() || loop != nil && (via.Pos() < loop.Pos() || loop.End() <= via.Pos()) {
			continue
		}
		if c.cancelled(via) {
			return true
		}
	}
	return false
}

// keptForGood reports whether the derived context goes into a package variable:
// it is meant for all that follows in the process, and nobody is to cancel it.
func (c *creation) keptForGood() bool {
	for _, ref := range *c.call.Referrers() {
		result, ok := ref.(*ssa.Extract)
		if !ok || !flow.IsContext(result.Type()) {
			continue
		}
		for _, use := range *result.Referrers() {
			if store, ok := use.(*ssa.Store); ok && store.Val == result {
				if _, global := store.Addr.(*ssa.Global); global {
					return true
				}
			}
		}
	}
	return false
}

// parentContext is the context that the call derives from, if it takes one.
func (c *creation) parentContext() ssa.Value {
	for _, arg := range c.call.Call.Args {
		if flow.IsContext(arg.Type()) {
			return arg
		}
	}
	return nil
}

func isHandler(sig *types.Signature) bool {
	params := sig.Params()
	return params.Len() == 2 && types.TypeString(params.At(0).Type(), nil) == "net/http.ResponseWriter" &&
		types.TypeString(params.At(1).Type(), nil) == "*net/http.Request"
}

// enclosingLoop is the innermost loop around the creation in its own function
// body.
func (c *creation) enclosingLoop() ast.Node {
	for _, n := range c.pass.Enclosing(c.expr.Pos()) {
		switch n := n.(type) {
		case *ast.ForStmt:
			if n.Init == nil || c.expr.Pos() >= n.Init.End() {
				return n
			}
		case *ast.RangeStmt:
			if c.expr.Pos() >= n.Body.Pos() {
				return n
			}
		case *ast.FuncLit, *ast.FuncDecl:
			return nil
		}
	}
	return nil
}

func (c *creation) report(severity rule.Severity) {
	d := rule.Diagnostic{
		Pos: c.expr.Fun.Pos(), End: c.expr.Fun.End(),
		Variable: c.variable(), Severity: severity, Risk: c.risk(severity),
		Message: c.message(), Related: c.path(), Claims: []token.Pos{c.expr.Pos()},
		Fixes: c.fixes(),
	}
	if c.target != nil {
		d.Pos, d.End = c.target.Pos(), c.target.End()
	}
	for _, exit := range c.fate.Lost {
		d.Missing = append(d.Missing, exit.Pos)
	}
	c.pass.Report(d)
}

// risk is high where each run leaks for as long as the parent lives, medium
// where a timer frees what is lost.
func (c *creation) risk(severity rule.Severity) rule.Risk {
	if severity == rule.Hint {
		return rule.Low
	}
	if flow.InContext(flow.Callee(c.call.Common()), "WithTimeout", "WithDeadline", "WithTimeoutCause", "WithDeadlineCause") {
		return rule.Medium
	}
	return rule.High
}

func (c *creation) message() string {
	switch first := c.fate.Lost[0]; {
	case c.target == nil || c.variable() == "_":
		return fmt.Sprintf("the cancel function returned by %s is thrown away, so nobody can call it", c.callee)
	case first.Kind == flow.ExitReturn && c.overwrittenAt(first.Pos).IsValid():
		return fmt.Sprintf("%s returned by %s isn't called before line %d overwrites it", c.variable(), c.callee, c.pass.Line(c.overwrittenAt(first.Pos)))
	case first.Kind == flow.ExitOverwrite:
		return fmt.Sprintf("%s returned by %s isn't called before the next turn of the loop makes another one", c.variable(), c.callee)
	default:
		return fmt.Sprintf("%s returned by %s isn't called on the path that leaves at line %d", c.variable(), c.callee, c.pass.Line(first.Pos))
	}
}

// overwrittenAt is where a statement of the same block assigns to the variable
// again, on the way from the creation to an exit.
func (c *creation) overwrittenAt(exit token.Pos) token.Pos {
	if c.name == nil {
		return token.NoPos
	}
	obj := c.pass.TypesInfo.ObjectOf(c.name)
	for _, stmt := range rule.Statements(c.block()) {
		assign, ok := stmt.(*ast.AssignStmt)
		if !ok || assign.Pos() <= c.stmt.Pos() || assign.Pos() > exit {
			continue
		}
		for _, lhs := range assign.Lhs {
			if id, ok := lhs.(*ast.Ident); ok && obj != nil && c.pass.TypesInfo.ObjectOf(id) == obj {
				return assign.Pos()
			}
		}
	}
	return token.NoPos
}

// path tells the story of the first exit: made here, these branches, leaves
// here without a call.
func (c *creation) path() []rule.Related {
	what := "the cancel function"
	if v := c.variable(); v != "" && v != "_" {
		what = v
	}
	first := c.fate.Lost[0]
	related := []rule.Related{{Pos: c.expr.Pos(), End: c.expr.Rparen + 1, Message: what + " is made here"}}
	for _, branch := range first.Path {
		pos := branch.If.Cond.Pos()
		if !pos.IsValid() {
			continue
		}
		if branch.Taken {
			related = append(related, rule.Related{Pos: pos, Message: "where this holds"})
		} else {
			related = append(related, rule.Related{Pos: pos, Message: "where this does not hold"})
		}
	}
	last := "leaves here without a call of " + what
	if first.Kind == flow.ExitOverwrite {
		last = "the next turn makes another one here"
	}
	return append(related, rule.Related{Pos: first.Pos, Message: last})
}
