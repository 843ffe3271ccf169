package flow

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// leaves looks for a way from an instruction to a return on which nothing is
// received from c. The normal end of a loop that receives counts as having
// received: it was meant to take what there is. A way that is chosen by the
// value told isn't followed, nor one behind a receive by which the sender says
// that it has ended, nor the failure of the call that would have started the
// sender.
func (w waiter) leaves(fn *ssa.Function, block *ssa.BasicBlock, index int, c *channel, op *chanOp, told ssa.Value) (token.Pos, bool) {
	s := &search{p: w.p, w: w, op: op, told: told, starts: w.starts(fn, op.fn()), plain: make(map[ssa.Instruction]bool), served: make(map[*ssa.BasicBlock]bool), loops: make(map[*ssa.BasicBlock]bool)}
	for _, r := range c.receives {
		if r.fn() != fn {
			continue
		}
		if v, ok := r.instr.(ssa.Value); ok {
			s.received = append(s.received, v)
		}
		if sel, ok := r.instr.(*ssa.Select); ok {
			if b := caseBranch(sel, r.state); b != nil {
				s.served[b] = true
			}
		} else {
			s.plain[r.instr] = true
		}
		if loop := regionOf(r.instr.Block()); loop != nil {
			for b := range loop.blocks {
				s.loops[b] = true
			}
		}
	}
	w.addEnds(s, fn, op)
	s.known = decisionsAt(block)
	return s.walk(block, index)
}

// addEnds adds to what serves the sender the receives from channels on which
// it tells its end, be it by a value or by closing them.
func (w waiter) addEnds(s *search, fn *ssa.Function, op *chanOp) {
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			switch instr := instr.(type) {
			case *ssa.UnOp:
				if instr.Op == token.ARROW && w.tellsEnd(op, w.g.channelOf(instr.X)) {
					s.plain[instr] = true
				}
			case *ssa.Select:
				for i, st := range instr.States {
					if st.Dir == types.RecvOnly && w.tellsEnd(op, w.g.channelOf(st.Chan)) {
						if b := caseBranch(instr, i); b != nil {
							s.served[b] = true
						}
					}
				}
			}
		}
	}
}

// tellsEnd reports whether all that a channel ever tells is that the sender of
// op doesn't come to op any more.
func (w waiter) tellsEnd(op *chanOp, d *channel) bool {
	ends := slices.Concat(d.sends, d.closes)
	if d.unknown || d.signal || len(ends) == 0 {
		return false
	}
	for _, end := range ends {
		if w.afterWait(end, op) {
			continue
		}
		if end.instr == op.instr || end.fn() != op.fn() || !end.deferred && reachable(end, op) {
			return false
		}
	}
	return true
}

// afterWait reports whether who started the sender of op comes to end only
// behind a WaitGroup's Wait: the senders are over then.
func (w waiter) afterWait(end, op *chanOp) bool {
	if len(w.starts(end.fn(), op.fn())) == 0 {
		return false
	}
	at := end.instr.Block()
	for _, block := range end.fn().Blocks {
		if block != at && !block.Dominates(at) {
			continue
		}
		for _, instr := range block.Instrs {
			if instr == end.instr {
				break
			}
			if call, ok := instr.(*ssa.Call); ok {
				if fn := Callee(call.Common()); Is(fn, "(*sync.WaitGroup).Wait") {
					return true
				}
			}
		}
	}
	return false
}

// reachable reports whether control can come from one operation to another.
func reachable(from, to *chanOp) bool {
	a, b := from.instr.Block(), to.instr.Block()
	if sel, ok := from.instr.(*ssa.Select); ok {
		if a = caseBlock(sel, from.state); a == nil {
			return true
		}
		return a == b || reaches(a, b)
	}
	if a == b && slices.Index(a.Instrs, from.instr) < slices.Index(b.Instrs, to.instr) {
		return true
	}
	return reaches(a, b)
}

