package closedspin

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxls/ctxls/diagnostics/rule"
)

// fixes let the case leave the loop once the channel is closed, or take the
// channel out of the select. Where the loop has more to do, or the close is
// all that the channel tells, leaving is not what was meant.
func (c *spinning) fixes() []rule.Fix {
	var out []rule.Fix
	disable, canDisable := c.disable()
	if c.spin.Signal && !c.spin.Asks {
		if canDisable {
			out = append(out, disable)
		}
		return out
	}
	leave, canLeave := c.leave()
	leave.Safe = leave.Safe && c.spin.Alone
	if canLeave && c.spin.Alone {
		out = append(out, leave)
	}
	if canDisable {
		disable.Safe = len(out) == 0
		out = append(out, disable)
	}
	if canLeave && !c.spin.Alone {
		out = append(out, leave)
	}
	return out
}

// leave returns, or breaks out of the loop where something follows it.
func (c *spinning) leave() (rule.Fix, bool) {
	way, title := c.wayOut()
	if way.Code == "" {
		return rule.Fix{}, false
	}
	edits, ok := c.whenClosed(way.Code, c.pass.Source(c.recv.X))
	return rule.Fix{Title: title, Safe: way.Safe, Edits: append(way.Edits, edits...)}, ok
}

func (c *spinning) wayOut() (rule.WayOut, string) {
	name := c.pass.Source(c.recv.X)
	sig, body := c.pass.Function(c.loop.Pos())
	if sig == nil {
		return rule.WayOut{}, ""
	}
	if len(body.List) > 0 && ast.Stmt(body.List[len(body.List)-1]) == c.outermost() {
		if sig.Results().Len() == 0 {
			return rule.WayOut{Code: "return", Safe: !c.pass.ReleasesAfter(c.clause.Pos(), body)}, "Return when " + name + " is closed"
		}
		return rule.WayOut{}, "" // nobody knows what to return
	}
	if c.outermost() != c.loop {
		return rule.WayOut{}, ""
	}
	way := c.pass.Break(c.loop)
	return way, "Break out of the loop when " + name + " is closed"
}

// outermost is the statement around the loop that stands in the function's
// own list.
func (c *spinning) outermost() ast.Stmt {
	_, body := c.pass.Function(c.loop.Pos())
	for _, stmt := range body.List {
		inner := stmt
		if l, ok := stmt.(*ast.LabeledStmt); ok {
			inner = l.Stmt
		}
		if inner == c.loop {
			if inner != stmt && stmt == body.List[len(body.List)-1] {
				return stmt
			}
			return c.loop
		}
	}
	return nil
}

// disable sets the channel to nil: a nil channel is never ready. A channel
// that isn't a variable of the function's own gets one before the loop.
func (c *spinning) disable() (rule.Fix, bool) {
	if len(c.sel.Body.List) < 2 {
		return rule.Fix{}, false
	}
	source := c.pass.Source(c.recv.X)
	name := source
	var edits []analysis.TextEdit
	if id, ok := ast.Unparen(c.recv.X).(*ast.Ident); !ok || !c.own(c.pass.TypesInfo.Uses[id]) {
		name = c.pass.FreshName(c.loop.Pos(), "ch")
		edits = append(edits,
			c.pass.InsertBefore(c.labelled(), name+" := "+source),
			c.pass.Replace(c.recv.X.Pos(), c.recv.X.End(), name))
	}
	code := name + " = nil"
	var more []analysis.TextEdit
	ok := true
	if c.spin.Signal && !c.spin.Asks {
		more, ok = c.atHead(code)
	} else {
		more, ok = c.whenClosed(code+"\ncontinue", name)
	}
	return rule.Fix{Title: "Set " + name + " to nil when it is closed", Safe: true, Edits: append(edits, more...)}, ok
}

