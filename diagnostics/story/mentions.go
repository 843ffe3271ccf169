package story

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/internal/flow"
)

// mentions finds out which contexts and cancel functions the names stand for.
// What a name is given to, or asked for, tells for sure; elsewhere the
// variable does, if it holds one context only.
func (t *teller) mentions() {
	sure := make([]int, len(t.names))
	for i, n := range t.names {
		if t.kindOf(n.v) != contextVar {
			continue
		}
		if sure[i] = t.number(t.givenNode(n)); sure[i] == 0 {
			sure[i] = t.number(t.usedNode(n))
		}
		if sure[i] > 0 && t.local(n.v) {
			t.hold(n.v, sure[i])
		}
	}
	t.otherArguments()
	for i, n := range t.names {
		switch t.kindOf(n.v) {
		case contextVar:
			t.contextNamed(n, sure[i])
		case cancelVar:
			t.cancelNamed(n)
		}
	}
}

// otherArguments adds mentions of contexts that are given to calls without a
// name: the results of other calls.
func (t *teller) otherArguments() {
	syntax := t.p.SyntaxOf(t.f)
	for _, at := range slices.Sorted(maps.Keys(t.sites)) {
		site := t.sites[at]
		common := site.Common()
		for i, arg := range common.Args {
			if !flow.IsContextLike(arg.Type()) || variadicFrom(common, i) {
				continue
			}
			method := !common.IsInvoke() && common.Signature().Recv() != nil
			x := syntax.Argument(site, i, method)
			if x == nil || method && i == 0 {
				continue
			}
			if t.isNamed(ast.Unparen(x)) {
				continue
			}
			m := Mention{Range: t.rangeOf(x), Context: t.number(t.p.ContextOf(arg)), Param: -1}
			t.givenAs(&m, site, i)
			t.out.Mentions = append(t.out.Mentions, m)
		}
	}
}

// isNamed reports whether an expression is among the names of contexts.
func (t *teller) isNamed(x ast.Expr) bool {
	v := t.variable(x)
	if v == nil {
		v = t.fieldOf(x)
	}
	return v != nil && t.kindOf(v) == contextVar
}

// local reports whether v is a variable of a function.
func (t *teller) local(v *types.Var) bool { return !v.IsField() && v.Parent() != t.pass.Pkg.Scope() }

// givenNode is the context that a name stands for where it is an argument or
// the receiver of a call; else nil.
func (t *teller) givenNode(n name) *flow.Context {
	site, arg := t.argumentAt(n)
	if site == nil {
		return nil
	}
	if common := site.Common(); arg < 0 {
		return t.p.ContextOf(common.Value)
	} else if arg < len(common.Args) && !variadicFrom(common, arg) {
		return t.p.ContextOf(common.Args[arg])
	}
	return nil
}

// usedNode is the context that a name stands for where it is stored, sent,
// returned or compared; else nil.
func (t *teller) usedNode(n name) *flow.Context {
	around := parens(n.around)
	if len(around) == 0 {
		return nil
	}
	pos := token.NoPos
	switch outer := around[0].(type) {
	case *ast.KeyValueExpr:
		pos = outer.Colon
	case *ast.CompositeLit:
		pos = n.expr.Pos()
	case *ast.ReturnStmt:
		pos = outer.Return
	case *ast.SendStmt:
		pos = outer.Arrow
	case *ast.BinaryExpr:
		pos = outer.OpPos
	case *ast.AssignStmt:
		switch target := assignedTo(outer, n.expr).(type) {
		case *ast.SelectorExpr:
			pos = target.Sel.Pos()
		case *ast.IndexExpr:
			pos = target.Lbrack
		}
	}
	if v := t.values[pos]; v != nil {
		return t.p.ContextOf(v)
	}
	return nil
}

// variadicFrom reports whether an argument of SSA is the slice of the
// variadic ones.
func variadicFrom(common *ssa.CallCommon, arg int) bool {
	return common.Signature().Variadic() && arg == len(common.Args)-1
}