// search is the search for a way out that receives nothing.
type search struct {
	p        *Package
	w        waiter
	op       *chanOp
	told     ssa.Value                // nil: none
	starts   []ssa.CallInstruction    // what starts the sender
	plain    map[ssa.Instruction]bool // receives outside of a select
	served   map[*ssa.BasicBlock]bool // whose first way out is the case of a receive
	loops    map[*ssa.BasicBlock]bool // blocks of loops that receive
	received []ssa.Value              // what holds the received values
	known    map[string]bool          // conditions decided before
	seen     map[*ssa.BasicBlock]bool
}

func (s *search) walk(block *ssa.BasicBlock, index int) (token.Pos, bool) {
	if s.seen == nil {
		s.seen = make(map[*ssa.BasicBlock]bool)
	}
	for _, instr := range block.Instrs[index:] {
		switch instr := instr.(type) {
		case *ssa.Return:
			return ReturnPos(instr), true
		case *ssa.UnOp:
			if s.plain[instr] {
				return token.NoPos, false
			}
		case *ssa.Call:
			if callee := Callee(instr.Common()); callee != nil && (s.p.NoReturn(callee) || s.p.failsTest(callee)) {
				return token.NoPos, false // all is over, or lost
			}
		}
	}
	for i, succ := range block.Succs {
		if s.seen[succ] || s.served[block] && i == 0 || !s.open(block, i) {
			continue
		}
		s.seen[succ] = true
		if pos, ok := s.walk(succ, 0); ok {
			return pos, true
		}
	}
	return token.NoPos, false
}

// open reports whether the search follows successor i of block.
func (s *search) open(block *ssa.BasicBlock, i int) bool {
	branch, ok := block.Instrs[len(block.Instrs)-1].(*ssa.If)
	if !ok {
		return true
	}
	cond, taken := stripNot(branch.Cond, i == 0)
	if s.p.neverFailed(cond, taken) || s.closed(cond, taken) || s.flagged(cond, block.Succs[1-i]) || s.w.patient && taken && s.w.comesAtEnd(cond) {
		return false
	}
	if slices.ContainsFunc(s.starts, func(start ssa.CallInstruction) bool {
		return failureOf(cond, taken, start) && s.w.failsBefore(start, s.op)
	}) {
		return false
	}
	key, taken := conditionKey(cond, taken)
	if held, ok := s.known[key]; ok && held != taken {
		return false
	}
	if other := block.Succs[1-i]; s.loops[block.Succs[i]] || !s.loops[other] {
		return true
	}
	// Out of a loop that receives, by its own condition or by what it was told.
	return !s.counts(cond) && (s.told == nil || !depends(cond, s.told))
}

// closed reports whether a condition that comes out so says that the channel is
// closed: all that was sent is received.
func (s *search) closed(cond ssa.Value, taken bool) bool {
	ok, isExtract := cond.(*ssa.Extract)
	if !isExtract || taken || ok.Index != 1 {
		return false
	}
	recv, isRecv := ok.Tuple.(*ssa.UnOp)
	return isRecv && s.plain[recv]
}

// flagged reports whether a branch is chosen by a flag that is set where the
// sender is started, on the other side of which stands a receive: the flag says
// whether there is something to receive.
func (s *search) flagged(cond ssa.Value, other *ssa.BasicBlock) bool {
	return slices.ContainsFunc(other.Instrs, func(instr ssa.Instruction) bool { return s.plain[instr] }) && s.setAtStart(cond, make(map[ssa.Value]bool))
}

// setAtStart reports whether a local flag gets a constant where the sender is
// started.
func (s *search) setAtStart(flag ssa.Value, seen map[ssa.Value]bool) bool {
	if seen[flag] {
		return false
	}
	seen[flag] = true
	beside := func(block *ssa.BasicBlock) bool {
		return slices.ContainsFunc(s.starts, func(start ssa.CallInstruction) bool {
			return start.Block() == block || start.Parent() == block.Parent() && start.Block().Dominates(block) && inLoop(start.Block())
		})
	}
	switch flag := flag.(type) {
	case *ssa.Phi:
		for i, edge := range flag.Edges {
			if _, ok := edge.(*ssa.Const); ok && beside(flag.Block().Preds[i]) || s.setAtStart(edge, seen) {
				return true
			}
		}
	case *ssa.UnOp:
		cell, ok := flag.X.(*ssa.Alloc)
		if !ok || flag.Op != token.MUL {
			return false
		}
		return slices.ContainsFunc(*cell.Referrers(), func(ref ssa.Instruction) bool {
			store, ok := ref.(*ssa.Store)
			if !ok || store.Addr != cell {
				return false
			}
			_, ok = store.Val.(*ssa.Const)
			return ok && beside(store.Block())
		})
	}
	return false
}

