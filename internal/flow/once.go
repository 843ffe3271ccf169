package flow

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// RunsOnce reports whether an instruction in a loop runs once at most in each
// call of its function: it stands behind a receive from a timer that fires
// once, was started before the loop, and isn't started again.
func RunsOnce(at ssa.Instruction) bool {
	loop := regionOf(at.Block())
	if loop == nil {
		return true
	}
	for block := at.Block(); loop.has(block); block = block.Idom() {
		for _, instr := range block.Instrs {
			if instr == at {
				break
			}
			if recv, ok := instr.(*ssa.UnOp); ok && recv.Op == token.ARROW && loop.firesOnce(recv.X) {
				return !comesBack(at.Block(), block)
			}
		}
		if sel, i := chosenCase(block); sel != nil && sel.States[i].Dir == types.RecvOnly && loop.firesOnce(sel.States[i].Chan) {
			return !comesBack(at.Block(), block)
		}
	}
	return false
}

// comesBack reports whether a block can run again without another block.
func comesBack(block, without *ssa.BasicBlock) bool {
	if block == without {
		return false
	}
	return from(block, func(b *ssa.BasicBlock) []*ssa.BasicBlock {
		return slices.DeleteFunc(slices.Clone(b.Succs), func(succ *ssa.BasicBlock) bool { return succ == without })
	})[block]
}

// chosenCase returns the select and the case whose choice is the only way
// into a block.
func chosenCase(block *ssa.BasicBlock) (*ssa.Select, int) {
	if len(block.Preds) != 1 {
		return nil, 0
	}
	pred := block.Preds[0]
	branch, ok := pred.Instrs[len(pred.Instrs)-1].(*ssa.If)
	if !ok || pred.Succs[0] != block || pred.Succs[1] == block {
		return nil, 0
	}
	compare, ok := branch.Cond.(*ssa.BinOp)
	if !ok {
		return nil, 0
	}
	sel, i := dispatch(compare)
	if sel == nil || i < 0 || i >= len(sel.States) {
		return nil, 0
	}
	return sel, i
}

// firesOnce reports whether a channel gives one value at most in all turns of
// the loop: it is time.After's, or that of a timer which nobody starts anew.
func (r *region) firesOnce(ch ssa.Value) bool {
	switch ch := held(ch).(type) {
	case *ssa.Call:
		fn := Callee(ch.Common())
		return Is(fn, "time.After") && !r.has(ch.Block())
	case *ssa.UnOp:
		field, ok := ch.X.(*ssa.FieldAddr)
		if !ok || ch.Op != token.MUL {
			return false
		}
		made, ok := held(field.X).(*ssa.Call)
		if !ok || r.has(made.Block()) {
			return false
		}
		fn := Callee(made.Common())
		return Is(fn, "time.NewTimer") && startedOnce(made)
	}
	return false
}

// held is the value of a variable that gets only one.
func held(v ssa.Value) ssa.Value {
	if load, ok := v.(*ssa.UnOp); ok && load.Op == token.MUL {
		if only := onlyStored(cellOf(load.X)); only != nil {
			return only
		}
	}
	return v
}

// startedOnce reports whether a timer, as far as v leads to it, isn't reset
// but where Stop has said that it hadn't fired, and is known to nobody else.
func startedOnce(v ssa.Value) bool {
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.DebugRef:
		case *ssa.FieldAddr:
			if !onlyLoaded(ref) {
				return false
			}
		case *ssa.Store:
			cell, ok := ref.Addr.(*ssa.Alloc)
			if !ok || ref.Val != v || onlyStored(cell) != v || !startedOnceIn(cell) {
				return false
			}
		case ssa.CallInstruction:
			if fn := Callee(ref.Common()); fn == nil || receiverOf(ref.Common()) != v ||
				fn.Name() != "Stop" && (fn.Name() != "Reset" || !stoppedFirst(ref)) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// startedOnceIn is startedOnce for a variable with a timer, here and in the
// literals that capture it.
func startedOnceIn(cell ssa.Value) bool {
	for _, ref := range *cell.Referrers() {
		switch ref := ref.(type) {
		case *ssa.UnOp:
			if !startedOnce(ref) {
				return false
			}
		case *ssa.MakeClosure:
			i := slices.Index(ref.Bindings, cell)
			if i < 0 || !startedOnceIn(ref.Fn.(*ssa.Function).FreeVars[i]) {
				return false
			}
		}
	}
	return true
}

func onlyLoaded(addr *ssa.FieldAddr) bool {
	return !slices.ContainsFunc(*addr.Referrers(), func(ref ssa.Instruction) bool {
		switch ref := ref.(type) {
		case *ssa.UnOp, *ssa.DebugRef:
			return false
		default:
			return ref != nil
		}
	})
}

// stoppedFirst reports whether a Reset stands directly in the branch where
// Stop has told that the timer was still running.
func stoppedFirst(reset ssa.CallInstruction) bool {
	block := reset.Block()
	if len(block.Preds) != 1 || resetsIn(block) != 1 {
		return false
	}
	pred := block.Preds[0]
	branch, ok := pred.Instrs[len(pred.Instrs)-1].(*ssa.If)
	if !ok || pred.Succs[0] == pred.Succs[1] {
		return false
	}
	cond, taken := stripNot(branch.Cond, pred.Succs[0] == block)
	stop, ok := cond.(*ssa.Call)
	if !ok || !taken || stop.Block() != pred {
		return false
	}
	fn := Callee(stop.Common())
	return Is(fn, "(*time.Timer).Stop") && sameValue(receiverOf(stop.Common()), receiverOf(reset.Common()))
}

func resetsIn(block *ssa.BasicBlock) int {
	n := 0
	for _, instr := range block.Instrs {
		if site, ok := instr.(ssa.CallInstruction); ok {
			if fn := Callee(site.Common()); Is(fn, "(*time.Timer).Reset") {
				n++
			}
		}
	}
	return n
}

// sameValue reports whether two values are one, directly or by way of a
// variable that holds only one.
func sameValue(a, b ssa.Value) bool {
	return a != nil && b != nil && held(a) == held(b)
}