// argumentAt returns the call that a name is an argument or the receiver of,
// and which: an index of Args, -1 for the receiver of an interface's method.
func (t *teller) argumentAt(n name) (ssa.CallInstruction, int) {
	around := parens(n.around)
	if len(around) == 0 {
		return nil, 0
	}
	switch outer := around[0].(type) {
	case *ast.CallExpr:
		site := t.sites[outer.Lparen]
		i := slices.IndexFunc(outer.Args, func(x ast.Expr) bool { return ast.Unparen(x) == n.expr })
		if site == nil || i < 0 {
			return nil, 0
		}
		if common := site.Common(); !common.IsInvoke() && common.Signature().Recv() != nil && isMethodCall(outer) {
			i++
		}
		return site, i
	case *ast.SelectorExpr:
		if len(around) < 2 || ast.Unparen(outer.X) != n.expr {
			return nil, 0
		}
		call, ok := around[1].(*ast.CallExpr)
		if !ok || ast.Unparen(call.Fun) != ast.Expr(outer) {
			return nil, 0
		}
		site := t.sites[call.Lparen]
		switch {
		case site == nil:
			return nil, 0
		case site.Common().IsInvoke():
			return site, -1
		case site.Common().Signature().Recv() != nil:
			return site, 0
		}
	}
	return nil, 0
}

func isMethodCall(call *ast.CallExpr) bool {
	_, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	return ok
}

// parens drops the parentheses that a name stands in directly.
func parens(around []ast.Node) []ast.Node {
	for len(around) > 0 {
		if _, ok := around[0].(*ast.ParenExpr); !ok {
			break
		}
		around = around[1:]
	}
	return around
}

// contextNamed adds a mention of a context.
func (t *teller) contextNamed(n name, context int) {
	m := Mention{Kind: Read, Range: t.rangeOf(n.expr), Context: context, Param: -1}
	made := t.definition(n)
	switch {
	case made >= 0:
		m.Kind, m.Context = Defined, made
	case context == 0 && t.local(n.v) && len(t.holds[n.v]) == 1:
		m.Context = t.holds[n.v][0]
	}
	if m.Kind == Read {
		t.givenTo(&m, n)
	}
	if m.Context == 0 {
		if m.To != "" { // nil is given as well
			t.out.Mentions = append(t.out.Mentions, m)
		}
		return
	}
	if m.Kind == Read {
		t.kept(&m, n)
	}
	switch c := &t.out.Contexts[m.Context-1]; {
	case c.Kind == flow.ContextField && c.Holder == (Range{}):
		c.Name, c.Holder = types.ExprString(n.expr), m.Range
	case c.Name == "":
		c.Name = types.ExprString(n.expr)
	}
	t.out.Mentions = append(t.out.Mentions, m)
}

// definition is the context that a name is given where it stands on the left
// of an assignment, or declares a parameter; -1 for other names, 0 if it isn't
// known.
func (t *teller) definition(n name) int {
	around := parens(n.around)
	if len(around) == 0 {
		return -1
	}
	var lhs, rhs []ast.Expr
	switch outer := around[0].(type) {
	case *ast.Field:
		if len(t.holds[n.v]) > 0 {
			return t.holds[n.v][0] // parameters come first
		}
		return 0
	case *ast.AssignStmt:
		lhs, rhs = outer.Lhs, outer.Rhs
	case *ast.ValueSpec:
		for _, id := range outer.Names {
			lhs = append(lhs, id)
		}
		rhs = outer.Values
	case *ast.RangeStmt:
		return 0
	default:
		return -1
	}
	i := slices.IndexFunc(lhs, func(x ast.Expr) bool { return ast.Unparen(x) == n.expr })
	switch {
	case i < 0:
		return -1
	case len(rhs) == len(lhs):
		return t.valueOf(rhs[i], 0)
	case len(rhs) == 1:
		return t.valueOf(rhs[0], i)
	}
	return 0
}

// valueOf is the context that an expression is, or result i of a call; 0 if it
// isn't known.
func (t *teller) valueOf(x ast.Expr, i int) int {
	switch x := ast.Unparen(x).(type) {
	case *ast.CallExpr:
		if call, ok := t.sites[x.Lparen].(*ssa.Call); ok && i < max(1, call.Call.Signature().Results().Len()) {
			if v := resultOf(call, i); v != nil && flow.IsContextLike(v.Type()) {
				return t.number(t.p.ContextOf(v))
			}
		}
	case *ast.Ident:
		if v := t.variable(x); v != nil && t.local(v) && len(t.holds[v]) == 1 {
			return t.holds[v][0]
		}
	}
	return 0
}

