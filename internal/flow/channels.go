package flow

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// channel is what the package does with the channels that one expression can
// stand for. It is wholly known only where unknown is false: every maker,
// sender, receiver and closer is then in view.
type channel struct {
	makes    []*ssa.MakeChan
	sends    []*chanOp
	receives []*chanOp
	closes   []*chanOp

	unknown  bool            // comes from, or goes to, code out of view
	returned []*ssa.Function // handed to unknown callers by these functions
	signal   bool            // package os/signal sends to it
	outside  chanSource      // a source other than make
	field    bool            // held in a struct field or package variable
	counted  *int            // see waiter.sent
}

// chanSource is where a channel comes from, if not from make.
type chanSource uint8

const (
	fromMake chanSource = iota
	fromDone            // Done of a context
	fromTimer
	fromTicker
	fromElsewhere
)

// chanOp is one send, receive or close.
type chanOp struct {
	instr    ssa.Instruction
	state    int // the select case, -1 outside of a select
	deferred bool
}

func (op *chanOp) fn() *ssa.Function { return op.instr.Parent() }

// channelAt is the channel of an operation that is no close.
func channelAt(op *chanOp) ssa.Value {
	switch instr := op.instr.(type) {
	case *ssa.Send:
		return instr.Chan
	case *ssa.UnOp:
		return instr.X
	case *ssa.Select:
		return instr.States[op.state].Chan
	}
	return nil
}

// chanNode is a place that can hold a channel: an SSA value, a variable, a
// field, a result. Channels flow along the edges.
type chanNode struct {
	in, out []*chanNode

	made     *ssa.MakeChan
	source   chanSource
	escapes  bool
	returned *ssa.Function
	signal   bool
	field    bool

	sends, receives, closes []*chanOp

	class *channel
}

// resultKey is the place of a function's result.
type resultKey struct {
	fn *ssa.Function
	i  int
}

// chanGraph says how channels flow in a package. Struct fields stand for that
// field of all values of the type, generic types by their origin.
type chanGraph struct {
	p     *Package
	nodes map[any]*chanNode
	world *world
}

// channels builds the graph on first use.
func (p *Package) channels() *chanGraph {
	if p.chans == nil {
		p.chans = &chanGraph{p: p, nodes: make(map[any]*chanNode), world: p.callers()}
		for _, fn := range p.bodies() {
			p.chans.scan(fn)
		}
	}
	return p.chans
}

// bodies are all functions with a body, the package initialiser included.
func (p *Package) bodies() []*ssa.Function {
	var out []*ssa.Function
	if init := p.SSA.Func("init"); init != nil {
		out = append(out, init)
	}
	for _, f := range p.Funcs {
		out = append(out, f.Bodies...)
	}
	return out
}

// channelOf says what is known of the channel that v stands for.
func (g *chanGraph) channelOf(v ssa.Value) *channel {
	n := g.node(v)
	if n.class != nil {
		return n.class
	}
	c := new(channel)
	n.class = c
	sources := reach([]*chanNode{n}, func(n *chanNode) []*chanNode { return n.in })
	var makers []*chanNode
	for _, s := range sources {
		if s.source > c.outside {
			c.outside = s.source
		}
		if s.made != nil {
			c.makes = append(c.makes, s.made)
			makers = append(makers, s)
		}
	}
	c.unknown = c.outside != fromMake
	for _, d := range reach(makers, func(n *chanNode) []*chanNode { return n.out }) {
		c.unknown = c.unknown || d.escapes
		c.signal = c.signal || d.signal
		c.field = c.field || d.field
		if d.returned != nil {
			c.returned = append(c.returned, d.returned)
		}
		c.sends = append(c.sends, d.sends...)
		c.receives = append(c.receives, d.receives...)
		c.closes = append(c.closes, d.closes...)
	}
	if slices.ContainsFunc(c.makes, func(mk *ssa.MakeChan) bool { return !g.world.dead(mk.Parent()) }) {
		dead := func(op *chanOp) bool { return g.world.dead(op.fn()) }
		c.sends = slices.DeleteFunc(c.sends, dead)
		c.receives = slices.DeleteFunc(c.receives, dead)
		c.closes = slices.DeleteFunc(c.closes, dead)
	}
	return c
}

func reach(from []*chanNode, next func(*chanNode) []*chanNode) []*chanNode {
	seen := make(map[*chanNode]bool)
	for _, n := range from {
		seen[n] = true
	}
	for i := 0; i < len(from); i++ {
		for _, n := range next(from[i]) {
			if !seen[n] {
				seen[n] = true
				from = append(from, n)
			}
		}
	}
	return from
}

// room returns how many sends the channel takes without a receiver: the most
// that any make gives it. It is unknown where a capacity is worked out.
func (g *chanGraph) room(c *channel) (n int64, ok bool) {
	for _, mk := range c.makes {
		k, ok := g.most(mk.Size, 0)
		if !ok {
			return 0, false
		}
		n = max(n, k)
	}
	return n, len(c.makes) > 0
}

