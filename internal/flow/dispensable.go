package flow

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// Dispensable reports whether the goroutine may give up a wait once ctx is
// done, and nobody misses it: no other goroutine then waits for it, and no
// value that somebody still wants is lost.
func (p *Package) Dispensable(wait Wait, ctx LiveContext) bool {
	if ctx.Var == nil || ctx.Kind == LiveField {
		return false
	}
	d := &dispenser{waiter: waiter{p: p, g: p.channels()}, contexts: p.contextFlow(), ctx: ctx.Var, pos: wait.Pos}
	switch instr := wait.Instr.(type) {
	case *ssa.Send:
		return d.send(instr.Chan)
	case *ssa.UnOp:
		return d.receive(instr.X)
	case *ssa.Select:
		for _, st := range instr.States {
			if st.Dir == types.SendOnly && !d.send(st.Chan) || st.Dir == types.RecvOnly && !d.receive(st.Chan) {
				return false
			}
		}
		return true
	}
	return false
}

// dispenser decides for one wait and the context that it would listen to.
type dispenser struct {
	waiter
	contexts *contextFlow
	ctx      *types.Var
	pos      token.Pos
}

// receive reports whether every sender gives up as well. What lies in a buffer
// would be lost. A clock and package os/signal never wait.
func (d *dispenser) receive(ch ssa.Value) bool {
	c := d.g.channelOf(ch)
	if c.outside == fromTimer || c.outside == fromTicker {
		return true
	}
	if c.unknown || len(c.returned) > 0 {
		return false
	}
	if room, ok := d.g.room(c); len(c.sends) > 0 && (!ok || room > 0) {
		return false
	}
	return !slices.ContainsFunc(c.sends, func(s *chanOp) bool {
		sel, ok := s.instr.(*ssa.Select)
		return !ok || sel.Blocking && d.stopCase(sel) < 0
	})
}

// send reports whether every receiver leaves as well. One that is told the end
// by a close would take a part for the whole.
func (d *dispenser) send(ch ssa.Value) bool {
	c := d.g.channelOf(ch)
	if c.unknown || len(c.returned) > 0 || len(c.closes) > 0 {
		return false
	}
	return !slices.ContainsFunc(c.receives, func(r *chanOp) bool {
		sel, ok := r.instr.(*ssa.Select)
		if !ok || !sel.Blocking {
			return true
		}
		i := d.stopCase(sel)
		return i < 0 || regionOf(sel.Block()).has(caseBlock(sel, i))
	})
}

// stopCase returns the case of a select that is sure to be ready once the
// context is done, -1 if there is none.
func (d *dispenser) stopCase(sel *ssa.Select) int {
	same := d.contexts.chain(d.ctx, d.pos, false)
	return slices.IndexFunc(sel.States, func(st *ssa.SelectState) bool {
		if st.Dir != types.RecvOnly || d.g.channelOf(st.Chan).outside != fromDone {
			return false
		}
		heard := d.contexts.received(st.Pos)
		return heard != nil && slices.ContainsFunc(d.contexts.chain(heard, st.Pos, true), func(v *types.Var) bool {
			return slices.Contains(same, v)
		})
	})
}
