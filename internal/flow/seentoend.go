package flow

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// ContextEnd says what the package shows of how a context comes to be done.
type ContextEnd uint8

const (
	EndUntold ContextEnd = iota // callers out of view give it
	EndUnseen                   // those in view who give it aren't seen to end it: they hand on what they were given, say
	EndSeen
)

// EndOf says whether the package shows that a context which is live in f can be
// done: it is a request's, or made with a cancel or a deadline; or code of its
// function listens to it; or it is a parameter, and a call in view gives it such
// a one, or a framework does that ends its contexts.
func (p *Package) EndOf(f *Func, ctx LiveContext) ContextEnd {
	e := &endSearch{p: p, asked: make(map[any]bool)}
	seen := false
	switch {
	case ctx.Var == nil || ctx.Kind == LiveField:
	case ctx.Kind == LiveRequest:
		seen = e.request(f, ctx.Var)
	default:
		seen = e.variable(f, ctx.Var)
	}
	switch {
	case seen:
		return EndSeen
	case e.untold:
		return EndUntold
	}
	return EndUnseen
}

// SeenToEnd reports whether the package shows that a context which is live in f
// can be done; that code listens to it shows nothing.
func (p *Package) SeenToEnd(f *Func, ctx LiveContext) bool {
	e := &endSearch{p: p, asked: make(map[any]bool), doneOnly: true}
	return ctx.Var != nil && ctx.Kind != LiveField && ctx.Kind != LiveRequest && e.variable(f, ctx.Var)
}

// endSearch is the search for what can end a context.
type endSearch struct {
	p     *Package
	asked map[any]bool // the variables and parameters that were looked at, each once
	depth int

	doneOnly bool // that code listens shows nothing
	untold   bool // callers out of view give it to the function, whose parameter it is
}

// variable decides about a parameter or a local.
func (e *endSearch) variable(f *Func, v *types.Var) bool {
	if e.asked[v] {
		return false
	}
	e.asked[v] = true
	if !e.doneOnly && e.p.listens(f, v) {
		return true
	}
	for _, body := range f.Bodies {
		for _, param := range body.Params {
			if param.Object() == v {
				return e.parameter(param)
			}
		}
	}
	root := f.SSA.Syntax()
	if root == nil {
		return false
	}
	for _, g := range e.p.givenIn(root).list {
		if g.to != v {
			continue
		}
		if g.cancel != nil {
			return true
		}
		if call, ok := ast.Unparen(g.expr).(*ast.CallExpr); ok && slices.ContainsFunc(call.Args, func(arg ast.Expr) bool { return e.expr(f, arg) }) {
			return true
		}
		if g.expr != nil && e.expr(f, g.expr) {
			return true
		}
	}
	return false
}

// expr decides about an expression that names a context.
func (e *endSearch) expr(f *Func, x ast.Expr) bool {
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		v := e.p.variable(x)
		return v != nil && IsContextLike(v.Type()) && e.variable(f, v)
	case *ast.CallExpr:
		sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != "Context" {
			return false
		}
		v := e.p.variable(sel.X)
		return v != nil && isRequest(v.Type()) && e.request(f, v)
	}
	return false
}

// listens reports whether a function asks a variable whether it is done.
func (p *Package) listens(f *Func, v *types.Var) bool {
	if known, ok := p.listened[v]; ok {
		return known
	}
	root, info := f.SSA.Syntax(), p.Pass.TypesInfo
	if root == nil {
		return false
	}
	found := false
	ast.Inspect(root, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if ok && (sel.Sel.Name == "Done" || sel.Sel.Name == "Err") {
			id, ok := ast.Unparen(sel.X).(*ast.Ident)
			found = found || ok && info.Uses[id] == v
		}
		return !found
	})
	if p.listened == nil {
		p.listened = make(map[*types.Var]bool)
	}
	p.listened[v] = found
	return found
}

// request decides about something that has the context of a request.
func (e *endSearch) request(f *Func, v *types.Var) bool {
	switch {
	case isCommand(v.Type()) || e.asked[v]:
		return false
	case types.IsInterface(v.Type()): // a stream
		return true
	}
	e.asked[v] = true
	for _, body := range f.Bodies {
		for _, param := range body.Params {
			if param.Object() != v {
				continue
			}
			sites := e.p.sitesOf(body)
			if isHTTPHandler(body.Signature) || len(sites) == 0 {
				return true
			}
			index := slices.Index(body.Params, param)
			return slices.ContainsFunc(sites, func(site ssa.CallInstruction) bool {
				arg := givenTo(site.Common(), index)
				return arg != nil && e.requestValue(arg)
			})
		}
	}
	return true
}

// requestValue decides about a request that is handed over: one that was made
// here without a context has none that ends.
func (e *endSearch) requestValue(v ssa.Value) bool {
	if extract, ok := v.(*ssa.Extract); ok {
		v = extract.Tuple
	}
	switch v := v.(type) {
	case *ssa.Call:
		fn := Callee(v.Common())
		if Is(fn, "net/http.NewRequest") {
			return false
		}
		if Is(fn, "net/http.NewRequestWithContext") {
			return e.context(e.p.ContextOf(v.Call.Args[0]))
		}
	case *ssa.Parameter:
		if f := e.p.Of(v.Parent()); f != nil {
			if obj, ok := v.Object().(*types.Var); ok {
				return e.request(f, obj)
			}
		}
	}
	return true
}