// labelled is the loop, with its label if it has one.
func (c *spinning) labelled() ast.Stmt {
	for _, n := range c.pass.Enclosing(c.loop.Pos()) {
		if l, ok := n.(*ast.LabeledStmt); ok && l.Stmt == c.loop {
			return l
		}
	}
	return c.loop
}

// own reports whether a variable is a local of the function around the loop
// that no literal shares.
func (c *spinning) own(obj types.Object) bool {
	v, ok := obj.(*types.Var)
	sig, body := c.pass.Function(c.loop.Pos())
	if !ok || sig == nil || v.IsField() || c.pass.Declared(v) > c.loop.Pos() {
		return false
	}
	if c.pass.Declared(v) < body.Pos() {
		for param := range sig.Params().Variables() {
			if param == v {
				return !c.shared(v, body)
			}
		}
		return false
	}
	return !c.shared(v, body)
}

func (c *spinning) shared(v *types.Var, body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		lit, ok := n.(*ast.FuncLit)
		if !ok {
			return !found
		}
		ast.Inspect(lit, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			found = found || ok && c.pass.TypesInfo.Uses[id] == v
			return !found
		})
		return false
	})
	return found
}

// whenClosed makes the case do something when the channel is closed: in the
// branch that is there, or in a new one at its head. The case then receives
// from ch.
func (c *spinning) whenClosed(code, ch string) ([]analysis.TextEdit, bool) {
	var lhs []ast.Expr
	assign, _ := c.clause.Comm.(*ast.AssignStmt)
	if assign != nil {
		lhs = assign.Lhs
	}
	if len(lhs) == 2 {
		id, ok := lhs[1].(*ast.Ident)
		if !ok || id.Name == "_" {
			return nil, false
		}
		if jump := c.jump(id); jump != nil {
			return []analysis.TextEdit{c.pass.ReplaceStmt(jump, code)}, true
		}
		return c.atHead("if !" + id.Name + " {\n" + code + "\n}")
	}
	ok := c.pass.FreshName(c.clause.Colon, "ok")
	var edit analysis.TextEdit
	switch {
	case assign == nil:
		edit = c.pass.Replace(c.recv.Pos(), c.recv.Pos(), "_, "+ok+" := ")
	case assign.Tok == token.DEFINE:
		edit = c.pass.Replace(lhs[0].End(), lhs[0].End(), ", "+ok)
	default:
		return nil, false
	}
	head, fits := c.atHead("if !" + ok + " {\n" + code + "\n}")
	return append(head, edit), fits
}

// jump is the bare break or continue by which the case goes on when the
// channel is closed.
func (c *spinning) jump(ok *ast.Ident) *ast.BranchStmt {
	if len(c.clause.Body) == 0 {
		return nil
	}
	branch, isIf := c.clause.Body[0].(*ast.IfStmt)
	if !isIf || branch.Init != nil || len(branch.Body.List) == 0 {
		return nil
	}
	not, isNot := branch.Cond.(*ast.UnaryExpr)
	if !isNot || not.Op != token.NOT {
		return nil
	}
	id, isIdent := ast.Unparen(not.X).(*ast.Ident)
	if !isIdent || c.pass.TypesInfo.ObjectOf(id) != c.pass.TypesInfo.ObjectOf(ok) {
		return nil
	}
	jump, isJump := branch.Body.List[len(branch.Body.List)-1].(*ast.BranchStmt)
	if !isJump || !slices.Contains([]token.Token{token.BREAK, token.CONTINUE}, jump.Tok) {
		return nil
	}
	return jump
}

// atHead puts code before the first statement of the case.
func (c *spinning) atHead(code string) ([]analysis.TextEdit, bool) {
	if len(c.clause.Body) == 0 {
		return []analysis.TextEdit{c.pass.AppendBody(c.clause, code)}, true
	}
	if c.pass.Line(c.clause.Body[0].Pos()) == c.pass.Line(c.clause.Colon) {
		return nil, false
	}
	return []analysis.TextEdit{c.pass.InsertBefore(c.clause.Body[0], code)}, true
}