// most is the largest value of a constant, or of a parameter that all callers
// in view give constants.
func (g *chanGraph) most(v ssa.Value, depth int) (n int64, ok bool) {
	const deepest = 4
	switch v := v.(type) {
	case *ssa.Const:
		if v.Value == nil {
			return 0, false
		}
		return constant.Int64Val(constant.ToInt(v.Value))
	case *ssa.Convert:
		return g.most(v.X, depth)
	case *ssa.Parameter:
		fn := v.Parent()
		sites := g.world.sites[fn]
		if depth == deepest || !g.world.known(fn) || len(sites) == 0 {
			return 0, false
		}
		index := slices.Index(fn.Params, v)
		for _, site := range sites {
			arg := givenTo(site.Common(), index)
			if arg == nil {
				return 0, false
			}
			k, ok := g.most(arg, depth+1)
			if !ok {
				return 0, false
			}
			n = max(n, k)
		}
		return n, true
	}
	return 0, false
}

// node returns the place that v stands for.
func (g *chanGraph) node(v ssa.Value) *chanNode {
	if n := g.nodes[v]; n != nil {
		return n
	}
	n := new(chanNode)
	g.nodes[v] = n
	switch v := v.(type) {
	case *ssa.MakeChan:
		n.made = v
	case *ssa.Parameter:
		if !g.world.known(v.Parent()) {
			n.source = fromElsewhere
		}
	case *ssa.Const, *ssa.Phi, *ssa.ChangeType:
		// Nil never wakes anybody; the others have edges.
	case *ssa.UnOp:
		if v.Op == token.MUL {
			flows(g.cell(v.X), n)
		} else {
			n.source = fromElsewhere
		}
	case *ssa.Field:
		flows(g.fieldNode(fieldAt(v.X.Type(), v.Field)), n)
	case *ssa.Call:
		g.fromCall(v, 0, n)
	case *ssa.Extract:
		if call, ok := v.Tuple.(*ssa.Call); ok {
			g.fromCall(call, v.Index, n)
		} else {
			n.source = fromElsewhere
		}
	default:
		n.source = fromElsewhere
	}
	return n
}

func flows(from, to *chanNode) {
	from.out = append(from.out, to)
	to.in = append(to.in, from)
}

// fromCall lets result i of a call flow to n.
func (g *chanGraph) fromCall(call *ssa.Call, i int, n *chanNode) {
	common := call.Common()
	fns, complete := g.world.callees(common)
	for _, fn := range fns {
		flows(g.result(fn, i), n)
	}
	if complete {
		return
	}
	n.source = fromElsewhere
	switch callee := Callee(common); {
	case callee == nil:
	case callee.Name() == "Done" && common.Signature().Params().Len() == 0:
		n.source = fromDone
	case Is(callee, "time.After"):
		n.source = fromTimer
	case Is(callee, "time.Tick"):
		n.source = fromTicker
	}
}

func (g *chanGraph) result(fn *ssa.Function, i int) *chanNode {
	key := resultKey{fn, i}
	n := g.nodes[key]
	if n == nil {
		n = new(chanNode)
		g.nodes[key] = n
		if !g.world.known(fn) || len(g.world.sites[fn]) == 0 {
			n.returned = fn
		}
	}
	return n
}

// cell returns the place behind an address.
func (g *chanGraph) cell(addr ssa.Value) *chanNode {
	switch a := cellOf(addr).(type) {
	case *ssa.FieldAddr:
		return g.fieldNode(fieldAt(types.Unalias(a.X.Type()).Underlying().(*types.Pointer).Elem(), a.Field))
	case *ssa.Alloc:
		return g.variable(a, false)
	case *ssa.Global:
		return g.variable(a, !g.world.closed && a.Object() != nil && a.Object().Exported())
	default:
		return &chanNode{source: fromElsewhere, escapes: true}
	}
}

func (g *chanGraph) variable(key any, public bool) *chanNode {
	n := g.nodes[key]
	if n == nil {
		n = new(chanNode)
		if _, ok := key.(*ssa.Alloc); !ok {
			n.field = true
		}
		if public {
			n.source, n.escapes = fromElsewhere, true
		}
		g.nodes[key] = n
	}
	return n
}

func (g *chanGraph) fieldNode(field *types.Var) *chanNode {
	if field == nil {
		return &chanNode{source: fromElsewhere, escapes: true}
	}
	n := g.variable(field, field.Pkg() != g.p.Pass.Pkg || field.Exported() && !g.world.closed)
	if field.Pkg() != nil && field.Pkg().Path() == "time" && field.Name() == "C" {
		n.source = fromTicker
		if !isTicker(g.p, field) {
			n.source = fromTimer
		}
	}
	return n
}

// isTicker tells time.Ticker's C from time.Timer's.
func isTicker(p *Package, field *types.Var) bool {
	obj := field.Pkg().Scope().Lookup("Ticker")
	if obj == nil {
		return false
	}
	st, ok := obj.Type().Underlying().(*types.Struct)
	return ok && st.NumFields() > 0 && st.Field(0) == field
}

// fieldAt returns field i of a struct type, of its origin if it is generic.
func fieldAt(t types.Type, i int) *types.Var {
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	return st.Field(i).Origin()
}

func isChan(t types.Type) bool {
	_, ok := t.Underlying().(*types.Chan)
	return ok
}

func isChanPointer(t types.Type) bool {
	ptr, ok := t.Underlying().(*types.Pointer)
	return ok && isChan(ptr.Elem())
}
