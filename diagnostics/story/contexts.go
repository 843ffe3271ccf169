package story

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"time"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/internal/flow"
)

// parameters makes the contexts that come in by parameters.
func (t *teller) parameters() {
	for _, body := range t.f.Bodies {
		for _, param := range body.Params {
			if !flow.IsContextLike(param.Type()) || param.Name() == "" || param.Name() == "_" {
				continue
			}
			n := t.number(t.p.ContextOf(param))
			if v, ok := param.Object().(*types.Var); ok {
				t.hold(v, n)
			}
		}
	}
}

// makings makes the contexts and cancel functions that calls yield.
func (t *teller) makings() {
	for _, maker := range t.makers {
		call := maker.(*ssa.Call)
		expr := t.p.SyntaxOf(t.f).Call(call)
		if expr == nil {
			continue
		}
		results := call.Call.Signature().Results()
		for i := range results.Len() {
			if !flow.IsContext(results.At(i).Type()) {
				continue
			}
			n := t.number(t.p.ContextOf(resultOf(call, i)))
			if target := t.target(expr, i); target != nil {
				if v := t.variable(target); v != nil {
					t.hold(v, n)
				} else if v := t.fieldOf(target); v != nil && n > 0 {
					t.store(t.heldIn(target, v), target, n)
				}
			}
		}
		for _, i := range t.p.Obligations(call.Common()) {
			t.cancelMade(call, expr, i)
		}
	}
}

// resultOf is result i of a call, nil if nobody takes it.
func resultOf(call *ssa.Call, i int) ssa.Value {
	if _, tuple := call.Type().(*types.Tuple); !tuple {
		return call
	}
	for _, ref := range *call.Referrers() {
		if e, ok := ref.(*ssa.Extract); ok && e.Index == i {
			return e
		}
	}
	return nil
}

// target is what result i of a call is assigned to, nil for nothing.
func (t *teller) target(call *ast.CallExpr, i int) ast.Expr {
	if targets := t.targets[call]; i < len(targets) {
		return ast.Unparen(targets[i])
	}
	return nil
}

// fieldOf is the field or package variable that a selector names.
func (t *teller) fieldOf(x ast.Expr) *types.Var {
	sel, ok := ast.Unparen(x).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	v, _ := t.pass.TypesInfo.Uses[sel.Sel].(*types.Var)
	return v
}

func (t *teller) hold(v *types.Var, n int) {
	if n > 0 && !slices.Contains(t.holds[v], n) {
		t.holds[v] = append(t.holds[v], n)
	}
}

func (t *teller) store(held string, target ast.Expr, n int) {
	if held != "" {
		t.out.Stores = append(t.out.Stores, Store{held, t.rangeOf(target), n})
	}
}

// number finds or makes the record of a context; 0 for none.
func (t *teller) number(c *flow.Context) int {
	if c == nil {
		return 0
	}
	if n, ok := t.numbers[c]; ok {
		return n
	}
	t.out.Contexts = append(t.out.Contexts, Context{})
	n := len(t.out.Contexts)
	t.numbers[c] = n
	record := Context{Kind: c.Kind, Via: c.Via, Ends: c.Cancels, Param: -1}
	switch {
	case c.Call != nil:
		t.made(&record, c)
	case c.Kind == flow.ContextParam:
		t.parameter(&record, c.Value.(*ssa.Parameter))
	case c.Kind == flow.ContextField:
		t.field(&record, c)
	case c.Kind == flow.ContextUnknown || c.Kind == flow.ContextRequest:
		t.origin(&record, c.Value)
	}
	record.Parent = t.number(c.Parent)
	for _, option := range c.Options {
		if m := t.number(option); m > 0 {
			record.Options = append(record.Options, m)
		}
	}
	if record.Kind == flow.ContextJoined && len(record.Options) < len(c.Options) {
		record.Kind, record.Options = flow.ContextUnknown, nil
	}
	t.out.Contexts[n-1] = record
	return n
}

