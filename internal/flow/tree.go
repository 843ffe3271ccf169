package flow

import (
	"encoding/binary"
	"go/token"
	"go/types"
	"iter"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// ContextKind says how a context comes into a function.
type ContextKind uint8

const (
	ContextUnknown ContextKind = iota // the result of a call, or some place, that isn't followed
	ContextRoot                       // context.Background, TODO or WithoutCancel, or a wrapper of one
	ContextParam                      // a parameter
	ContextDerived                    // made from another one
	ContextField                      // what a field holds
	ContextRequest                    // what r.Context() or t.Context() returns
	ContextJoined                     // one of several, by the path that was taken
)

// Context is a node of the derivation tree: one place that makes, or brings
// in, a context. Equal places have one node, so that nodes can be compared.
type Context struct {
	Kind    ContextKind
	Value   ssa.Value // what it is first: a parameter, the result of the derivation, a field load…
	Call    *ssa.Call // the call that made it (ContextRoot, ContextDerived), else nil
	Via     string    // "context.WithTimeout", or the wrapper's full name
	Parent  *Context  // what it derives from; nil for all but ContextDerived
	Cancels bool      // this derivation adds a cancel, a deadline or a timeout
	Cancel  ssa.Value // the CancelFunc result of the same call, or nil

	Options []*Context // of a ContextJoined: what it can be, none of them joined

	cell ssa.Value  // of a ContextJoined: the variable, if it is one in memory
	held *types.Var // of a ContextField: the field
}

// tree is the derivation tree of a package, built where it is asked for.
type tree struct {
	p        *Package
	nodes    map[ssa.Value]*Context
	joined   map[string]*Context // of variables in memory, by the assignments that they can have
	held     map[place]*Context  // by the field, the request or the variable
	cells    map[*Func]*cells
	mentions map[*Func]*mentions
	learned  map[*ssa.Function]*learning
	needs    map[*ssa.Parameter]ContextNeed
	declared map[declaredKey]ContextNeed
	pending  map[any]bool // parameters and declaredKeys whose need is being found
	ids      map[any]int
}

// place is something that holds a context: a field of a value, a request.
type place struct {
	in   ssa.Value
	held types.Object
}

func (p *Package) tree() *tree {
	if p.contexts == nil {
		p.contexts = &tree{
			p: p, nodes: make(map[ssa.Value]*Context), joined: make(map[string]*Context), held: make(map[place]*Context),
			cells: make(map[*Func]*cells), mentions: make(map[*Func]*mentions), learned: make(map[*ssa.Function]*learning),
			needs: make(map[*ssa.Parameter]ContextNeed), declared: make(map[declaredKey]ContextNeed), pending: make(map[any]bool), ids: make(map[any]int),
		}
	}
	return p.contexts
}

// ContextOf returns the node of the context v, a joined one where it depends
// on the path; nil if v is always nil.
func (p *Package) ContextOf(v ssa.Value) *Context { return p.tree().node(v) }

// ContextsOf returns all that v can be, through branches, variables and
// captured variables; nil if that isn't known.
func (p *Package) ContextsOf(v ssa.Value) []*Context {
	c := p.tree().node(v)
	switch {
	case c == nil:
		return nil
	case c.Kind == ContextJoined:
		return c.Options
	}
	return []*Context{c}
}

// Field is the field that a ContextField was read from, nil for other kinds.
func (c *Context) Field() *types.Var {
	if c.Kind != ContextField {
		return nil
	}
	return c.held
}

// Up yields c and what it derives from, nearest first, each once: the chain of
// a variable that is derived from itself is a circle.
func (c *Context) Up() iter.Seq[*Context] {
	return func(yield func(*Context) bool) {
		var seen []*Context
		for ; c != nil && !slices.Contains(seen, c); c = c.Parent {
			if !yield(c) {
				return
			}
			seen = append(seen, c)
		}
	}
}

// Under reports whether c is d or derives from it, on whatever path.
func (c *Context) Under(d *Context) bool { return c.under(d, nil) }

func (c *Context) under(d *Context, seen []*Context) bool {
	for ; c != nil; c = c.Parent {
		if c == d {
			return true
		}
		if slices.Contains(seen, c) {
			return c.Kind == ContextJoined // the other ways around the loop decide
		}
		seen = append(seen, c)
		if c.Kind == ContextJoined {
			for _, option := range c.Options {
				if !option.under(d, seen) {
					return false
				}
			}
			return len(c.Options) > 0
		}
	}
	return false
}

// Grows reports whether c derives, through the variable that holds it, from
// what the same derivation made in the turn before.
func (c *Context) Grows() bool {
	var meets func(d *Context, seen map[*Context]bool) bool
	meets = func(d *Context, seen map[*Context]bool) bool {
		for ; d != nil && !seen[d]; d = d.Parent {
			if d == c {
				return true
			}
			seen[d] = true
			if slices.ContainsFunc(d.Options, func(o *Context) bool { return meets(o, seen) }) {
				return true
			}
		}
		return false
	}
	return c.Kind == ContextDerived && meets(c.Parent, make(map[*Context]bool))
}

// node finds or makes the node of a value.
func (t *tree) node(v ssa.Value) *Context {
	v = bare(v)
	if v == nil || isNilConst(v) {
		return nil
	}
	if c, ok := t.nodes[v]; ok {
		return c
	}
	switch x := v.(type) {
	case *ssa.Parameter:
		return t.add(v, &Context{Kind: ContextParam, Value: v})
	case *ssa.Extract:
		if call, ok := x.Tuple.(*ssa.Call); ok {
			return t.result(v, call, x.Index)
		}
	case *ssa.Call:
		return t.result(v, x, 0)
	case *ssa.Phi:
		return t.join(v, "", nil)
	case *ssa.UnOp:
		if x.Op == token.MUL {
			return t.load(x)
		}
	case *ssa.Field:
		return t.holding(v, place{t.one(x.X), fieldAt(x.X.Type(), x.Field)}, ContextField)
	}
	return t.add(v, &Context{Value: v})
}

func (t *tree) add(v ssa.Value, c *Context) *Context {
	t.nodes[v] = c
	return c
}

// bare strips what doesn't change which context a value is.
func bare(v ssa.Value) ssa.Value {
	for {
		switch x := v.(type) {
		case *ssa.ChangeInterface:
			v = x.X
		case *ssa.MakeInterface:
			v = x.X
		case *ssa.ChangeType:
			v = x.X
		case *ssa.TypeAssert:
			if x.CommaOk {
				return v
			}
			v = x.X
		case *ssa.Extract:
			assert, ok := x.Tuple.(*ssa.TypeAssert)
			if !ok || x.Index != 0 {
				return v
			}
			v = assert.X
		default:
			return v
		}
	}
}

// load finds the node of what a variable or a field holds.
func (t *tree) load(load *ssa.UnOp) *Context {
	switch addr := load.X.(type) {
	case *ssa.FieldAddr:
		field := fieldAt(addr.X.Type().Underlying().(*types.Pointer).Elem(), addr.Field)
		return t.holding(load, place{t.one(addr.X), field}, ContextField)
	case *ssa.Global:
		return t.holding(load, place{nil, addr.Object()}, ContextUnknown)
	case *ssa.Alloc, *ssa.FreeVar:
		if stores, ok := t.reaching(load); ok {
			if len(stores) == 1 {
				return t.add(load, t.node(stores[0].Val))
			}
			var key []byte
			for _, s := range stores {
				key = binary.AppendUvarint(key, uint64(t.id(s)))
			}
			return t.join(load, string(key), t.rootOf(load.Parent(), addr))
		}
	}
	return t.add(load, &Context{Value: load})
}

// holding finds the node of a place that holds a context.
func (t *tree) holding(v ssa.Value, at place, kind ContextKind) *Context {
	c := t.held[at]
	if c == nil || at.held == nil {
		c = &Context{Kind: kind, Value: v}
		c.held, _ = at.held.(*types.Var)
		t.held[at] = c
	}
	return t.add(v, c)
}

// join makes the node of a value with several origins. Variables in memory
// have one node for each set of assignments, which is the key.
func (t *tree) join(v ssa.Value, key string, cell ssa.Value) *Context {
	if key != "" {
		if c := t.joined[key]; c != nil {
			return t.add(v, c)
		}
	}
	c := t.add(v, &Context{Kind: ContextJoined, Value: v, cell: cell})
	if key != "" {
		t.joined[key] = c
	}
	leaves, complete := t.leaves(v)
	if len(leaves) == 0 {
		return t.add(v, nil)
	}
	for _, leaf := range leaves {
		if option := t.node(leaf); option != nil && !slices.Contains(c.Options, option) {
			c.Options = append(c.Options, option)
		}
	}
	switch {
	case !complete:
		c.Kind, c.Options = ContextUnknown, nil
	case len(c.Options) == 1 && !c.Options[0].Grows():
		// Only where nothing asked for the node meanwhile can it be left out:
		// a derivation around the loop has it for its parent.
		if key != "" {
			t.joined[key] = c.Options[0]
		}
		return t.add(v, c.Options[0])
	}
	return c
}

// result makes the node of a result of a call.
func (t *tree) result(v ssa.Value, call *ssa.Call, result int) *Context {
	common := call.Common()
	callee := t.callee(common)
	if callee != nil && callee.Name() == "Context" && callee.Signature().Recv() != nil && len(common.Args) <= 1 {
		recv := common.Value
		if !common.IsInvoke() {
			recv = common.Args[0]
		}
		if isRequest(recv.Type()) || isTestingTB(recv.Type()) {
			return t.holding(v, place{t.one(recv), callee}, ContextRequest)
		}
	}
	s := t.p.SummaryOf(callee)
	if s != nil {
		for _, d := range s.Derives {
			if d.Result != result {
				continue
			}
			c := t.add(v, &Context{Kind: ContextRoot, Value: v, Call: call, Via: callee.Origin().FullName(), Cancels: d.Cancels})
			c.Cancel = cancelOf(call)
			if d.Param < 0 {
				return c
			}
			c.Kind = ContextDerived
			if arg := argument(common, d.Param); arg != nil {
				c.Parent = t.node(arg)
			}
			return c
		}
	}
	return t.add(v, &Context{Value: v})
}

// callee is the function that a call certainly reaches, also through a
// variable that holds it.
func (t *tree) callee(call *ssa.CallCommon) *types.Func {
	if fn := Callee(call); fn != nil || call.IsInvoke() {
		return fn
	}
	if fn, ok := t.one(call.Value).(*ssa.Function); ok {
		obj, _ := fn.Object().(*types.Func)
		return obj
	}
	return nil
}

// argument is the argument for parameter i, receivers first.
func argument(call *ssa.CallCommon, i int) ssa.Value {
	if call.IsInvoke() {
		if i == 0 {
			return call.Value
		}
		i--
	}
	if i < len(call.Args) {
		return call.Args[i]
	}
	return nil
}

// cancelOf returns the CancelFunc among the results of a call.
func cancelOf(call *ssa.Call) ssa.Value {
	for _, ref := range *call.Referrers() {
		if e, ok := ref.(*ssa.Extract); ok && IsCancelFunc(e.Type()) {
			return e
		}
	}
	return nil
}
