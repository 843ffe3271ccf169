package flow

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// LiveKind says where a live context comes from, the nearest first.
type LiveKind uint8

const (
	LiveLocal    LiveKind = iota // a local derived from a live context
	LiveParam                    // a parameter
	LiveCaptured                 // a variable of an enclosing function
	LiveRequest                  // r.Context() and its like, of a parameter or captured variable
	LiveField                    // a field of the receiver, or a local that holds it; counts only where nothing nearer exists
)

// LiveContext is a context that code at some position can name
// (rules.md, "Words used below").
type LiveContext struct {
	Expr string // its source form: "ctx", "r.Context()", "s.ctx"
	Kind LiveKind
	Var  *types.Var // the variable, or the request, or the field
}

// LiveContexts returns the live contexts at pos in f, the nearest first.
func (p *Package) LiveContexts(f *Func, pos token.Pos) []LiveContext {
	return p.liveContexts(&liveness{p: p, f: f, pos: pos, standings: make(map[*types.Var]standing)})
}

// LiveBefore returns the contexts that are live when the expression at pos is
// evaluated: what its own statement, and those further down, put in their
// place doesn't count.
func (p *Package) LiveBefore(f *Func, pos token.Pos) []LiveContext {
	return p.liveContexts(&liveness{p: p, f: f, pos: pos, before: true, standings: make(map[*types.Var]standing)})
}

func (p *Package) liveContexts(l *liveness) []LiveContext {
	f, pos := l.f, l.pos
	l.findFunctions()
	if len(l.functions) == 0 {
		return nil
	}
	l.findAssignments()
	fileScope := p.Pass.TypesInfo.Scopes[f.File]
	here := fileScope.Innermost(pos)
	var found []LiveContext
	for scope := here; scope != nil && scope != fileScope; scope = scope.Parent() {
		var vars []*types.Var
		for _, name := range scope.Names() {
			if v, ok := scope.Lookup(name).(*types.Var); ok && !strings.HasPrefix(name, "_") {
				if _, visible := here.LookupParent(name, pos); visible == v {
					vars = append(vars, v)
				}
			}
		}
		slices.SortFunc(vars, func(a, b *types.Var) int { return int(l.p.Declared(b) - l.p.Declared(a)) })
		for _, v := range vars {
			if live, ok := l.liveVar(v); ok {
				found = append(found, live)
			}
		}
	}
	if len(found) == 0 {
		found = l.liveFields(here)
	}
	slices.SortStableFunc(found, func(a, b LiveContext) int { return int(a.Kind) - int(b.Kind) })
	return found
}

// liveness is the search for the live contexts at one position.
type liveness struct {
	p         *Package
	f         *Func
	pos       token.Pos
	before    bool       // assignments that end after pos don't count
	functions []ast.Node // the literals and the declaration around pos, innermost first
	assigned  map[*types.Var][]assignment
	later     map[*types.Var]bool       // what is assigned by the statement at pos, or further down
	cancels   map[*types.Var]*types.Var // a context to the cancel function made with it
	tests     bool                      // something calls t.Context()
	standings map[*types.Var]standing
}

// assignment is one value that a variable gets.
type assignment struct {
	expr   ast.Expr
	result int  // which result, if expr is a call with several
	nilled bool // in a branch that is taken when the variable is nil
}

// findFunctions lists the functions around the position.
func (l *liveness) findFunctions() {
	for _, n := range Enclosing(l.f.File, l.pos) {
		switch n := n.(type) {
		case *ast.FuncLit:
			if n.Body.Pos() <= l.pos && l.pos <= n.Body.End() {
				l.functions = append(l.functions, n)
			}
		case *ast.FuncDecl:
			l.functions = append(l.functions, n)
		}
	}
}

// findAssignments records what every context variable of the function gets.
func (l *liveness) findAssignments() {
	l.assigned, l.later = make(map[*types.Var][]assignment), make(map[*types.Var]bool)
	l.cancels = make(map[*types.Var]*types.Var)
	given := l.p.givenIn(l.functions[len(l.functions)-1])
	l.tests = given.tests
	for _, g := range given.list {
		if l.before && g.expr != nil && g.expr.End() > l.pos {
			l.later[g.to] = true
			continue
		}
		l.assigned[g.to] = append(l.assigned[g.to], g.assignment)
		if g.cancel != nil {
			l.cancels[g.to] = g.cancel
		}
	}
}

// givenContexts are what the context variables of a function get, in source
// order.
type givenContexts struct {
	list  []given
	tests bool // something calls t.Context()
}

type given struct {
	assignment
	to, cancel *types.Var
}