// failureOf reports whether a condition that comes out so says that a call has
// returned an error.
func failureOf(cond ssa.Value, taken bool, call ssa.CallInstruction) bool {
	compare, ok := cond.(*ssa.BinOp)
	if !ok || !isNilConst(compare.Y) || (compare.Op == token.NEQ) != taken {
		return false
	}
	x := Loaded(compare.X)
	if result, ok := x.(*ssa.Extract); ok {
		return result.Tuple == call.Value() && isError(result.Type())
	}
	return x == call.Value() && isError(x.Type())
}

// failsBefore reports whether what a call runs returns an error only where it
// hasn't come to start the sender of op.
func (w waiter) failsBefore(start ssa.CallInstruction, op *chanOp) bool {
	callees, _ := w.g.world.callees(start.Common())
	for _, fn := range callees {
		for _, launch := range w.starts(fn, op.fn()) {
			for _, block := range fn.Blocks {
				ret, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return)
				if ok && len(ret.Results) > 0 && comesTo(launch, ret) && !isNilConst(ret.Results[len(ret.Results)-1]) {
					return false
				}
			}
		}
	}
	return len(callees) > 0
}

// counts reports whether a condition is that of a counted or ranging loop.
func (s *search) counts(cond ssa.Value) bool {
	switch cond := cond.(type) {
	case *ssa.BinOp:
		for _, v := range s.received {
			if depends(cond, v) {
				return false
			}
		}
		if call, ok := cond.X.(*ssa.Call); ok && Callee(call.Common()) != nil {
			return false // an answer, which isn't the loop's own
		}
		basic, ok := cond.X.Type().Underlying().(*types.Basic)
		if !ok || basic.Info()&types.IsInteger == 0 {
			return false
		}
		return true
	case *ssa.Extract:
		switch tuple := cond.Tuple.(type) {
		case *ssa.Next:
			return cond.Index == 0
		case *ssa.UnOp:
			return cond.Index == 1 && tuple.Op == token.ARROW
		case *ssa.Select:
			return cond.Index == 1
		}
	}
	return false
}

// depends reports whether v is made from another value without a call.
func depends(v, on ssa.Value) bool {
	seen := make(map[ssa.Value]bool)
	work := []ssa.Value{v}
	visit := func(v ssa.Value) {
		if !seen[v] {
			seen[v] = true
			work = append(work, v)
		}
	}
	for len(work) > 0 {
		v := work[len(work)-1]
		work = work[:len(work)-1]
		if v == on {
			return true
		}
		switch v := v.(type) {
		case *ssa.Call:
			continue // also of append: its length isn't made from the element
		case *ssa.Alloc:
			for _, ref := range *v.Referrers() {
				if store, ok := ref.(*ssa.Store); ok && store.Addr == v {
					visit(store.Val)
				}
			}
		}
		instr, ok := v.(ssa.Instruction)
		if !ok {
			continue
		}
		var operands [8]*ssa.Value
		for _, operand := range instr.Operands(operands[:0]) {
			if *operand != nil {
				visit(*operand)
			}
		}
	}
	return false
}

// decisionsAt are the conditions that are decided whenever block runs.
func decisionsAt(block *ssa.BasicBlock) map[string]bool {
	known := make(map[string]bool)
	for b := block; b.Idom() != nil; b = b.Idom() {
		dominator := b.Idom()
		branch, ok := dominator.Instrs[len(dominator.Instrs)-1].(*ssa.If)
		if !ok || inLoop(dominator) {
			continue
		}
		for i, succ := range dominator.Succs {
			if len(succ.Preds) == 1 && succ.Dominates(block) {
				cond, taken := stripNot(branch.Cond, i == 0)
				key, taken := conditionKey(cond, taken)
				known[key] = taken
			}
		}
	}
	return known
}
