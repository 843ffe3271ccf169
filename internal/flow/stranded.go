package flow

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// ReceiverLeaves is the reason of a wait for receivers that can all leave.
const ReceiverLeaves = "its receiver can leave first"

// send decides whether a send can wait for a receiver in vain: the channel has
// too little room, and every receiver that is in view can leave first.
func (w waiter) send(op *chanOp, c *channel) (Wait, bool) {
	wait := Wait{Kind: BlockSend, Kept: c.field, Makes: c.makes}
	room, ok := w.g.room(c)
	if !ok || c.unknown {
		return wait, false
	}
	if w.startsLater(op, c, int(room)) {
		wait.Reason = "its receiver starts only afterwards"
		wait.Needed, wait.Certain = true, true
		for _, r := range c.receives {
			wait.Steps = append(wait.Steps, Step{r.pos(), "this receive comes too late"})
		}
		return wait, true
	}
	sent := w.sent(c)
	if w.hasRoom(op, c, sent, room) {
		return wait, false
	}
	for _, r := range c.receives {
		if w.sameGoroutine(r.fn(), op.fn()) || w.calledOnlyBy(op.fn(), r.fn()) {
			return wait, false // a semaphore, or its own token
		}
	}
	if w.inTime(op, c, int(room)) || w.fresh(op, c, room) {
		return wait, false
	}
	wait.Needed, wait.Paced, wait.Served = w.needed(op, c), w.paced(op, c, room), served(c)
	if len(c.returned) == 0 {
		if mu := w.lockedOut(op, channelAt(op), c.receives); mu != "" {
			wait.Reason = "it holds " + mu + ", which its receiver takes as well"
			return wait, true
		}
	}
	if sent < many && !slices.ContainsFunc(c.sends, func(s *chanOp) bool { return s.state >= 0 }) {
		wait.Make, wait.Sent = c.makes[0], sent
	}
	if site := w.thrownAway(op, c); site != nil {
		wait.Reason = "nobody receives from it, as it is thrown away"
		wait.Steps = []Step{{site.Pos(), "the channel is thrown away here"}}
		return wait, true
	}
	switch {
	case len(c.receives) > 0:
		return w.outnumbered(wait, op, c, sent-int(room))
	case len(c.returned) > 0:
		wait.Reason = "the caller who holds it can stop receiving"
		wait.Handed = true
		for _, fn := range c.returned {
			if len(w.starts(fn, op.fn())) == 0 {
				return wait, false
			}
		}
		return wait, true
	}
	wait.Reason = "nobody receives from it"
	return wait, true
}

// hasRoom reports whether the channel takes all that is sent, as far as that
// can be told: an answer to one request at a time counts as one. Where nobody
// ever receives, room only helps those who come first.
func (w waiter) hasRoom(op *chanOp, c *channel, sent int, room int64) bool {
	looped := inLoop(op.instr.Block())
	switch {
	case room == 0:
		return false
	case int64(sent) <= room, sent == unsure:
		return true
	case c.field && len(c.receives) == 0:
		return !w.overfills(c, int(room))
	case c.field && room == 1:
		return !w.notifies(op, c)
	case looped && boundedBy(op.instr.Block(), room):
		return !c.field || slices.ContainsFunc(c.makes, func(mk *ssa.MakeChan) bool { return filledAsMade(mk, op.instr) })
	case c.field:
		return !looped
	}
	for _, site := range w.starts(c.makes[0].Parent(), op.fn()) {
		if boundedBy(site.Block(), room) || !looped && room > 1 && byElement(site.Block()) {
			return true
		}
	}
	return false
}

// filledAsMade reports whether each pass through the make leads to the one loop
// that sends.
func filledAsMade(mk *ssa.MakeChan, send ssa.Instruction) bool {
	if mk.Parent() != send.Parent() || !mk.Block().Dominates(send.Block()) {
		return false
	}
	loops := 0
	for _, l := range naturalLoops(send.Parent()) {
		if l.blocks[send.Block()] && !l.blocks[mk.Block()] {
			loops++
		}
	}
	return loops == 1
}

// byElement reports whether the loop around a block goes over the elements of
// something: who makes room for several values knows how many there are.
func byElement(block *ssa.BasicBlock) bool {
	loop := regionOf(block)
	if loop == nil {
		return false
	}
	for b := range loop.blocks {
		branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		switch cond := branch.Cond.(type) {
		case *ssa.Extract:
			if _, ok := cond.Tuple.(*ssa.Next); ok && cond.Index == 0 {
				return true
			}
		case *ssa.BinOp:
			if call, ok := cond.Y.(*ssa.Call); ok {
				if builtin, ok := call.Call.Value.(*ssa.Builtin); ok && builtin.Name() == "len" {
					return true
				}
			}
		}
	}
	return false
}