func (p *Package) givenIn(function ast.Node) *givenContexts {
	if known := p.given[function]; known != nil {
		return known
	}
	out := new(givenContexts)
	if p.given == nil {
		p.given = make(map[ast.Node]*givenContexts)
	}
	p.given[function] = out
	var nilChecks []*ast.IfStmt
	record := func(lhs []ast.Expr, rhs []ast.Expr) {
		var cancel *types.Var
		for _, e := range lhs {
			if v := p.variable(e); v != nil && (IsCancelFunc(v.Type()) || types.Identical(v.Type().Underlying(), types.NewSignatureType(nil, nil, nil, nil, nil, false))) {
				cancel = v
			}
		}
		for i, e := range lhs {
			v := p.variable(e)
			if v == nil || !IsContextLike(v.Type()) {
				continue
			}
			a := assignment{result: i}
			switch {
			case len(rhs) == len(lhs):
				a = assignment{expr: rhs[i]}
			case len(rhs) == 1:
				a.expr = rhs[0]
			}
			for _, check := range nilChecks {
				if check.Body.Pos() <= e.Pos() && e.Pos() < check.Body.End() && p.comparesWithNil(check.Cond, v) {
					a.nilled = true
				}
			}
			out.list = append(out.list, given{a, v, cancel})
		}
	}
	ast.Inspect(function, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt:
			nilChecks = append(nilChecks, n)
		case *ast.AssignStmt:
			record(n.Lhs, n.Rhs)
		case *ast.ValueSpec:
			if len(n.Values) > 0 {
				var names []ast.Expr
				for _, name := range n.Names {
					names = append(names, name)
				}
				record(names, n.Values)
			}
		case *ast.CallExpr:
			if sel, ok := n.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Context" && len(n.Args) == 0 {
				if t := p.Pass.TypesInfo.TypeOf(sel.X); t != nil && isTestingTB(t) {
					out.tests = true
				}
			}
		}
		return true
	})
	return out
}

// variable is the variable that an identifier stands for.
func (p *Package) variable(e ast.Expr) *types.Var {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return nil
	}
	v, _ := p.Pass.TypesInfo.ObjectOf(id).(*types.Var)
	return v
}

func (p *Package) comparesWithNil(cond ast.Expr, v *types.Var) bool {
	compare, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	return ok && compare.Op == token.EQL && p.variable(compare.X) == v && p.Pass.TypesInfo.Types[compare.Y].IsNil()
}

// nilHere reports whether the position stands in the branch that is taken where
// a variable is nil.
func (l *liveness) nilHere(v *types.Var) bool {
	for _, n := range Enclosing(l.f.File, l.pos) {
		switch n := n.(type) {
		case *ast.IfStmt:
			if n.Body.Pos() <= l.pos && l.pos < n.Body.End() && l.p.comparesWithNil(n.Cond, v) {
				return true
			}
		case *ast.FuncLit, *ast.FuncDecl:
			return false
		}
	}
	return false
}

// liveVar decides whether a variable in scope is a live context, or a request
// that has one.
func (l *liveness) liveVar(v *types.Var) (LiveContext, bool) {
	at := l.p.Declared(v)
	own := l.functions[0].Pos() <= at && at < l.functions[0].End()
	isParam := v.Kind() == types.ParamVar
	if !IsContextLike(v.Type()) {
		request := isRequest(v.Type()) || l.tests && isTestingTB(v.Type())
		if request && (isParam || v.Kind() == types.RecvVar) {
			return LiveContext{v.Name() + ".Context()", LiveRequest, v}, true
		}
		return LiveContext{}, false
	}
	if v.Kind() == types.RecvVar {
		return LiveContext{}, false // liveFields looks into receivers
	}
	s := l.ofVar(v)
	if s == standsRoot || l.cancelled(v) || l.nilHere(v) {
		return LiveContext{}, false
	}
	live := LiveContext{Expr: v.Name(), Var: v}
	switch {
	case s == standsField:
		live.Kind = LiveField
	case !own:
		live.Kind = LiveCaptured
		return live, !l.later[v] || len(l.assigned[v]) > 0
	case isParam:
		live.Kind = LiveParam
	default:
		return live, s == standsLive && l.assignedBefore(v)
	}
	return live, true
}

// assignedBefore reports whether a local has been given a value before the
// position: a declaration alone leaves it nil.
func (l *liveness) assignedBefore(v *types.Var) bool {
	return slices.ContainsFunc(l.assigned[v], func(a assignment) bool { return a.expr.End() <= l.pos })
}

// liveFields are the contexts that the receiver holds.
func (l *liveness) liveFields(here *types.Scope) []LiveContext {
	decl, ok := l.functions[len(l.functions)-1].(*ast.FuncDecl)
	if !ok || decl.Recv == nil || len(decl.Recv.List) == 0 || len(decl.Recv.List[0].Names) == 0 {
		return nil
	}
	name := decl.Recv.List[0].Names[0]
	recv, _ := l.p.Pass.TypesInfo.Defs[name].(*types.Var)
	if _, visible := here.LookupParent(name.Name, l.pos); recv == nil || visible != recv {
		return nil
	}
	if IsContextLike(recv.Type()) {
		return []LiveContext{{name.Name, LiveField, recv}}
	}
	t := recv.Type()
	if ptr, ok := types.Unalias(t).(*types.Pointer); ok {
		t = ptr.Elem()
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	var found []LiveContext
	for field := range s.Fields() {
		if IsContext(field.Type()) {
			found = append(found, LiveContext{name.Name + "." + field.Name(), LiveField, field})
		}
	}
	return found
}
