package flow

import (
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// scan adds the flows and operations of one body to the graph.
func (g *chanGraph) scan(fn *ssa.Function) {
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			g.instruction(instr)
		}
	}
}

func (g *chanGraph) instruction(instr ssa.Instruction) {
	switch instr := instr.(type) {
	case *ssa.Phi:
		for _, e := range instr.Edges {
			if isChan(instr.Type()) {
				flows(g.node(e), g.node(instr))
			} else {
				g.escape(e) // an address that is one of several
			}
		}
		return
	case *ssa.ChangeType:
		if isChan(instr.Type()) {
			flows(g.node(instr.X), g.node(instr))
			return
		}
	case *ssa.UnOp:
		if isChan(instr.X.Type()) { // a receive
			n := g.node(instr.X)
			n.receives = append(n.receives, &chanOp{instr: instr, state: -1})
			return
		}
		if isChanPointer(instr.X.Type()) {
			g.node(instr)
			return
		}
	case *ssa.Store:
		if isChan(instr.Val.Type()) {
			flows(g.node(instr.Val), g.cell(instr.Addr))
			return
		}
	case *ssa.Send:
		n := g.node(instr.Chan)
		n.sends = append(n.sends, &chanOp{instr: instr, state: -1})
		g.escape(instr.X)
		return
	case *ssa.Select:
		for i, st := range instr.States {
			n := g.node(st.Chan)
			op := &chanOp{instr: instr, state: i}
			if st.Dir == types.SendOnly {
				n.sends = append(n.sends, op)
				g.escape(st.Send)
			} else {
				n.receives = append(n.receives, op)
			}
		}
		return
	case *ssa.Return:
		for i, v := range instr.Results {
			if isChan(v.Type()) {
				flows(g.node(v), g.result(instr.Parent(), i))
			} else {
				g.escape(v)
			}
		}
		return
	case *ssa.MakeClosure:
		// Captured variables are followed by cellOf; a wrapper's receiver
		// is no channel of ours.
		for _, b := range instr.Bindings {
			if isChan(b.Type()) {
				g.escape(b)
			}
		}
		return
	case *ssa.MakeInterface:
		if isChan(instr.X.Type()) && g.becomes(instr) {
			return
		}
	case *ssa.FieldAddr, *ssa.Field, *ssa.Extract, *ssa.If, *ssa.DebugRef:
		return
	case *ssa.BinOp:
		return // a comparison
	case ssa.CallInstruction:
		g.call(instr)
		return
	}
	var operands [8]*ssa.Value
	for _, operand := range instr.Operands(operands[:0]) {
		g.escape(*operand)
	}
}

// call adds a call: arguments flow to a known callee's parameters and escape
// to an unknown one.
func (g *chanGraph) call(site ssa.CallInstruction) {
	common := site.Common()
	if b, ok := common.Value.(*ssa.Builtin); ok {
		switch b.Name() {
		case "close":
			_, deferred := site.(*ssa.Defer)
			n := g.node(common.Args[0])
			n.closes = append(n.closes, &chanOp{instr: site, state: -1, deferred: deferred})
		case "len", "cap", "print", "println":
		default:
			for _, arg := range common.Args {
				g.escape(arg)
			}
		}
		return
	}
	fns, complete := g.world.callees(common)
	for _, fn := range fns {
		for i, param := range fn.Params {
			if arg := givenTo(common, i); arg != nil && isChan(arg.Type()) {
				flows(g.node(arg), g.node(param))
			}
		}
	}
	callee := Callee(common)
	for i, arg := range common.Args {
		switch {
		case complete && isChan(arg.Type()):
		case i == 0 && Is(callee, "os/signal.Notify"):
			n := g.node(arg)
			n.signal = true
		case Is(callee, "os/signal.Stop"):
		default:
			g.escape(arg)
		}
	}
}

// becomes lets a channel with methods flow to their receivers where it becomes
// an interface of this package.
func (g *chanGraph) becomes(mk *ssa.MakeInterface) bool {
	named, ok := types.Unalias(mk.Type()).(*types.Named)
	if !ok || named.Obj().Pkg() != g.p.Pass.Pkg || !g.world.closed && named.Obj().Exported() {
		return false
	}
	methods := types.NewMethodSet(mk.X.Type())
	for sel := range methods.Methods() {
		fn, ok := sel.Obj().(*types.Func)
		f := g.p.byObj[fn.Origin()]
		if !ok || f == nil || len(f.SSA.Params) == 0 {
			return false
		}
		flows(g.node(mk.X), g.node(f.SSA.Params[0]))
	}
	return methods.Len() > 0
}

// escape marks a channel, or a variable that holds one, as known to code out
// of view.
func (g *chanGraph) escape(v ssa.Value) {
	switch {
	case v == nil:
	case isChan(v.Type()):
		if _, ok := v.(*ssa.Const); !ok {
			g.node(v).escapes = true
		}
	case isChanPointer(v.Type()):
		n := g.cell(v)
		n.escapes, n.source = true, fromElsewhere
	}
}
