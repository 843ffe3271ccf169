package flow

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// Wait is an operation on which a goroutine can wait for ever: whoever should
// answer it is in view, and isn't sure to do so.
type Wait struct {
	Kind   BlockKind
	Instr  ssa.Instruction
	Pos    token.Pos // of the operation; for a range over a channel, its for
	Reason string    // why nobody is sure to answer
	Steps  []Step
	Inner  *Block // of a BlockCall: the operation inside of the callee

	// Of a send: the one make of the channel and how many values it is ever
	// sent, if that can be counted and none of the sends is a case of a select,
	// which would choose otherwise if there were room.
	Make *ssa.MakeChan
	Sent int

	Makes       []*ssa.MakeChan // of a send: what makes the channel
	Outnumbered bool            // of a send: there are fewer receives than sends

	Handed  bool // the other end is held by callers out of view
	Lost    bool // of a receive: nothing in view ever sends or closes, or ends the loop that it stands in
	Kept    bool // of a send: the channel lies in a field or package variable
	Paced   bool // of a send: one run of its function leaves room, and whether others are under way at the same time isn't told
	Served  bool // of a send: whoever receives does so in a loop that waits for other things as well
	Endless bool // in a loop without a way out
	Signal  bool // only a signal of the operating system wakes it
	Certain bool // of a send: it waits whenever it is reached, as what would receive starts only behind it
	AtEnd   bool // of a send: all that is seen to make one of its receivers leave are signals, or contexts that nobody is seen to end
	Needed  bool // a receiver counts on this send: it would wait for ever if the sender left instead
}

// Step is a place that explains a [Wait].
type Step struct {
	Pos     token.Pos
	Message string
}

// Waits returns the operations of body on which it can wait for ever, in
// source order. Operations with a stop case, and those of which the package
// doesn't show the whole truth, are not among them.
func (p *Package) Waits(body *ssa.Function) []Wait {
	if !p.summarised {
		return p.findWaits(body)
	}
	known, ok := p.waits[body]
	if !ok {
		known = p.findWaits(body)
		for i := range known {
			known[i].Steps = slices.Clip(known[i].Steps)
		}
		if p.waits == nil {
			p.waits = make(map[*ssa.Function][]Wait)
		}
		p.waits[body] = known
	}
	return known
}

