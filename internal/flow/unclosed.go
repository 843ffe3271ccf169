package flow

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// leftOpen looks for a way on which the one goroutine that closes a channel,
// which nobody ever sends to, ends without having closed it: who receives then
// waits for ever. It is the place where the goroutine ends.
func (w waiter) leftOpen(op *chanOp, c *channel) (token.Pos, bool) {
	closers := functionsOf(c.closes)
	if len(closers) != 1 || len(c.sends) > 0 || c.field || c.signal {
		return token.NoPos, false
	}
	closer := closers[0]
	if w.sameGoroutine(closer, op.fn()) || len(w.p.Launched(closer)) == 0 {
		return token.NoPos, false
	}
	for _, site := range w.g.world.sites[closer] {
		if _, launched := site.(*ssa.Go); !launched {
			return token.NoPos, false // who calls it may close it anew
		}
	}
	s := &openSearch{w: w, c: c, closes: make(map[ssa.Instruction]bool), seen: make(map[*ssa.BasicBlock]bool)}
	for _, cl := range c.closes {
		if cl.deferred {
			return token.NoPos, false
		}
		s.closes[cl.instr] = true
	}
	for _, mk := range c.makes {
		if mk.Parent() != closer {
			return s.walk(closer.Blocks[0])
		}
	}
	for _, mk := range c.makes { // before it there was no channel to close
		if pos, ok := s.walkFrom(mk.Block(), indexOf(mk)+1); ok {
			return pos, true
		}
	}
	return token.NoPos, false
}

// openSearch is the search for a return that no close comes before.
type openSearch struct {
	w      waiter
	c      *channel
	closes map[ssa.Instruction]bool
	seen   map[*ssa.BasicBlock]bool
}

func (s *openSearch) walk(block *ssa.BasicBlock) (token.Pos, bool) {
	if s.seen[block] {
		return token.NoPos, false
	}
	s.seen[block] = true
	return s.walkFrom(block, 0)
}

func (s *openSearch) walkFrom(block *ssa.BasicBlock, start int) (token.Pos, bool) {
	for _, instr := range block.Instrs[start:] {
		switch instr := instr.(type) {
		case *ssa.MakeChan:
			if slices.Contains(s.c.makes, instr) {
				return token.NoPos, false // another one from here on
			}
		case *ssa.Return:
			return ReturnPos(instr), true
		case *ssa.Call:
			callee := Callee(instr.Common())
			if s.closes[instr] || callee != nil && (s.w.p.NoReturn(callee) || s.w.p.failsTest(callee)) {
				return token.NoPos, false
			}
		}
	}
	if branch, ok := block.Instrs[len(block.Instrs)-1].(*ssa.If); ok && !fromOutside(branch.Cond, make(map[ssa.Value]bool)) {
		return token.NoPos, false // a flag may say that it was closed before
	}
	for _, succ := range block.Succs {
		if pos, ok := s.walk(succ); ok {
			return pos, true
		}
	}
	return token.NoPos, false
}

// fromOutside reports whether a condition is the answer of somebody else: what
// a channel or a call has said. It doesn't depend on what the function did
// before.
func fromOutside(cond ssa.Value, seen map[ssa.Value]bool) bool {
	if seen[cond] {
		return true
	}
	seen[cond] = true
	switch cond := cond.(type) {
	case *ssa.Extract:
		switch tuple := cond.Tuple.(type) {
		case *ssa.UnOp:
			return tuple.Op == token.ARROW
		case *ssa.Call:
			return true
		case *ssa.Select:
			return cond.Index == 0 && tuple.Blocking || cond.Index == 1
		}
	case *ssa.Call:
		return true
	case *ssa.UnOp:
		return cond.Op == token.ARROW || cond.Op == token.NOT && fromOutside(cond.X, seen)
	case *ssa.BinOp:
		_, constant := cond.Y.(*ssa.Const)
		return constant && fromOutside(cond.X, seen)
	case *ssa.ChangeInterface:
		return fromOutside(cond.X, seen)
	case *ssa.Phi:
		for _, edge := range cond.Edges {
			if _, constant := edge.(*ssa.Const); constant && types.IsInterface(edge.Type()) {
				continue // no error yet
			}
			if !fromOutside(edge, seen) {
				return false
			}
		}
		return true
	}
	return false
}
