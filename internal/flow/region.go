package flow

import (
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// region is the outermost loop around a block: all blocks that reach it and
// are reached from it. A nil region is no loop.
type region struct {
	blocks map[*ssa.BasicBlock]bool
}

func regionOf(block *ssa.BasicBlock) *region {
	ahead := from(block, func(b *ssa.BasicBlock) []*ssa.BasicBlock { return b.Succs })
	if !ahead[block] {
		return nil
	}
	behind := from(block, func(b *ssa.BasicBlock) []*ssa.BasicBlock { return b.Preds })
	for b := range ahead {
		if !behind[b] {
			delete(ahead, b)
		}
	}
	return &region{ahead}
}

// from returns the blocks that can be reached by at least one step.
func from(block *ssa.BasicBlock, next func(*ssa.BasicBlock) []*ssa.BasicBlock) map[*ssa.BasicBlock]bool {
	seen := make(map[*ssa.BasicBlock]bool)
	work := []*ssa.BasicBlock{block}
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		for _, n := range next(b) {
			if !seen[n] {
				seen[n] = true
				work = append(work, n)
			}
		}
	}
	return seen
}

func (r *region) has(block *ssa.BasicBlock) bool { return r != nil && block != nil && r.blocks[block] }

// endless reports whether the loop never ends but by a panic or by the end of
// the process. An exit behind the close of a channel which nobody closes
// doesn't count, nor, with failures, one behind the error of a call.
func (r *region) endless(w waiter, failures bool) bool {
	if r == nil {
		return false
	}
	for block := range r.blocks {
		if r.left(w, block, failures) {
			return false
		}
	}
	return true
}

// left reports whether the loop can end by a way out of block.
func (r *region) left(w waiter, block *ssa.BasicBlock, failures bool) bool {
	for i, succ := range block.Succs {
		if r.blocks[succ] || !returns(succ) {
			continue
		}
		branch, ok := block.Instrs[len(block.Instrs)-1].(*ssa.If)
		if !ok {
			return true
		}
		if w.neverTaken(branch.Cond, i == 0) || failures && isFailure(branch.Cond) {
			continue
		}
		// The last cases of a select, when all of them leave, are told apart
		// outside of the loop.
		if i == 1 && tellsNext(branch, succ) && !r.left(w, succ, failures) {
			continue
		}
		return true
	}
	return false
}

// tellsNext reports whether a block does nothing but ask whether the next case
// of a select was chosen.
func tellsNext(branch *ssa.If, next *ssa.BasicBlock) bool {
	compare, ok := branch.Cond.(*ssa.BinOp)
	if !ok {
		return false
	}
	sel, i := dispatch(compare)
	if sel == nil || len(next.Instrs) != 2 {
		return false
	}
	other, ok := next.Instrs[0].(*ssa.BinOp)
	if !ok {
		return false
	}
	sel2, k := dispatch(other)
	return sel2 == sel && k == i+1
}

// returns reports whether a return can be reached from block.
func returns(block *ssa.BasicBlock) bool {
	ahead := from(block, func(b *ssa.BasicBlock) []*ssa.BasicBlock { return b.Succs })
	ahead[block] = true
	for b := range ahead {
		if n := len(b.Instrs); n > 0 {
			if _, ok := b.Instrs[n-1].(*ssa.Return); ok {
				return true
			}
		}
	}
	return false
}

// neverTaken reports whether a branch waits for a channel to be closed which
// nobody closes, or for a select case that nobody serves.
func (w waiter) neverTaken(cond ssa.Value, taken bool) bool {
	cond, taken = stripNot(cond, taken)
	switch cond := cond.(type) {
	case *ssa.Extract:
		if cond.Index != 1 || taken {
			return false
		}
		switch tuple := cond.Tuple.(type) {
		case *ssa.UnOp:
			return tuple.Op == token.ARROW && w.neverCloses(tuple.X)
		case *ssa.Select:
			for _, st := range tuple.States {
				if st.Dir == types.RecvOnly && !w.neverCloses(st.Chan) {
					return false
				}
			}
			return true
		}
	case *ssa.BinOp:
		if sel, i := dispatch(cond); sel != nil && taken && i < len(sel.States) && sel.States[i].Dir == types.RecvOnly {
			c := w.g.channelOf(sel.States[i].Chan)
			return w.neverCloses(sel.States[i].Chan) && c.outside == fromMake && len(c.sends) == 0 && !c.signal
		}
	}
	return false
}

func (w waiter) neverCloses(ch ssa.Value) bool {
	c := w.g.channelOf(ch)
	return c.outside == fromTicker || c.outside == fromTimer || !c.unknown && len(c.makes) > 0 && len(c.closes) == 0
}

// isFailure reports whether a condition compares a call's error with nil.
func isFailure(cond ssa.Value) bool {
	cond, _ = stripNot(cond, true)
	compare, ok := cond.(*ssa.BinOp)
	if !ok {
		return false
	}
	x := comparedWithZero(compare)
	if x == nil || !types.Identical(x.Type(), types.Universe.Lookup("error").Type()) {
		return false
	}
	if e, ok := x.(*ssa.Extract); ok {
		x = e.Tuple
	}
	_, ok = x.(*ssa.Call)
	return ok
}

// dispatch recognises the comparison by which a select's outcome is told:
// the select and the case.
func dispatch(compare *ssa.BinOp) (*ssa.Select, int) {
	e, ok := compare.X.(*ssa.Extract)
	if !ok || e.Index != 0 || compare.Op != token.EQL {
		return nil, 0
	}
	sel, ok := e.Tuple.(*ssa.Select)
	k, isConst := compare.Y.(*ssa.Const)
	if !ok || !isConst {
		return nil, 0
	}
	i, _ := constant.Int64Val(k.Value)
	return sel, int(i)
}

// caseBlock returns the block that case i of a select runs, nil if none was
// kept.
func caseBlock(sel *ssa.Select, i int) *ssa.BasicBlock {
	if b := caseBranch(sel, i); b != nil {
		return b.Succs[0]
	}
	return nil
}

// caseBranch returns the block whose first way out is case i of a select.
func caseBranch(sel *ssa.Select, i int) *ssa.BasicBlock {
	for _, block := range sel.Parent().Blocks {
		if len(block.Instrs) == 0 {
			continue
		}
		branch, ok := block.Instrs[len(block.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		if compare, ok := branch.Cond.(*ssa.BinOp); ok {
			if s, k := dispatch(compare); s == sel && k == i {
				return block
			}
		}
	}
	return nil
}

// isRange reports whether a receive is that of a range over a channel.
func isRange(recv *ssa.UnOp) bool {
	return recv.CommaOk && recv.Block().Comment == "rangechan.loop"
}