// givenTo says what a call makes of the context in its argument or receiver.
func (t *teller) givenTo(m *Mention, n name) {
	if site, arg := t.argumentAt(n); site != nil {
		t.givenAs(m, site, arg)
	}
}

func (t *teller) givenAs(m *Mention, site ssa.CallInstruction, arg int) {
	common := site.Common()
	callee := flow.Callee(common)
	if arg < 0 || arg == 0 && !common.IsInvoke() && callee != nil && callee.Signature().Recv() != nil {
		m.Kind = Read
		if callee != nil {
			m.Kind = methodKind(callee)
		}
		return
	}
	if callee != nil && !variadicFrom(common, arg) {
		m.To, m.Param = callee.FullName(), arg
		if common.IsInvoke() {
			m.Param++
		}
		if flow.InContext(callee, "Cause") {
			m.Kind = Err
			return
		}
		if s := t.p.SummaryOf(callee); s != nil && slices.ContainsFunc(s.Derives, func(d flow.Derivation) bool { return d.Param == m.Param }) {
			m.Kind = Derived
			return
		}
	}
	m.Kind = Given
	switch need := t.p.NeedOf(common, arg); {
	case need == flow.NeedAlive || need == flow.NeedWatch:
		m.Hears = Yes
	case need == flow.NeedNothing || need == flow.NeedValues || need == flow.NeedDeadline:
		m.Hears = No
	}
}

func methodKind(fn *types.Func) MentionKind {
	switch fn.Name() {
	case "Done":
		return Done
	case "Err":
		return Err
	case "Deadline":
		return Deadline
	case "Value":
		return Value
	}
	return Read
}

// kept says where a context goes that is no argument.
func (t *teller) kept(m *Mention, n name) {
	around := parens(n.around)
	if len(around) == 0 {
		return
	}
	switch outer := around[0].(type) {
	case *ast.ReturnStmt:
		m.Kind = Returns
	case *ast.SendStmt:
		if ast.Unparen(outer.Value) == n.expr {
			m.Kind = Returns
		}
	case *ast.CompositeLit:
		m.Kind = Keeps
	case *ast.KeyValueExpr:
		m.Kind = Keeps
		if lit, ok := around[1].(*ast.CompositeLit); ok {
			t.store(t.elementIn(lit, outer.Key), outer.Key, m.Context)
		}
	case *ast.AssignStmt:
		target := assignedTo(outer, n.expr)
		if isBlank(target) {
			return
		}
		if target != nil && t.variable(target) == nil {
			m.Kind = Keeps
			t.store(t.heldIn(target, t.fieldOf(target)), target, m.Context)
		} else if v := t.variable(target); v != nil && v.Parent() == t.pass.Pkg.Scope() {
			m.Kind = Keeps
			t.store(v.Name(), target, m.Context)
		}
	}
}

func isBlank(x ast.Expr) bool {
	id, ok := x.(*ast.Ident)
	return ok && id.Name == "_"
}

// assignedTo is what an assignment gives the expression to.
func assignedTo(assign *ast.AssignStmt, x ast.Expr) ast.Expr {
	i := slices.IndexFunc(assign.Rhs, func(r ast.Expr) bool { return ast.Unparen(r) == x })
	if i < 0 || len(assign.Lhs) != len(assign.Rhs) {
		return nil
	}
	return ast.Unparen(assign.Lhs[i])
}

// elementIn is the key of the field that an element of a struct literal is for.
func (t *teller) elementIn(lit *ast.CompositeLit, key ast.Expr) string {
	id, ok := key.(*ast.Ident)
	if !ok {
		return ""
	}
	field, ok := t.pass.TypesInfo.Uses[id].(*types.Var)
	if !ok || !field.IsField() || field.Pkg() != t.pass.Pkg {
		return ""
	}
	return fieldKey(t.pass.TypesInfo.TypeOf(lit), field)
}
