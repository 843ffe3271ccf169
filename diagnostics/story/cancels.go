package story

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/internal/flow"
)

// cancelMade makes the record of a cancel function that a call yields.
func (t *teller) cancelMade(call *ssa.Call, expr *ast.CallExpr, result int) {
	c := Cancel{Via: types.ExprString(expr.Fun), Made: t.rangeOf(expr)}
	if fn := flow.Callee(call.Common()); fn != nil {
		c.Via = fn.FullName()
	}
	n := len(t.out.Cancels) + 1
	for _, ref := range *call.Referrers() {
		e, ok := ref.(*ssa.Extract)
		if !ok || !flow.IsContext(e.Type()) {
			continue
		}
		if c.Context = t.number(t.p.ContextOf(e)); c.Context > 0 {
			t.out.Contexts[c.Context-1].Cancel = n
		}
	}
	if target := t.target(expr, result); target != nil {
		c.Name, c.Holder = types.ExprString(target), t.rangeOf(target)
		if v := t.variable(target); v != nil {
			t.cancels[v] = append(t.cancels[v], n)
			c.Held = t.heldIn(target, v)
		} else {
			c.Held = t.heldIn(target, t.fieldOf(target))
		}
	}
	if c.Holder != (Range{}) {
		t.out.Mentions = append(t.out.Mentions, Mention{Kind: OfCancel, Range: c.Holder, Cancel: n, Param: -1})
	}
	fate := t.p.FateOf(call, result, true)
	c.Cut, c.Kept = fate.Cut, fate.Kept || fate.Launched
	if t.returned[expr] {
		c.Uses = append(c.Uses, Use{Kind: Returned, Range: c.Made})
	}
	c.Other = c.Kept || fate.Called || fate.Deferred
	for _, exit := range fate.Lost {
		end := exit.Pos + 1
		if exit.Kind == flow.ExitReturn && !isBrace(exit) {
			end = exit.Pos + token.Pos(len("return"))
		}
		e := Exit{t.span(exit.Pos, end), exit.Kind == flow.ExitOverwrite, exit.Done}
		if !slices.Contains(c.Missing, e) {
			c.Missing = append(c.Missing, e)
		}
	}
	slices.SortFunc(c.Missing, func(a, b Exit) int { return a.Range.Start.Offset - b.Range.Start.Offset })
	t.obligations[flow.Obligation{Call: call, Result: result}] = n
	t.out.Cancels = append(t.out.Cancels, c)
}

// isBrace reports whether an exit is the end of the body, not a statement.
func isBrace(exit flow.Exit) bool {
	if n := len(exit.Block.Instrs); n > 0 {
		ret, ok := exit.Block.Instrs[n-1].(*ssa.Return)
		return ok && !ret.Pos().IsValid()
	}
	return true
}

// lyingIn finds or makes the record of what lies in a field or package
// variable.
func (t *teller) lyingIn(key, name string) int {
	n := t.lying[key]
	if n == 0 {
		t.out.Cancels = append(t.out.Cancels, Cancel{Name: name, Held: key})
		n = len(t.out.Cancels)
		t.lying[key] = n
	}
	return n
}

// cancelNamed adds a mention of a cancel function, and what is done with it
// there.
func (t *teller) cancelNamed(n name) {
	around := parens(n.around)
	if len(around) == 0 {
		return
	}
	if _, declares := around[0].(*ast.Field); declares && n.v.Kind() == types.ParamVar {
		t.given(n)
		return
	}
	if t.isMade(n.expr) {
		return
	}
	numbers, maybe := t.cancelsAt(n, around)
	if len(numbers) == 0 {
		return
	}
	r := t.rangeOf(n.expr)
	m := Mention{Kind: OfCancel, Range: r, Cancel: numbers[0], Param: -1}
	if len(numbers) > 1 {
		m.Another = numbers[1]
	}
	t.out.Mentions = append(t.out.Mentions, m)
	use, ok := t.useAt(n, around)
	if !ok {
		return
	}
	use.Range, use.Maybe = r, maybe
	for _, c := range numbers {
		t.out.Cancels[c-1].Uses = append(t.out.Cancels[c-1].Uses, use)
	}
}

// isMade reports whether a name is the target of a cancel function that a call
// makes.
func (t *teller) isMade(x ast.Expr) bool {
	r := t.rangeOf(x)
	return slices.ContainsFunc(t.out.Cancels, func(c Cancel) bool { return c.Holder == r })
}

// given makes the record of a cancel function that is a parameter.
func (t *teller) given(n name) {
	r := t.rangeOf(n.expr)
	t.out.Cancels = append(t.out.Cancels, Cancel{Name: n.v.Name(), Holder: r, Param: true})
	number := len(t.out.Cancels)
	t.cancels[n.v] = append(t.cancels[n.v], number)
	t.out.Mentions = append(t.out.Mentions, Mention{Kind: OfCancel, Range: r, Cancel: number, Param: -1})
}

