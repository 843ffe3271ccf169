package errgroupctx

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

// task is one function that a group runs.
type task struct {
	g    *group
	site *ast.CallExpr // g.Go(…), or the call of a helper that does it
	many bool          // it is started several times

	body *ast.BlockStmt // its body; nil if it isn't in view
	over outer          // what stands for the context around the group in body

	// Where the context is handed to a helper, to a method or to a function
	// that returns the task: the argument. The uses in the body are steps
	// then.
	passed ast.Expr
	steps  []ast.Expr
}

// outer is what stands for the context around a group: an expression, and the
// variables that hold it as well.
type outer struct {
	text string     // of an expression that isn't a variable alone
	root *types.Var // its first variable
	vars map[*types.Var]bool
}

func (g *group) outer() outer {
	o := outer{vars: make(map[*types.Var]bool)}
	v := g.pass.RootVar(g.over)
	if isIdent(g.over) {
		o.vars[v] = true
	} else {
		o.text, o.root = g.pass.Source(g.over), v
	}
	return o
}

// tasks lists the functions that the group runs.
func (g *group) tasks() []*task {
	var out []*task
	ast.PreorderStack(g.root, nil, func(n ast.Node, stack []ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && g.is(sel.X) {
			if starts(sel) && len(call.Args) == 1 {
				out = append(out, g.task(call, g.repeats(stack)))
			}
			return true
		}
		for i, arg := range call.Args {
			if g.is(arg) {
				out = append(out, g.helped(call, i, g.repeats(stack))...)
			}
		}
		return true
	})
	return out
}

// waitedBefore reports whether the group was waited for before it gets the
// task: its context is done since.
func (g *group) waitedBefore(t *task) bool {
	var site ast.Node = t.site
	if site.Pos() < g.root.Pos() || g.root.End() <= site.Pos() { // in a helper
		if t.passed == nil {
			return false
		}
		site = t.passed
	}
	found := false
	ast.PreorderStack(g.root, nil, func(n ast.Node, stack []ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || call.End() > site.Pos() {
			return !found
		}
		sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != "Wait" || !g.is(sel.X) {
			return !found
		}
		found = found || !slices.ContainsFunc(stack, func(around ast.Node) bool {
			switch around.(type) {
			case *ast.FuncLit, *ast.DeferStmt, *ast.GoStmt: // it may run later
				return site.Pos() < around.Pos() || around.End() <= site.Pos()
			}
			return false
		})
		return !found
	})
	return found
}

func starts(sel *ast.SelectorExpr) bool { return sel.Sel.Name == "Go" || sel.Sel.Name == "TryGo" }

// repeats reports whether a node with these parents can run several times for
// one group: in a loop, or in a literal.
func (g *group) repeats(stack []ast.Node) bool {
	for i := len(stack) - 1; i >= 0; i-- {
		if stack[i].Pos() <= g.call.Pos() && g.call.End() <= stack[i].End() {
			return false
		}
		switch stack[i].(type) {
		case *ast.ForStmt, *ast.RangeStmt, *ast.FuncLit:
			return true
		}
	}
	return false
}

// task resolves the argument of g.Go.
func (g *group) task(site *ast.CallExpr, many bool) *task {
	t := &task{g: g, site: site, many: many, over: g.outer()}
	arg := ast.Unparen(site.Args[0])
	if call, ok := arg.(*ast.CallExpr); ok {
		t.returned(call)
		return t
	}
	fn := g.function(arg)
	if fn == nil {
		return t
	}
	t.body = fn.body
	if sel, ok := arg.(*ast.SelectorExpr); ok && fn.recv != nil && t.over.root != nil {
		// A method value: what was s.ctx outside may be t.ctx inside.
		if field, ok := ast.Unparen(g.over).(*ast.SelectorExpr); ok && isIdent(field.X) && g.pass.RootVar(sel.X) == t.over.root && isIdent(sel.X) {
			t.over.root, t.over.text = fn.recv, fn.recv.Name()+"."+field.Sel.Name
			t.passed = arg
		}
	}
	if fn.recv != nil && t.passed == nil {
		t.body = nil // a method knows nothing of the variables here
	}
	return t
}

// function is a literal or a declared function of the package.
type function struct {
	params []*types.Var
	recv   *types.Var
	body   *ast.BlockStmt
}

// function resolves a function value: a literal, a variable that gets one
// literal, a function or method of the package.
func (g *group) function(e ast.Expr) *function {
	info := g.pass.TypesInfo
	var obj types.Object
	switch e := ast.Unparen(e).(type) {
	case *ast.FuncLit:
		sig, _ := info.TypeOf(e).(*types.Signature)
		return &function{params: variables(sig), body: e.Body}
	case *ast.Ident:
		obj = info.Uses[e]
	case *ast.SelectorExpr:
		obj = info.Uses[e.Sel]
	case *ast.IndexExpr:
		return g.function(e.X)
	default:
		return nil
	}
	switch obj := obj.(type) {
	case *types.Var:
		return g.assigned(obj)
	case *types.Func:
		for _, f := range g.pass.Flow.Funcs {
			if f.Obj == obj.Origin() && f.Decl != nil && f.Decl.Body != nil {
				return &function{params: variables(f.Obj.Signature()), recv: f.Obj.Signature().Recv(), body: f.Decl.Body}
			}
		}
	}
	return nil
}