// made fills in what the call tells that makes a context.
func (t *teller) made(record *Context, c *flow.Context) {
	if flow.Detaches(flow.Callee(c.Call.Common())) {
		// It has the values of another one, which isn't told: not its signal.
		record.Kind = flow.ContextRoot
	}
	expr := t.p.SyntaxOf(t.f).Call(c.Call)
	if expr == nil {
		return
	}
	record.Made = t.rangeOf(expr)
	record.Timeout = timeout(c.Call)
	result := 0
	if e, ok := c.Value.(*ssa.Extract); ok {
		result = e.Index
	}
	if target := t.target(expr, result); target != nil {
		record.Name, record.Holder = types.ExprString(target), t.rangeOf(target)
	}
}

// timeout is how long after its making a context ends by itself, if that is
// constant; else 0.
func timeout(call *ssa.Call) time.Duration {
	fn := flow.Callee(call.Common())
	switch {
	case flow.InContext(fn, "WithTimeout", "WithTimeoutCause"):
		return constantDuration(call.Call.Args[1])
	case flow.InContext(fn, "WithDeadline", "WithDeadlineCause"):
		add, ok := call.Call.Args[1].(*ssa.Call)
		if !ok || fullName(add) != "(time.Time).Add" {
			return 0
		}
		if now, ok := add.Call.Args[0].(*ssa.Call); ok && fullName(now) == "time.Now" {
			return constantDuration(add.Call.Args[1])
		}
	}
	return 0
}

func fullName(call *ssa.Call) string {
	if fn := flow.Callee(call.Common()); fn != nil {
		return fn.FullName()
	}
	return ""
}

func constantDuration(v ssa.Value) time.Duration {
	k, ok := v.(*ssa.Const)
	if !ok || k.Value == nil || k.Value.Kind() != constant.Int {
		return 0
	}
	d, _ := constant.Int64Val(k.Value)
	return time.Duration(d)
}

func (t *teller) parameter(record *Context, param *ssa.Parameter) {
	record.Name = param.Name()
	if param.Pos().IsValid() {
		record.Made = t.span(param.Pos(), param.Pos()+token.Pos(len(param.Name())))
		record.Holder = record.Made
	}
	if record.Literal = param.Parent() != t.f.SSA || t.f.Obj == nil; !record.Literal {
		record.Param = slices.Index(param.Parent().Params, param)
	}
}

func (t *teller) field(record *Context, c *flow.Context) {
	field := c.Field()
	if field == nil {
		return
	}
	switch v := c.Value.(type) {
	case *ssa.UnOp:
		if addr, ok := v.X.(*ssa.FieldAddr); ok && field.Pkg() == t.pass.Pkg {
			record.Held = fieldKey(addr.X.Type(), field)
		}
	case *ssa.Field:
		if field.Pkg() == t.pass.Pkg {
			record.Held = fieldKey(v.X.Type(), field)
		}
	}
	record.Name = field.Name()
}

// origin fills in what is known of a context that isn't followed.
func (t *teller) origin(record *Context, v ssa.Value) {
	switch x := v.(type) {
	case *ssa.Extract:
		if call, ok := x.Tuple.(*ssa.Call); ok {
			t.yielded(record, call, x.Index)
		}
	case *ssa.Call:
		t.yielded(record, x, 0)
	case *ssa.UnOp:
		if global, ok := x.X.(*ssa.Global); ok && x.Op == token.MUL {
			record.Name, record.Global = global.Name(), true
			if global.Pkg == t.p.SSA {
				record.Held = global.Name()
			}
		}
	}
}

func (t *teller) yielded(record *Context, call *ssa.Call, result int) {
	expr := t.p.SyntaxOf(t.f).Call(call)
	if expr == nil {
		return
	}
	record.Made = t.rangeOf(expr)
	if record.Via = types.ExprString(expr.Fun); len(record.Via) > 60 {
		record.Via = "a call"
	}
	if target := t.target(expr, result); target != nil {
		record.Name, record.Holder = types.ExprString(target), t.rangeOf(target)
	}
}