// cancelsAt returns the cancel functions that a name can stand for.
func (t *teller) cancelsAt(n name, around []ast.Node) (numbers []int, maybe bool) {
	numbers = t.cancels[n.v]
	if key := t.heldIn(n.expr, n.v); key != "" {
		return []int{t.lyingIn(key, types.ExprString(n.expr))}, false
	}
	if len(numbers) == 1 && t.onlyMade(n.v) {
		return numbers, false
	}
	// Which one it is, the value tells that is called or handed on.
	if v := t.valueAt(n, around); v != nil {
		var found []int
		for _, o := range t.p.ObligationsOf(v) {
			if c := t.obligations[o]; c > 0 && !slices.Contains(found, c) {
				found = append(found, c)
			}
		}
		return found, len(found) > 1
	}
	return numbers, len(numbers) > 1
}

// onlyMade reports whether a variable is assigned by calls alone that make
// cancel functions.
func (t *teller) onlyMade(v *types.Var) bool {
	for _, n := range t.names {
		if n.v != v {
			continue
		}
		around := parens(n.around)
		if len(around) == 0 {
			return false
		}
		if assign, ok := around[0].(*ast.AssignStmt); ok && slices.ContainsFunc(assign.Lhs, func(x ast.Expr) bool { return ast.Unparen(x) == n.expr }) {
			if !t.isMade(n.expr) {
				return false
			}
		}
		if and, ok := around[0].(*ast.UnaryExpr); ok && and.Op == token.AND {
			return false
		}
	}
	return true
}

// valueAt is the func value that is called, or an argument, at a name.
func (t *teller) valueAt(n name, around []ast.Node) ssa.Value {
	call, ok := around[0].(*ast.CallExpr)
	if !ok {
		return nil
	}
	site := t.sites[call.Lparen]
	if site == nil || site.Common().IsInvoke() && ast.Unparen(call.Fun) == n.expr {
		return nil
	}
	if ast.Unparen(call.Fun) == n.expr {
		return site.Common().Value
	}
	if _, arg := t.argumentAt(n); arg >= 0 && arg < len(site.Common().Args) && !variadicFrom(site.Common(), arg) {
		return site.Common().Args[arg]
	}
	return nil
}

// useAt says what is done with the cancel function that a name stands for.
func (t *teller) useAt(n name, around []ast.Node) (Use, bool) {
	use := Use{}
	use.Deferred, use.Launched = t.delayed(around)
	switch outer := around[0].(type) {
	case *ast.CallExpr:
		if ast.Unparen(outer.Fun) == n.expr {
			use.Kind = Called
			return use, true
		}
		return t.handed(use, n, outer)
	case *ast.ReturnStmt:
		use.Kind = Returned
		return use, true
	case *ast.SendStmt:
		use.Kind, use.To = Sent, types.ExprString(outer.Chan)
		return use, ast.Unparen(outer.Value) == n.expr
	case *ast.CompositeLit:
		use.Kind, use.To = Stored, "a value of "+types.ExprString(outer.Type)
		if outer.Type == nil {
			use.To = "a value"
		}
		return use, true
	case *ast.KeyValueExpr:
		use.Kind, use.To = Stored, "a value"
		if lit, ok := around[1].(*ast.CompositeLit); ok {
			if use.Held = t.elementIn(lit, outer.Key); use.Held != "" {
				use.To = use.Held
			}
		}
		return use, ast.Unparen(outer.Value) == n.expr
	case *ast.AssignStmt:
		target := assignedTo(outer, n.expr)
		if target == nil {
			return use, false
		}
		v := t.variable(target)
		if v != nil && v.Parent() != t.pass.Pkg.Scope() {
			return use, false // a copy: what is done with that is found there
		}
		if isBlank(target) {
			return use, false
		}
		if v == nil {
			v = t.fieldOf(target)
		}
		use.Kind, use.To, use.Held = Stored, types.ExprString(target), t.heldIn(target, v)
		return use, true
	}
	return use, false
}

// handed says what a call does with the cancel function in an argument.
func (t *teller) handed(use Use, n name, call *ast.CallExpr) (Use, bool) {
	use.Kind, use.To = Passed, types.ExprString(call.Fun)
	if len(use.To) > 60 {
		use.To = "a function"
	}
	site, arg := t.argumentAt(n)
	if site == nil || arg < 0 || arg >= len(site.Common().Args) || variadicFrom(site.Common(), arg) {
		return use, true
	}
	switch t.p.ArgumentUse(site.Common(), arg) {
	case flow.UseCalled:
		use.Kind = CalledBy
	case flow.UseSometimes:
		use.Kind = MaybeBy
	case flow.UseLaunched:
		use.Kind = LaunchedBy
	case flow.UseDropped:
		use.Kind = DroppedBy
	}
	return use, true
}

// delayed reports whether code runs when a function ends, and whether in a
// goroutine, by what it stands in.
func (t *teller) delayed(around []ast.Node) (deferred, launched bool) {
	for i, n := range around {
		switch n := n.(type) {
		case *ast.DeferStmt:
			deferred = true
		case *ast.GoStmt:
			launched = true
		case *ast.FuncLit:
			call, ok := after(around, i).(*ast.CallExpr)
			if !ok {
				return deferred, launched // who runs it isn't told here
			}
			if ast.Unparen(call.Fun) != ast.Expr(n) {
				site := t.sites[call.Lparen]
				if site == nil || !t.startsArgument(site.Common()) {
					return deferred, launched
				}
				launched = true
			}
		}
	}
	return deferred, launched
}

func after(around []ast.Node, i int) ast.Node {
	rest := parens(around[i+1:])
	if len(rest) == 0 {
		return nil
	}
	return rest[0]
}