// parameter decides about the context that a function or a literal gets.
func (e *endSearch) parameter(param *ssa.Parameter) bool {
	const deepest = 8 // calls up
	body := param.Parent()
	if e.depth == deepest || isCommand(param.Type()) || besideCommand(body) {
		return false
	}
	if obj, ok := body.Object().(*types.Func); ok && (e.p.servesRPC(obj) || reconciles(obj)) {
		return true
	}
	if body.Parent() == nil {
		e.depth++
		defer func() { e.depth-- }()
	}
	sites := e.p.sitesOf(body)
	if e.depth == 1 && body.Parent() == nil {
		exported := body.Object() != nil && body.Object().Exported() && !e.p.callers().closed
		e.untold = e.untold || exported || len(sites) == 0 && !e.p.callers().taken[body]
	}
	if len(sites) == 0 && body.Parent() != nil {
		return e.calledBack(body)
	}
	index := slices.Index(body.Params, param)
	return slices.ContainsFunc(sites, func(site ssa.CallInstruction) bool {
		arg := givenTo(site.Common(), index)
		return arg != nil && e.context(e.p.ContextOf(arg))
	})
}

// calledBack decides about the context that a literal is called back with. Who
// is given a context itself ends that one no sooner than its own, as far as is
// known; who isn't has one of its own to give, which ends.
func (e *endSearch) calledBack(lit *ssa.Function) bool {
	call, arg := soleUse(lit)
	if call == nil {
		return true
	}
	if back, ok := e.p.callBackOf(&call.Call, arg); ok {
		if back.From < 0 || back.From >= len(call.Call.Args) {
			return back.From != fromRoot
		}
		return e.context(e.p.ContextOf(call.Call.Args[back.From]))
	}
	given := firstContext(call.Call.Args)
	if given == nil {
		return true
	}
	if c := e.p.ContextOf(given); c != nil && c.Kind == ContextRoot {
		return c.Cancels
	}
	return e.context(e.p.ContextOf(given))
}

// context decides about a node of the derivation tree.
func (e *endSearch) context(c *Context) bool {
	for c := range c.Up() {
		switch {
		case c.Cancels || c.Kind == ContextDerived && Is(Callee(c.Call.Common()), "golang.org/x/sync/errgroup.WithContext"):
			return true
		case ofCommand(c.Value):
			return false
		}
		switch c.Kind {
		case ContextRequest:
			return true
		case ContextParam:
			param, ok := c.Value.(*ssa.Parameter)
			if !ok {
				return false
			}
			f := e.p.Of(param.Parent())
			v, ok := param.Object().(*types.Var)
			return ok && f != nil && e.variable(f, v)
		case ContextJoined:
			if e.asked[c] {
				return false
			}
			e.asked[c] = true
			return slices.ContainsFunc(c.Options, e.context)
		case ContextField:
			return e.p.endedFields()[c.held]
		case ContextUnknown:
			if up := e.p.tagged(c.Value); up != nil && !e.asked[up] {
				e.asked[up] = true
				return e.context(up)
			}
		}
	}
	return false
}

// reconciles reports whether a method is what a controller of
// controller-runtime calls: the manager ends its context.
func reconciles(method *types.Func) bool {
	params := method.Signature().Params()
	if method.Name() != "Reconcile" || params.Len() < 2 {
		return false
	}
	named, ok := types.Unalias(params.At(1).Type()).(*types.Named)
	return ok && named.Obj().Name() == "Request" && named.Obj().Pkg() != nil && strings.HasSuffix(named.Obj().Pkg().Path(), "/reconcile")
}

// doneSeenToCome reports whether the package shows that the context whose Done
// channel v is can be done; that code waits for it shows nothing.
func (p *Package) doneSeenToCome(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.Call:
		ctx := argument(v.Common(), 0)
		if ctx == nil {
			return true // of a method value
		}
		e := &endSearch{p: p, asked: make(map[any]bool), doneOnly: true}
		return e.context(p.ContextOf(ctx)) || e.untold && !p.OfCommandLine()
	case *ssa.ChangeType:
		return p.doneSeenToCome(v.X)
	case *ssa.UnOp:
		if cell, ok := cellOf(v.X).(*ssa.Alloc); ok {
			if only := onlyStore(cell); only != nil {
				return p.doneSeenToCome(only)
			}
		}
	}
	return false
}

// endedFields are the fields in which the package stores contexts that it makes
// with a cancel or a deadline.
func (p *Package) endedFields() map[*types.Var]bool {
	if p.ended != nil {
		return p.ended
	}
	p.ended = make(map[*types.Var]bool)
	for _, body := range p.bodies() {
		for _, block := range body.Blocks {
			for _, instr := range block.Instrs {
				store, ok := instr.(*ssa.Store)
				if !ok || !IsContextLike(store.Val.Type()) {
					continue
				}
				field, ok := store.Addr.(*ssa.FieldAddr)
				if !ok {
					continue
				}
				for c := range p.ContextOf(store.Val).Up() {
					if c.Cancels {
						p.ended[fieldOf(field)] = true
					}
				}
			}
		}
	}
	return p.ended
}
