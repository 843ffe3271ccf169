package flow

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// paced reports whether it takes several runs of the sending function to fill
// the channel, of which the next may well be held back until a value is
// received: who starts them receives in between, or the channel lies in a
// field, so that its owner decides.
func (w waiter) paced(op *chanOp, c *channel, room int64) bool {
	weights := weigh(op.fn(), c.sends)
	if room == 0 || inLoop(op.instr.Block()) && !eachTurns(op) || int64(longest(op.fn(), weights)) > room {
		return false
	}
	if c.field {
		return len(c.receives) > 0
	}
	return slices.ContainsFunc(c.receives, func(r *chanOp) bool {
		own := w.starts(r.fn(), op.fn())
		for _, sender := range functionsOf(c.sends) {
			for _, site := range w.starts(r.fn(), sender) {
				if slices.ContainsFunc(own, func(own ssa.CallInstruction) bool { return between(own, r.instr, site) || between(site, r.instr, own) }) {
					return true
				}
			}
		}
		return false
	})
}

// between reports whether control can come from a to b by way of mid.
func between(a, mid, b ssa.Instruction) bool { return comesTo(a, mid) && comesTo(mid, b) }

func comesTo(a, b ssa.Instruction) bool {
	return reaches(a.Block(), b.Block()) || a.Block() == b.Block() && indexOf(a) < indexOf(b)
}

// eachTurns reports whether a send in a loop is, in each turn, to the channel
// of another value: one that the turn received or took out of a container.
func eachTurns(op *chanOp) bool {
	loop := regionOf(op.instr.Block())
	for v := channelAt(op); ; {
		switch x := v.(type) {
		case *ssa.UnOp:
			if x.Op == token.ARROW {
				return loop.blocks[x.Block()]
			}
			v = x.X
		case *ssa.FieldAddr:
			v = x.X
		case *ssa.Field:
			v = x.X
		case *ssa.Extract:
			switch from := x.Tuple.(type) {
			case *ssa.Next, *ssa.Select:
				return loop.blocks[x.Block()]
			case *ssa.UnOp:
				v = from
			default:
				return false
			}
		case *ssa.IndexAddr, *ssa.Lookup:
			return loop.blocks[x.(ssa.Instruction).Block()]
		default:
			return false
		}
	}
}

// oneEach reports whether fn starts the sender once, and receives in block
// before it starts it again: then nothing is on its way behind block.
func (w waiter) oneEach(fn *ssa.Function, op *chanOp, c *channel, block *ssa.BasicBlock) bool {
	starts := w.starts(fn, op.fn())
	return len(starts) == 1 && inLoop(starts[0].Block()) && loopsThrough(starts[0].Block(), block) &&
		!inLoop(op.instr.Block()) && longest(op.fn(), weigh(op.fn(), c.sends)) == 1
}

// served reports whether all receives of a channel stand in loops that wait for
// other things as well.
func served(c *channel) bool {
	return !slices.ContainsFunc(c.receives, func(r *chanOp) bool {
		sel, ok := r.instr.(*ssa.Select)
		return !ok || !sel.Blocking || !inLoop(sel.Block())
	})
}