func (p *Package) findWaits(body *ssa.Function) []Wait {
	var out []Wait
	w := waiter{p: p, g: p.channels()}
	for _, block := range body.Blocks {
		for _, instr := range block.Instrs {
			if wait, ok := w.wait(instr); ok && !p.AfterDone(instr) {
				wait.Instr = instr
				if !wait.Pos.IsValid() {
					wait.Pos = instr.Pos()
				}
				out = append(out, wait)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Wait) int { return int(a.Pos) - int(b.Pos) })
	return out
}

// waiter decides whether operations wait for ever.
type waiter struct {
	p *Package
	g *chanGraph

	patient bool // receivers don't leave by what may well come at the end of the process alone
}

func (w waiter) wait(instr ssa.Instruction) (Wait, bool) {
	switch instr := instr.(type) {
	case *ssa.Send:
		return w.send(&chanOp{instr: instr, state: -1}, w.g.channelOf(instr.Chan))
	case *ssa.UnOp:
		if instr.Op == token.ARROW {
			return w.receive(instr)
		}
	case *ssa.Select:
		if instr.Blocking {
			return w.selection(instr)
		}
	case *ssa.Call:
		if method, recv := condCall(instr); method == "Wait" {
			return w.condWait(instr, recv)
		}
		return w.call(instr)
	}
	return Wait{}, false
}

// receive decides on a receive outside of a select.
func (w waiter) receive(instr *ssa.UnOp) (Wait, bool) {
	wait := Wait{Kind: BlockReceive}
	if isRange(instr) {
		wait.Kind = BlockRange
	}
	c := w.g.channelOf(instr.X)
	loop := regionOf(instr.Block())
	if c.outside == fromTicker || c.outside == fromTimer {
		wait.Reason = "stopping a ticker doesn't close its channel"
		if c.outside == fromTimer {
			wait.Reason = "the loop has no way out"
		}
		return wait, loop.endless(w, false)
	}
	return w.unanswered(wait, &chanOp{instr: instr, state: -1}, c, loop)
}

// unanswered decides whether a receive can wait for a sender in vain.
func (w waiter) unanswered(wait Wait, op *chanOp, c *channel, loop *region) (Wait, bool) {
	if c.unknown || len(c.makes) == 0 || len(c.returned) > 0 {
		return wait, false
	}
	if mu := w.lockedOut(op, channelAt(op), slices.Concat(c.sends, c.closes)); mu != "" {
		wait.Reason = "it holds " + mu + ", which who should answer takes as well"
		wait.Lost = true
		return wait, true
	}
	if end, ok := w.leftOpen(op, c); ok {
		wait.Reason = "the goroutine that closes it can end without doing so"
		wait.Steps = append(wait.Steps, Step{end, "it can end here"})
		return wait, true
	}
	if len(c.closes) > 0 || isSemaphore(c) {
		return wait, false
	}
	if c.signal {
		wait.Reason = "only a signal of the operating system wakes it"
		wait.Signal = true
		wait.Endless = loop.endless(w, true)
		return wait, true
	}
	if len(c.sends) == 0 {
		wait.Reason = "nobody sends to it or closes it"
		wait.Lost = true
		return wait, true
	}
	for _, s := range c.sends {
		if w.sameGoroutine(s.fn(), op.fn()) || w.sentBeforeStart(s, op) {
			return wait, false // its own token
		}
	}
	if loop.endless(w, true) {
		wait.Reason = "nobody closes it"
		wait.Lost = !c.field
		return wait, true
	}
	for _, s := range c.sends {
		if !w.givesUp(s) {
			return wait, false
		}
	}
	wait.Reason = "its sender stops when the context is done"
	for _, s := range c.sends {
		wait.Steps = append(wait.Steps, Step{s.instr.Pos(), "the sender can leave here without sending"})
	}
	return wait, true
}

// carriesSignals reports whether t is a channel of os.Signal.
func carriesSignals(t types.Type) bool {
	ch, ok := t.Underlying().(*types.Chan)
	return ok && types.TypeString(ch.Elem(), nil) == "os.Signal"
}

// givesUp reports whether a send stands in a select beside a context's Done.
func (w waiter) givesUp(op *chanOp) bool {
	sel, ok := op.instr.(*ssa.Select)
	if !ok {
		return false
	}
	for i, st := range sel.States {
		if i != op.state && st.Dir == types.RecvOnly && w.g.channelOf(st.Chan).outside == fromDone {
			return true
		}
	}
	return false
}

// selection decides on a select without default: it waits for ever if each of
// its cases can, and none of them says stop.
func (w waiter) selection(sel *ssa.Select) (Wait, bool) {
	wait := Wait{Kind: BlockSelect}
	if len(sel.States) == 0 {
		wait.Kind = BlockForever
		wait.Reason = "it has no cases"
		return wait, true
	}
	loop := regionOf(sel.Block())
	clocks, lost, stop := 0, 0, false
	for i, st := range sel.States {
		c := w.g.channelOf(st.Chan)
		op := &chanOp{instr: sel, state: i}
		leaves := !loop.has(caseBlock(sel, i))
		if c.outside == fromTimer || c.outside == fromTicker {
			if leaves {
				return wait, false
			}
			clocks++
			continue
		}
		if st.Dir == types.SendOnly {
			sent, ok := w.send(op, c)
			if !ok {
				return wait, false
			}
			wait.Reason, wait.Steps = sent.Reason, append(wait.Steps, sent.Steps...)
			wait.Handed, wait.Needed = wait.Handed || sent.Handed, wait.Needed || sent.Needed
			continue
		}
		if leaves && loop != nil && (len(c.sends) > 0 || c.signal) {
			return wait, false // what it receives says stop
		}
		received, ok := w.unanswered(wait, op, c, loop)
		if !ok {
			return wait, false
		}
		wait.Reason, wait.Steps = received.Reason, received.Steps
		if received.Lost {
			lost++
			stop = stop || leaves && loop != nil
		}
		if received.Signal || carriesSignals(st.Chan.Type()) {
			wait.Signal, wait.Endless = true, loop != nil
		}
	}
	if clocks > 0 && !loop.endless(w, false) {
		return wait, false
	}
	if wait.Reason == "" || clocks > 0 {
		wait.Reason = "the loop has no way out"
	} else if len(sel.States) > 1 {
		wait.Reason = "no case is sure to come"
	}
	if stop && lost < len(sel.States) {
		wait.Reason = "nothing ever comes on the channel by which it would leave"
	}
	wait.Lost = stop || lost == len(sel.States)
	return wait, true
}

// sameGoroutine reports whether two bodies certainly run in one goroutine as
// far as their channel operations concern each other: the same body, or a
// literal of it that isn't launched.
func (w waiter) sameGoroutine(a, b *ssa.Function) bool {
	return w.owner(a) == w.owner(b)
}

// sentBeforeStart reports whether the goroutine that receives is started only
// after the send: it takes back the token of who started it.
func (w waiter) sentBeforeStart(send, receive *chanOp) bool {
	if inLoop(receive.instr.Block()) {
		return false // of one token it takes several
	}
	launches := w.p.Launched(w.owner(receive.fn()))
	for _, l := range launches {
		if !onlyAfter(l.Site, send) {
			return false
		}
	}
	return len(launches) > 0
}

// onlyAfter reports whether an instruction is reached only after the operation.
func onlyAfter(instr ssa.Instruction, op *chanOp) bool {
	if instr.Parent() != op.fn() {
		return false
	}
	block := op.instr.Block()
	if sel, ok := op.instr.(*ssa.Select); ok && (len(sel.States) > 1 || !sel.Blocking) {
		chosen := caseBlock(sel, op.state)
		return chosen != nil && chosen != block && chosen.Dominates(instr.Block())
	}
	if block == instr.Block() {
		return slices.Index(block.Instrs, op.instr) < slices.Index(block.Instrs, instr)
	}
	return block.Dominates(instr.Block())
}

// owner is the outermost body that a literal runs in without a launch.
func (w waiter) owner(fn *ssa.Function) *ssa.Function {
	for fn.Parent() != nil && len(w.p.Launched(fn)) == 0 {
		fn = fn.Parent()
	}
	return fn
}
