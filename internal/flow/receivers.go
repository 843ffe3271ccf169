package flow

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// leavesFn looks for a way on which a function that receives leaves first, or
// before it has received all.
func (w waiter) leavesFn(fn *ssa.Function, op *chanOp, c *channel, values int) (token.Pos, bool) {
	exit, ok := w.leavesFirst(fn, op, c)
	if !ok && values > many/2 && (!c.field || inLoop(op.instr.Block())) { // many, less some room
		return w.leavesEarly(fn, op, c)
	}
	return exit, ok
}

// leavesPatiently reports whether a function leaves by something else than what
// may well come at the end of the process alone.
func (w waiter) leavesPatiently(fn *ssa.Function, op *chanOp, c *channel, values int) bool {
	if !w.hearsEnd(fn) {
		return true
	}
	w.patient = true
	_, ok := w.leavesFn(fn, op, c, values)
	return ok
}

// leavesFirst looks, in a function that receives, for a way from where the
// sender comes to be to a return that makes no receive.
func (w waiter) leavesFirst(fn *ssa.Function, op *chanOp, c *channel) (token.Pos, bool) {
	starts := w.starts(fn, op.fn())
	if len(starts) == 0 {
		if fn.Parent() != nil && len(w.p.Launched(fn)) == 0 {
			return token.NoPos, false // a deferred literal, a callback: a reaper
		}
		if fn == c.makes[0].Parent() {
			return token.NoPos, false
		}
		if len(w.p.Launched(fn)) == 0 && !serves(fn, c) {
			return token.NoPos, false // a method that receives once, when it is called
		}
		// The receiver runs beside the sender, from its start on.
		return w.leaves(fn, fn.Blocks[0], 0, c, op, nil)
	}
	if asked, ok := w.asked(op, fn); ok {
		for _, request := range asked {
			block, index := request.instr.Block(), indexOf(request.instr)+1
			if sel, ok := request.instr.(*ssa.Select); ok {
				if block, index = caseBlock(sel, request.state), 0; block == nil {
					continue
				}
			}
			if exit, ok := w.leaves(fn, block, index, c, op, nil); ok {
				return exit, true
			}
		}
		return token.NoPos, false
	}
	hands, own := handings(c, fn)
	for _, site := range starts {
		from := []ssa.Instruction{site}
		if own {
			if later, ok := heldBack(hands, site); ok {
				from = later
			}
		}
		for _, instr := range from {
			if exit, ok := w.leaves(fn, instr.Block(), indexOf(instr)+1, c, op, nil); ok {
				return exit, true
			}
		}
	}
	return token.NoPos, false
}

// asked returns the sends of fn by which it asks for each value that op sends:
// the sender comes to op only when it has received one of them.
func (w waiter) asked(op *chanOp, fn *ssa.Function) ([]*chanOp, bool) {
	at := op.instr.Block()
	loop := regionOf(at)
	for b := at; b != nil && (loop == nil || loop.has(b)); b = b.Idom() {
		for _, instr := range b.Instrs {
			if instr == op.instr {
				break
			}
			var from ssa.Value
			switch instr := instr.(type) {
			case *ssa.UnOp:
				if instr.Op == token.ARROW {
					from = instr.X
				}
			case *ssa.Select:
				for i, st := range instr.States {
					if start := caseBlock(instr, i); st.Dir == types.RecvOnly && start != nil && start != b && (start == at || start.Dominates(at)) {
						from = st.Chan
					}
				}
			}
			if from == nil {
				continue
			}
			d := w.g.channelOf(from)
			if !d.unknown && !d.signal && len(d.returned) == 0 && len(d.closes) == 0 && len(d.sends) > 0 && !slices.ContainsFunc(d.sends, func(s *chanOp) bool { return s.fn() != fn }) {
				return d.sends, true
			}
		}
	}
	return nil, false
}

// serves reports whether all receives of fn stand in a loop or a select: it is
// called to take what comes.
func serves(fn *ssa.Function, c *channel) bool {
	for _, r := range c.receives {
		if r.fn() == fn && r.state < 0 && !inLoop(r.instr.Block()) {
			return false
		}
	}
	return true
}

// leavesEarly looks for a way out of a loop that receives, after a receive and
// not by the loop's own condition, to a return: not all that is sent is
// received then. Where one goroutine sends it all and can end, it may well
// have sent a value that told the receiver to leave.
func (w waiter) leavesEarly(fn *ssa.Function, op *chanOp, c *channel) (token.Pos, bool) {
	if _, ok := w.asked(op, fn); ok {
		return token.NoPos, false
	}
	for _, r := range c.receives {
		if r.fn() != fn || !inLoop(r.instr.Block()) {
			continue
		}
		block, index := r.instr.Block(), slices.Index(r.instr.Block().Instrs, r.instr)+1
		if sel, ok := r.instr.(*ssa.Select); ok {
			block, index = caseBlock(sel, r.state), 0
		}
		if block == nil || w.oneEach(fn, op, c, block) {
			continue
		}
		var told ssa.Value
		if loop := regionOf(op.instr.Block()); loop != nil && !loop.endless(w, false) || loop == nil && w.startedOnce(op.fn()) {
			told = r.instr.(ssa.Value)
		}
		if exit, ok := w.leaves(fn, block, index, c, op, told); ok {
			return exit, true
		}
	}
	return token.NoPos, false
}

// hearsEnd reports whether a function has a case that comesAtEnd is about.
func (w waiter) hearsEnd(fn *ssa.Function) bool {
	for _, block := range fn.Blocks {
		if branch, ok := block.Instrs[len(block.Instrs)-1].(*ssa.If); ok && w.comesAtEnd(branch.Cond) {
			return true
		}
	}
	return false
}

// comesAtEnd reports whether a condition chooses the case of a select that is
// ready once a signal comes, or once a context is done that nothing shows to
// end: for all that is known the process ends then.
func (w waiter) comesAtEnd(cond ssa.Value) bool {
	compare, ok := cond.(*ssa.BinOp)
	if !ok {
		return false
	}
	sel, i := dispatch(compare)
	if sel == nil || i < 0 || i >= len(sel.States) || sel.States[i].Dir != types.RecvOnly {
		return false
	}
	ch := sel.States[i].Chan
	if isDoneChan(ch) {
		return w.p.serving(sel) && !w.p.doneSeenToCome(ch) // who waits for a result gives up, and goes on
	}
	c := w.g.channelOf(ch)
	return c.signal && len(c.sends) == 0
}

// serving reports whether a select stands in a loop that ends by nothing but
// cases of a select.
func (p *Package) serving(sel *ssa.Select) bool {
	known, ok := p.lasting[sel]
	if !ok {
		if p.lasting == nil {
			p.lasting = make(map[*ssa.Select]bool)
		}
		known = servesOn(sel)
		p.lasting[sel] = known
	}
	return known
}

func servesOn(sel *ssa.Select) bool {
	loop := regionOf(sel.Block())
	if loop == nil {
		return false
	}
	for block := range loop.blocks {
		branch, ok := block.Instrs[len(block.Instrs)-1].(*ssa.If)
		if !ok || loop.has(block.Succs[0]) && loop.has(block.Succs[1]) {
			continue
		}
		compare, ok := branch.Cond.(*ssa.BinOp)
		if !ok {
			return false
		}
		if chosen, _ := dispatch(compare); chosen == nil {
			return false
		}
	}
	return true
}