func variables(sig *types.Signature) []*types.Var {
	var out []*types.Var
	if sig != nil {
		for v := range sig.Params().Variables() {
			out = append(out, v)
		}
	}
	return out
}

// assigned returns the one literal that a local variable gets.
func (g *group) assigned(v *types.Var) *function {
	var found *function
	count := 0
	ast.Inspect(g.root, func(n ast.Node) bool {
		var lhs, rhs []ast.Expr
		switch n := n.(type) {
		case *ast.AssignStmt:
			lhs, rhs = n.Lhs, n.Rhs
		case *ast.ValueSpec:
			for _, id := range n.Names {
				lhs = append(lhs, id)
			}
			rhs = n.Values
		}
		for i, x := range lhs {
			if !isIdent(x) || g.pass.RootVar(x) != v || len(rhs) == 0 {
				continue
			}
			count++
			if len(lhs) == len(rhs) {
				if lit, ok := ast.Unparen(rhs[i]).(*ast.FuncLit); ok {
					found = g.function(lit)
				}
			}
		}
		return true
	})
	if count != 1 {
		return nil
	}
	return found
}

// returned resolves g.Go(work(ctx)): a literal that a function of the package
// returns.
func (t *task) returned(call *ast.CallExpr) {
	fn := t.g.function(call.Fun)
	at := t.contextArg(call)
	if fn == nil || at < 0 || at >= len(fn.params) {
		return
	}
	for _, stmt := range fn.body.List {
		ret, ok := stmt.(*ast.ReturnStmt)
		if !ok || len(ret.Results) != 1 {
			continue
		}
		if lit, ok := ast.Unparen(ret.Results[0]).(*ast.FuncLit); ok {
			t.body = lit.Body
			t.passed = call.Args[at]
			t.over = outer{vars: map[*types.Var]bool{fn.params[at]: true}}
		}
	}
}

// contextArg is the argument that is the context around the group.
func (t *task) contextArg(call *ast.CallExpr) int {
	for i, arg := range call.Args {
		if t.over.is(t.g.pass, arg) {
			return i
		}
	}
	return -1
}

// helped lists what a helper that is given the group runs in it.
func (g *group) helped(call *ast.CallExpr, at int, many bool) []*task {
	fn := g.function(call.Fun)
	if fn == nil || at >= len(fn.params) {
		g.open = true
		return nil
	}
	context := (&task{g: g, over: g.outer()}).contextArg(call)
	var out []*task
	ast.PreorderStack(fn.body, nil, func(n ast.Node, stack []ast.Node) bool {
		inner, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		sel, ok := ast.Unparen(inner.Fun).(*ast.SelectorExpr)
		if !ok || !starts(sel) || !isIdent(sel.X) || g.pass.RootVar(sel.X) != fn.params[at] || len(inner.Args) != 1 {
			return true
		}
		t := &task{g: g, site: inner, many: many || g.repeats(stack)}
		if lit := g.function(inner.Args[0]); lit != nil {
			t.body = lit.body
		}
		if context >= 0 && context < len(fn.params) {
			t.passed = call.Args[context]
			t.over = outer{vars: map[*types.Var]bool{fn.params[context]: true}}
		} else {
			t.over = outer{vars: map[*types.Var]bool{}}
		}
		out = append(out, t)
		return true
	})
	return out
}

// neverFails reports whether the task returns nil whatever happens.
func (t *task) neverFails() bool {
	if t.body == nil {
		return false
	}
	never := true
	ast.Inspect(t.body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			if len(n.Results) != 1 || !t.g.pass.TypesInfo.Types[n.Results[0]].IsNil() && !t.demanded(n) {
				never = false
			}
		}
		return never
	})
	return never
}

// demanded reports whether a return gives an error that is always nil, or that an
// assertion before it has found to be nil, or has ended the test for.
func (t *task) demanded(stmt *ast.ReturnStmt) bool {
	for _, body := range t.g.pass.Func.Bodies {
		for _, block := range body.Blocks {
			ret, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return)
			if ok && ret.Pos() == stmt.Pos() && len(ret.Results) == 1 {
				return flow.DemandedBefore(ret.Results[0], ret) || t.g.pass.Flow.NeverError(ret.Results[0])
			}
		}
	}
	return false
}

// callee is the function that a call names.
func callee(pass *rule.Pass, call *ast.CallExpr) *types.Func {
	fn, _ := typeutil.Callee(pass.TypesInfo, call).(*types.Func)
	return fn
}

func isContext(pass *rule.Pass, e ast.Expr) bool {
	t := pass.TypesInfo.TypeOf(e)
	return t != nil && flow.IsContextLike(t)
}
