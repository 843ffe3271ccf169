package flow

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// startsLater reports whether every receiver is a goroutine that is started
// only behind the send, in the function that sends, while the room that the
// channel has is taken already: then the send itself is in the way.
func (w waiter) startsLater(op *chanOp, c *channel, room int) bool {
	if len(c.receives) == 0 || op.state >= 0 || w.certain(op, c) <= room {
		return false
	}
	fn := op.fn()
	for _, receiver := range functionsOf(c.receives) {
		called := func(site ssa.CallInstruction) bool {
			_, launched := site.(*ssa.Go)
			return !launched
		}
		if receiver == fn || len(w.p.Launched(receiver)) == 0 || slices.ContainsFunc(w.g.world.sites[receiver], called) {
			return false
		}
		sites := w.starts(fn, receiver)
		if len(sites) == 0 {
			return false
		}
		for _, l := range w.p.Launched(receiver) {
			if l.Site.Parent() != fn {
				return false
			}
		}
		for _, site := range sites {
			if !after(op.instr, site.(ssa.Instruction)) {
				return false
			}
		}
	}
	return true
}

// after reports whether an instruction runs only behind another one of the
// same function, and never before it.
func after(first, then ssa.Instruction) bool {
	a, b := first.Block(), then.Block()
	if a == b {
		return slices.Index(a.Instrs, first) < slices.Index(b.Instrs, then) && !inLoop(a)
	}
	return a.Dominates(b) && !reaches(b, a)
}

// certain counts the sends that were certainly made when op has been, op
// included: those that come before it in its function, and in the only
// callers on the way up.
func (w waiter) certain(op *chanOp, c *channel) int {
	count := 1
	instr := op.instr
	for range 4 { // callers on the way up
		for _, s := range c.sends {
			if s.state < 0 && s.instr != op.instr && s.fn() == instr.Parent() && after(s.instr, instr) {
				count++
			}
		}
		sites := w.g.world.sites[instr.Parent()]
		if len(sites) != 1 || !w.g.world.known(instr.Parent()) {
			return count
		}
		call, ok := sites[0].(*ssa.Call)
		if !ok {
			return count
		}
		instr = call
	}
	return count
}
