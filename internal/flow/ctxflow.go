package flow

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// contextFlow says which variables of a package hold one context.
type contextFlow struct {
	p        *Package
	assigned map[*types.Var][]assignment
	params   map[*types.Var]*ssa.Parameter
	receives map[token.Pos]*ast.UnaryExpr // by the arrow
	calls    map[token.Pos]*ast.CallExpr  // by the parenthesis
}

// contextFlow collects the variables on first use.
func (p *Package) contextFlow() *contextFlow {
	if p.ctxFlow != nil {
		return p.ctxFlow
	}
	f := &contextFlow{
		p: p, assigned: make(map[*types.Var][]assignment), params: make(map[*types.Var]*ssa.Parameter),
		receives: make(map[token.Pos]*ast.UnaryExpr), calls: make(map[token.Pos]*ast.CallExpr),
	}
	p.ctxFlow = f
	for _, fn := range p.bodies() {
		for _, param := range fn.Params {
			if v, ok := param.Object().(*types.Var); ok {
				f.params[v] = param
			}
		}
	}
	for _, file := range p.Pass.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			f.node(n)
			return true
		})
	}
	return f
}

func (f *contextFlow) node(n ast.Node) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		f.assign(n.Lhs, n.Rhs)
	case *ast.ValueSpec:
		if len(n.Values) > 0 {
			lhs := make([]ast.Expr, len(n.Names))
			for i, id := range n.Names {
				lhs[i] = id
			}
			f.assign(lhs, n.Values)
		}
	case *ast.RangeStmt: // another one in each turn
		f.lose(n.Key)
		f.lose(n.Value)
	case *ast.UnaryExpr:
		switch n.Op {
		case token.ARROW:
			f.receives[n.OpPos] = n
		case token.AND: // whoever has the address can assign at any time
			f.lose(n.X)
		}
	case *ast.CallExpr:
		f.calls[n.Lparen] = n
	}
}

func (f *contextFlow) assign(lhs, rhs []ast.Expr) {
	for i, x := range lhs {
		v := f.variable(x)
		switch {
		case v == nil:
		case len(lhs) == len(rhs):
			f.assigned[v] = append(f.assigned[v], assignment{expr: rhs[i]})
		default:
			f.assigned[v] = append(f.assigned[v], assignment{expr: rhs[0], result: i})
		}
	}
}

// lose records that the variable x gets values that can't be followed.
func (f *contextFlow) lose(x ast.Expr) {
	if x == nil {
		return
	}
	if v := f.variable(x); v != nil {
		f.assigned[v] = append(f.assigned[v], assignment{})
	}
}

func (f *contextFlow) variable(x ast.Expr) *types.Var {
	id, ok := ast.Unparen(x).(*ast.Ident)
	if !ok {
		return nil
	}
	v, _ := f.p.Pass.TypesInfo.ObjectOf(id).(*types.Var)
	return v
}

// context returns the variable that stands for the context x: its own, or the
// request's in r.Context().
func (f *contextFlow) context(x ast.Expr) *types.Var {
	if v := f.variable(x); v != nil {
		return v
	}
	if recv := f.method(x, "Context"); recv != nil && isRequest(f.p.Pass.TypesInfo.TypeOf(recv)) {
		return f.variable(recv)
	}
	return nil
}

// method returns x in x.name().
func (f *contextFlow) method(x ast.Expr, name string) ast.Expr {
	call, ok := ast.Unparen(x).(*ast.CallExpr)
	if !ok || len(call.Args) > 0 {
		return nil
	}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && sel.Sel.Name == name {
		return sel.X
	}
	return nil
}

// received returns the variable of the context whose Done the receive at pos
// receives from.
func (f *contextFlow) received(pos token.Pos) *types.Var {
	receive := f.receives[pos]
	if receive == nil {
		return nil
	}
	ch := receive.X
	if v := f.variable(ch); v != nil && len(f.assigned[v]) == 1 && f.assigned[v][0].expr != nil && f.params[v] == nil {
		ch = f.assigned[v][0].expr
	}
	if ctx := f.method(ch, "Done"); ctx != nil {
		return f.context(ctx)
	}
	return nil
}

// chain returns the variables that hold the context that v holds at pos, and
// with derived also those that hold a context it is derived from. It is empty
// where v may get another one later.
func (f *contextFlow) chain(v *types.Var, pos token.Pos, derived bool) []*types.Var {
	return f.follow(v, pos, derived, make(map[*types.Var]bool))
}

func (f *contextFlow) follow(v *types.Var, pos token.Pos, derived bool, seen map[*types.Var]bool) []*types.Var {
	assigned := f.assigned[v]
	if v == nil || v.IsField() || seen[v] || slices.ContainsFunc(assigned, func(a assignment) bool { return a.expr == nil || a.expr.End() > pos }) {
		return nil
	}
	seen[v] = true
	out := []*types.Var{v}
	param := f.params[v]
	switch {
	case param == nil && len(assigned) == 1:
		a := assigned[0]
		if source := f.source(a, derived); source != nil {
			out = append(out, f.follow(source, a.expr.Pos(), derived, seen)...)
		}
	case param != nil && len(assigned) == 0:
		out = append(out, f.arguments(param, derived, seen)...)
	}
	return out
}

// source returns the variable that a value is copied or derived from.
func (f *contextFlow) source(a assignment, derived bool) *types.Var {
	if v := f.context(a.expr); v != nil {
		return v
	}
	call, ok := ast.Unparen(a.expr).(*ast.CallExpr)
	if !ok || !derived {
		return nil
	}
	var id *ast.Ident
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		id = fun
	case *ast.SelectorExpr:
		id = fun.Sel
	default:
		return nil
	}
	fn, _ := f.p.Pass.TypesInfo.Uses[id].(*types.Func)
	if fn == nil || fn.Signature().Recv() != nil {
		return nil
	}
	s := f.p.SummaryOf(fn)
	if s == nil {
		return nil
	}
	for _, d := range s.Derives {
		if d.Result == a.result && d.Param >= 0 && d.Param < len(call.Args) {
			return f.context(call.Args[d.Param])
		}
	}
	return nil
}

// arguments returns what all calls of a function pass for a parameter.
func (f *contextFlow) arguments(param *ssa.Parameter, derived bool, seen map[*types.Var]bool) []*types.Var {
	fn := param.Parent()
	world := f.p.callers()
	if !world.known(fn) || len(f.p.Launched(fn)) > len(world.sites[fn]) {
		return nil
	}
	at := slices.Index(fn.Params, param)
	if fn.Signature.Recv() != nil {
		at--
	}
	var out []*types.Var
	for i, site := range world.sites[fn] {
		call := f.calls[site.Common().Pos()]
		if call == nil || at < 0 || at >= len(call.Args) {
			return nil
		}
		passed := f.follow(f.context(call.Args[at]), call.Args[at].Pos(), derived, maps.Clone(seen))
		if i > 0 {
			passed = slices.DeleteFunc(passed, func(v *types.Var) bool { return !slices.Contains(out, v) })
		}
		out = passed
	}
	return out
}
