package flow

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// exits lists what lets the body out of a loop, in source order.
func (e *ender) exits(l *endlessLoop) []End {
	var ends []End
	add := func(end End) {
		if !slices.Contains(ends, end) {
			ends = append(ends, end)
		}
	}
	for _, block := range e.body.Blocks {
		if !l.blocks[block] || !e.reached[block] {
			continue
		}
		for i, succ := range block.Succs {
			if !l.blocks[succ] {
				e.out(block, i, add)
			}
		}
	}
	slices.SortStableFunc(ends, func(a, b End) int { return int(a.Pos - b.Pos) })
	return ends
}

// out classifies the way out by successor i of a block. The last cases of a
// select, when all of them leave, are told apart behind it.
func (e *ender) out(block *ssa.BasicBlock, i int, add func(End)) {
	succ := block.Succs[i]
	if e.shut(block, i) || diesAt(succ) {
		return
	}
	branch, ok := block.Instrs[len(block.Instrs)-1].(*ssa.If)
	if !ok {
		add(End{Kind: EndCondition, Pos: placeOf(block.Instrs[len(block.Instrs)-1])})
		return
	}
	cond, taken := stripNot(branch.Cond, i == 0)
	if compare, ok := cond.(*ssa.BinOp); ok {
		if sel, state := dispatch(compare); sel != nil && !taken {
			switch {
			case tellsNext(branch, succ):
				for j := range succ.Succs {
					e.out(succ, j, add)
				}
				return
			case sel.Blocking && state == len(sel.States)-2:
				add(e.state(sel.States[len(sel.States)-1]))
				return
			}
		}
	}
	add(e.exit(block, cond, taken))
}

// diesAt reports whether a block ends in a panic: that of the source, or the
// one that stands for a select without a case that was chosen.
func diesAt(block *ssa.BasicBlock) bool {
	_, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Panic)
	return ok && len(block.Instrs) <= 2 || panics(block)
}

// exit classifies a branch that leaves.
func (e *ender) exit(block *ssa.BasicBlock, cond ssa.Value, taken bool) End {
	end := End{Kind: EndCondition, Pos: cond.Pos()}
	switch cond := cond.(type) {
	case *ssa.Call:
		if fn := Callee(cond.Common()); taken && Is(fn, "errors.Is") && isCancelError(cond.Call.Args[1]) && isErrOfContext(cond.Call.Args[0]) {
			return e.done(cond.Call.Args[0], cond.Pos())
		}
	case *ssa.Extract:
		if cond.Index == 1 && !taken {
			return e.notOK(block, cond)
		}
	case *ssa.BinOp:
		if sel, i := dispatch(cond); sel != nil {
			if taken && i >= 0 && i < len(sel.States) {
				return e.state(sel.States[i])
			}
			break
		}
		if cond.Op == token.EQL || cond.Op == token.NEQ {
			return e.compared(cond, taken == (cond.Op == token.EQL))
		}
	}
	if !end.Pos.IsValid() {
		end.Pos = positionIn(block)
	}
	return end
}

// compared classifies a way out by two values that are equal, or not.
func (e *ender) compared(cond *ssa.BinOp, equal bool) End {
	for _, pair := range [][2]ssa.Value{{cond.X, cond.Y}, {cond.Y, cond.X}} {
		x, y := pair[0], pair[1]
		if isErrOfContext(x) && (isNilConst(y) && !equal || isCancelError(y) && equal) {
			return e.done(x, cond.Pos())
		}
		if !isNilConst(y) || !isError(x.Type()) {
			continue
		}
		if call := callOf(x); call != nil {
			end := End{Kind: EndFailed, Name: e.syntax.calleeName(call), Pos: cond.Pos(), Ctx: e.p.heard(call)}
			if equal {
				end.Kind = EndSucceeded
			}
			return end
		}
	}
	return End{Kind: EndCondition, Pos: cond.Pos()}
}

// callOf is the call of which a value is a result.
func callOf(v ssa.Value) *ssa.Call {
	switch v := v.(type) {
	case *ssa.Call:
		return v
	case *ssa.Extract:
		call, _ := v.Tuple.(*ssa.Call)
		return call
	case *ssa.UnOp:
		if v.Op == token.MUL {
			if stored := storedBefore(v); stored != nil {
				if _, again := stored.(*ssa.UnOp); !again {
					return callOf(stored)
				}
			}
		}
	}
	return nil
}

// done is the end by a context that a call of Err, Cause or Done asks about.
func (e *ender) done(asked ssa.Value, pos token.Pos) End {
	end := End{Kind: EndDone, Pos: pos}
	if call, ok := e.p.tree().one(asked).(*ssa.Call); ok && e.p.Of(call.Parent()) == e.p.Of(e.body) {
		end.Name = e.syntax.receiver(call)
	}
	return end
}

// notOK is the end by a channel that was found closed.
func (e *ender) notOK(block *ssa.BasicBlock, ok *ssa.Extract) End {
	end := End{Kind: EndCondition, Pos: ok.Pos()}
	switch tuple := ok.Tuple.(type) {
	case *ssa.UnOp:
		if tuple.Op == token.ARROW {
			return End{Kind: EndClosed, Name: e.syntax.channel(tuple.Pos()), Pos: tuple.Pos(), Lost: e.w.neverCloses(tuple.X)}
		}
	case *ssa.Select:
		for i, st := range tuple.States {
			if chosen := caseBlock(tuple, i); st.Dir == types.RecvOnly && chosen != nil && chosen.Dominates(block) {
				end = End{Kind: EndClosed, Name: e.syntax.channel(st.Pos), Pos: st.Pos, Lost: e.w.neverCloses(st.Chan)}
			}
		}
	}
	if !end.Pos.IsValid() {
		end.Pos = positionIn(block)
	}
	return end
}

// state is the end by a case of a select.
func (e *ender) state(st *ssa.SelectState) End {
	if st.Dir == types.SendOnly {
		return End{Kind: EndSent, Name: e.syntax.channel(st.Pos), Pos: st.Pos}
	}
	return e.received(st.Chan, st.Pos)
}

// received is the end by a receive.
func (e *ender) received(ch ssa.Value, pos token.Pos) End {
	if isDoneChan(ch) || isDoneChan(e.p.tree().one(ch)) {
		return e.done(ch, pos)
	}
	end := End{Kind: EndReceived, Name: e.syntax.channel(pos), Pos: pos}
	if e.isClock(ch) {
		end.Kind = EndTimer
	}
	return end
}

// positionIn is the last position in a block.
func positionIn(block *ssa.BasicBlock) token.Pos {
	for _, instr := range slices.Backward(block.Instrs) {
		if pos := placeOf(instr); pos.IsValid() {
			return pos
		}
	}
	return block.Parent().Pos()
}

// panics reports whether a block ends in a panic that the source writes: one
// that stands for the end of the process is a way out.
func panics(block *ssa.BasicBlock) bool {
	end, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Panic)
	if !ok {
		return false
	}
	mk, ok := end.X.(*ssa.MakeInterface)
	if !ok {
		return true
	}
	k, ok := mk.X.(*ssa.Const)
	return !ok || k.Value == nil || k.Value.Kind() != constant.String || constant.StringVal(k.Value) != "noreturn"
}