// notifies reports whether a send is made over and over to a loop: with room
// for one value the next but one waits. Who makes the channel and receives from
// it waits for the answer to one request.
func (w waiter) notifies(op *chanOp, c *channel) bool {
	asks := func(r *chanOp) bool {
		return !inLoop(r.instr.Block()) || slices.ContainsFunc(c.makes, func(mk *ssa.MakeChan) bool { return mk.Parent() == r.fn() })
	}
	return !slices.ContainsFunc(c.receives, asks) &&
		!w.sameGoroutine(c.receives[0].fn(), op.fn()) && w.repeats(op.fn(), make(map[*ssa.Function]bool))
}

// repeats reports whether the package calls a function in a loop, or what leads
// to it.
func (w waiter) repeats(fn *ssa.Function, seen map[*ssa.Function]bool) bool {
	if seen[fn] {
		return false
	}
	seen[fn] = true
	sites := slices.Clone(w.g.world.sites[fn])
	for _, l := range w.p.Launched(fn) {
		sites = append(sites, l.Site)
	}
	return slices.ContainsFunc(sites, func(site ssa.CallInstruction) bool {
		return inLoop(site.Block()) || w.repeats(site.Parent(), seen)
	})
}

// outnumbered decides on a send whose receivers are all in view: they take
// fewer values than are sent, or each of them can leave first.
func (w waiter) outnumbered(wait Wait, op *chanOp, c *channel, values int) (Wait, bool) {
	if len(c.returned) > 0 {
		return wait, false
	}
	if values <= many {
		if short := w.short(c, values); short != nil {
			wait.Reason, wait.Outnumbered = "fewer values are received than sent", true
			wait.Steps = []Step{*short}
			return wait, true
		}
	}
	for _, fn := range functionsOf(c.receives) {
		if closesAsItLeaves(c, fn) {
			return wait, false // the send panics then
		}
		exit, ok := w.leavesFn(fn, op, c, values)
		if !ok {
			return wait, false
		}
		wait.Steps = append(wait.Steps, Step{exit, "the receiver can leave here"})
		wait.AtEnd = wait.AtEnd || !w.leavesPatiently(fn, op, c, values)
	}
	wait.Reason = ReceiverLeaves
	return wait, true
}

// closesAsItLeaves reports whether a function has deferred a close of the
// channel.
func closesAsItLeaves(c *channel, fn *ssa.Function) bool {
	return slices.ContainsFunc(c.closes, func(cl *chanOp) bool { return cl.deferred && cl.fn() == fn })
}

// boundedBy reports whether the loop around a block compares something with a
// constant that the room is enough for.
func boundedBy(block *ssa.BasicBlock, room int64) bool {
	loop := regionOf(block)
	if loop == nil {
		return false
	}
	for b := range loop.blocks {
		branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		if compare, ok := branch.Cond.(*ssa.BinOp); ok {
			if k, ok := compare.Y.(*ssa.Const); ok && k.Value != nil && k.Value.Kind() == constant.Int && k.Int64() > 1 && k.Int64() <= room {
				return true
			}
		}
	}
	return false
}

// needed reports whether some receiver has no way on but by a send, or by a
// close that comes all the same when the sender leaves.
func (w waiter) needed(op *chanOp, c *channel) bool {
	closes := slices.ContainsFunc(c.closes, func(cl *chanOp) bool {
		return cl.deferred || !w.sameGoroutine(cl.fn(), op.fn()) || inLoop(op.instr.Block())
	})
	if len(c.returned) > 0 {
		// Who reads a stream that is never closed has to stop by other means.
		return !closes && (len(c.closes) > 0 || !inLoop(op.instr.Block()))
	}
	for _, r := range c.receives {
		switch instr := r.instr.(type) {
		case *ssa.UnOp:
			if !instr.CommaOk || !closes {
				return true
			}
		case *ssa.Select:
			if instr.Blocking && !slices.ContainsFunc(instr.States, func(st *ssa.SelectState) bool {
				other := w.g.channelOf(st.Chan)
				return st.Dir == types.RecvOnly && (other.outside != fromMake || len(other.closes) > 0 && other != c)
			}) {
				return true
			}
		}
	}
	return false
}

func functionsOf(ops []*chanOp) []*ssa.Function {
	var out []*ssa.Function
	for _, op := range ops {
		if !slices.Contains(out, op.fn()) {
			out = append(out, op.fn())
		}
	}
	return out
}

// short reports that all receives together are fewer than the values that
// have to be received, and where the last receive stands.
func (w waiter) short(c *channel, values int) *Step {
	fns := functionsOf(c.receives)
	if c.field || len(fns) != 1 || fns[0] != c.makes[0].Parent() {
		return nil
	}
	weights := weigh(fns[0], c.receives)
	for block := range weights {
		if repeats(block, c.makes[0]) {
			return nil
		}
	}
	if longest(fns[0], weights) < values {
		return &Step{c.receives[len(c.receives)-1].pos(), "only this many values are received"}
	}
	return nil
}

func (op *chanOp) pos() token.Pos {
	if sel, ok := op.instr.(*ssa.Select); ok && op.state >= 0 {
		return sel.States[op.state].Pos
	}
	return op.instr.Pos()
}
