package flow

import (
	"go/ast"
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// naturalLoop is a loop of the control-flow graph: a head that dominates its
// blocks, from which there are ways back to it.
type naturalLoop struct {
	head   *ssa.BasicBlock
	blocks map[*ssa.BasicBlock]bool
}

// naturalLoops returns the loops of body, inner ones first.
func naturalLoops(body *ssa.Function) []*naturalLoop {
	byHead := make(map[*ssa.BasicBlock]*naturalLoop)
	var out []*naturalLoop
	for _, block := range body.Blocks {
		for _, head := range block.Succs {
			if !head.Dominates(block) {
				continue
			}
			l := byHead[head]
			if l == nil {
				l = &naturalLoop{head, map[*ssa.BasicBlock]bool{head: true}}
				byHead[head] = l
				out = append(out, l)
			}
			work := []*ssa.BasicBlock{block}
			for len(work) > 0 {
				b := work[len(work)-1]
				work = work[:len(work)-1]
				if !l.blocks[b] {
					l.blocks[b] = true
					work = append(work, b.Preds...)
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b *naturalLoop) int { return len(a.blocks) - len(b.blocks) })
	return out
}

// span is from the first to the last instruction of the loop in the source.
func (l *naturalLoop) span() (first, last token.Pos) {
	for block := range l.blocks {
		for _, instr := range block.Instrs {
			if _, isPhi := instr.(*ssa.Phi); isPhi || !instr.Pos().IsValid() {
				continue // a phi stands where its variable is declared
			}
			if _, isAlloc := instr.(*ssa.Alloc); isAlloc {
				continue
			}
			pos := instr.Pos()
			if !first.IsValid() || pos < first {
				first = pos
			}
			last = max(last, pos)
		}
	}
	return first, last
}

// stmt returns the endless statement that the loop is of: the innermost one
// around its instructions. Each statement is given once, the inner loop first.
func (l *naturalLoop) stmt(stmts map[ast.Stmt]bool) ast.Stmt {
	first, last := l.span()
	if !first.IsValid() {
		return nil
	}
	var innermost ast.Stmt
	for stmt := range stmts {
		if stmt.Pos() <= first && last < stmt.End() && (innermost == nil || stmt.Pos() > innermost.Pos()) {
			innermost = stmt
		}
	}
	if innermost == nil {
		return nil
	}
	endless := stmts[innermost]
	delete(stmts, innermost)
	if !endless {
		return nil
	}
	return innermost
}

// eachTurn reports whether no turn comes back to the head without a block.
func (l *naturalLoop) eachTurn(block *ssa.BasicBlock) bool {
	return !slices.ContainsFunc(l.head.Preds, func(from *ssa.BasicBlock) bool { return l.blocks[from] && !block.Dominates(from) })
}
