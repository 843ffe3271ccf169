package flow

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// Spin is a case of a select in a loop that receives from a channel which gets
// closed, and comes back to the select all the same: from the close on it is
// always ready.
type Spin struct {
	Select *ssa.Select
	Case   int
	Asks   bool   // the case asks whether the channel is closed, and goes on
	Closes []Step // where it gets closed; none if that isn't in view
	Signal bool   // nobody in view sends to it: its close is what it tells
	Owner  bool   // only a method of its owner closes it that nobody in view calls
	Beside bool   // what gave the channel, out of view, gave another one as well, whose case leaves
	Alone  bool   // all other cases leave the loop: without this one it has nothing to do
}

// Spins returns the cases of body at which its loops spin after a close, in
// source order. Cases that leave by what a closed channel yields, and
// channels that are closed only when the loop is over, are not among them.
func (p *Package) Spins(body *ssa.Function) []Spin {
	var out []Spin
	w := waiter{p: p, g: p.channels()}
	for _, block := range body.Blocks {
		for _, instr := range block.Instrs {
			sel, ok := instr.(*ssa.Select)
			if !ok || !sel.Blocking || !inLoop(block) {
				continue
			}
			around := regionOf(block)
			for i, st := range sel.States {
				if st.Dir != types.RecvOnly {
					continue
				}
				s := &spinner{waiter: w, sel: sel, index: i, ch: st.Chan, visited: make(map[*ssa.BasicBlock]bool), around: around}
				if spin, ok := s.spin(); ok {
					out = append(out, spin)
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Spin) int {
		return int(a.Select.States[a.Case].Pos) - int(b.Select.States[b.Case].Pos)
	})
	return out
}

// spinner follows one case with what it receives after the close.
type spinner struct {
	waiter
	sel     *ssa.Select
	index   int
	ch      ssa.Value
	visited map[*ssa.BasicBlock]bool
	back    []*ssa.BasicBlock // whence control comes back to the select
	leaves  bool
	around  *region
}

// loop is the loop around the select.
func (s *spinner) loop() *region { return s.around }

func (s *spinner) spin() (Spin, bool) {
	spin := Spin{Select: s.sel, Case: s.index}
	start := caseBlock(s.sel, s.index)
	if start == nil || s.isClock() || s.madeAnew() {
		return spin, false
	}
	c := s.g.channelOf(s.ch)
	spin.Asks, spin.Alone, spin.Beside = s.asks(), s.alone(), s.beside()
	spin.Signal = !c.unknown && len(c.sends) == 0
	spin.Closes = s.closes()
	spin.Owner = len(spin.Closes) > 0 && s.byOwner()
	if len(spin.Closes) == 0 && (s.heldUntilLeft() || !spin.Asks || !c.unknown && len(c.makes) > 0) {
		return spin, false
	}
	if start == s.sel.Block() {
		return spin, s.stays()
	}
	s.walk(start)
	return spin, !s.leaves && len(s.back) > 0 && s.stays() && !s.remembers()
}

// madeAnew reports whether each turn takes the channel out of a field for which
// an object that is there already gets another one at times: once closed, it is
// a gate that stands open.
func (s *spinner) madeAnew() bool {
	load, ok := s.ch.(*ssa.UnOp)
	if !ok || !s.around.has(load.Block()) {
		return false
	}
	if _, ok := load.X.(*ssa.FieldAddr); !ok {
		return false
	}
	makes := s.g.channelOf(s.ch).makes
	return len(makes) > 1 && slices.ContainsFunc(makes, replaces)
}

// replaces reports whether a new channel is stored in a field of something that
// its function didn't make.
func replaces(mk *ssa.MakeChan) bool {
	return slices.ContainsFunc(*mk.Referrers(), func(ref ssa.Instruction) bool {
		store, ok := ref.(*ssa.Store)
		if !ok {
			return false
		}
		field, ok := store.Addr.(*ssa.FieldAddr)
		return ok && baseFate(field, make(map[ssa.Value]bool)) == KeptElsewhere
	})
}

// remembers reports whether the case changes something that decides, in
// another turn, whether the loop goes on: a flag that another case asks for.
func (s *spinner) remembers() bool {
	loop := s.loop()
	changed := make(map[ssa.Value]bool)
	for block := range loop.blocks {
		for _, instr := range block.Instrs {
			switch instr := instr.(type) {
			case *ssa.Phi:
				if !s.samePhi(instr) {
					changed[instr] = true
				}
			case *ssa.Store:
				if s.visited[block] {
					changed[cellOf(instr.Addr)] = true
				}
			}
		}
	}
	for block := range loop.blocks {
		branch, ok := block.Instrs[len(block.Instrs)-1].(*ssa.If)
		if !ok || loop.has(block.Succs[0]) && loop.has(block.Succs[1]) {
			continue
		}
		for v := range changed {
			if depends(branch.Cond, v) {
				return true
			}
		}
	}
	return false
}

// alone reports whether every other case leaves the loop.
func (s *spinner) alone() bool {
	for i, st := range s.sel.States {
		if i != s.index && (st.Dir == types.SendOnly || !s.leadsOut(i)) {
			return false
		}
	}
	return true
}

func (s *spinner) isClock() bool {
	c := s.g.channelOf(s.ch)
	return c.outside == fromTimer || c.outside == fromTicker || c.outside == fromDone || c.signal
}

// recvOk and received are what the select tells of the case's receive.
func (s *spinner) extract(index int) ssa.Value {
	for _, ref := range *s.sel.Referrers() {
		if e, ok := ref.(*ssa.Extract); ok && e.Index == index {
			return e
		}
	}
	return nil
}

func (s *spinner) received() ssa.Value {
	index := 2
	for _, st := range s.sel.States[:s.index] {
		if st.Dir == types.RecvOnly {
			index++
		}
	}
	return s.extract(index)
}

// asks reports whether the case itself branches on whether the channel was
// closed.
func (s *spinner) asks() bool {
	ok := s.extract(1)
	if ok == nil {
		return false
	}
	start := caseBlock(s.sel, s.index)
	found := false
	for _, ref := range *ok.Referrers() {
		block := ref.Block()
		found = found || block == start || start.Dominates(block)
	}
	return found
}

// walk follows control from the case until it is back at the select, or out
// of the loop.
func (s *spinner) walk(block *ssa.BasicBlock) {
	if s.visited[block] || s.leaves {
		return
	}
	s.visited[block] = true
	for _, instr := range block.Instrs {
		if s.pauses(instr) {
			s.leaves = true
			return
		}
	}
	last := block.Instrs[len(block.Instrs)-1]
	switch last.(type) {
	case *ssa.Return, *ssa.Panic:
		s.leaves = true
		return
	}
	loop := s.loop()
	for i, succ := range block.Succs {
		branch, ok := last.(*ssa.If)
		if ok && s.ruledOut(branch.Cond, i == 0) {
			continue
		}
		if ok && !loop.has(succ) && (saysDone(branch.Cond, i == 0) || s.pollsStop(branch.Cond, i == 0)) {
			continue // it spins until its context is done, or it is told to stop
		}
		switch {
		case succ == s.sel.Block():
			s.back = append(s.back, block)
			s.visited[succ] = true
		case !loop.has(succ):
			s.leaves = true
			return
		default:
			s.walk(succ)
		}
	}
	if s.visited[s.sel.Block()] {
		// What stands before the select in its own block runs as well.
		for _, instr := range s.sel.Block().Instrs {
			if instr == ssa.Instruction(s.sel) {
				break
			}
			if s.pauses(instr) {
				s.leaves = true
			}
		}
	}
}

// ruledOut reports whether a closed channel's zero value decides against a
// branch.
func (s *spinner) ruledOut(cond ssa.Value, taken bool) bool {
	cond, taken = stripNot(cond, taken)
	if cond == s.extract(1) {
		return taken
	}
	if cond == s.received() {
		return taken // false is the zero value
	}
	compare, ok := cond.(*ssa.BinOp)
	if !ok {
		return false
	}
	if x := comparedWithZero(compare); x != nil && x == s.received() {
		return taken != (compare.Op == token.EQL)
	}
	return false
}

// pauses reports whether an instruction waits for something: then the loop
// turns, but not as fast as it can.
func (s *spinner) pauses(instr ssa.Instruction) bool {
	switch instr := instr.(type) {
	case *ssa.Send:
		return true
	case *ssa.UnOp:
		return instr.Op == token.ARROW
	case *ssa.Select:
		return instr.Blocking && instr != s.sel
	case *ssa.Call:
		callee := Callee(instr.Common())
		if callee == nil {
			return false
		}
		switch callee.Name() {
		case "Sleep", "Wait":
			return true
		}
		return s.p.NoReturn(callee)
	}
	return false
}

// leadsOut reports whether a case can leave the loop.
func (s *spinner) leadsOut(i int) bool {
	block := caseBlock(s.sel, i)
	if block == nil {
		return false
	}
	other := &spinner{waiter: s.waiter, sel: s.sel, index: i, ch: s.sel.States[i].Chan, visited: make(map[*ssa.BasicBlock]bool), around: s.around}
	if !s.loop().has(block) {
		return true
	}
	other.walk(block)
	return other.leaves
}
