package flow

import "golang.org/x/tools/go/ssa"

// bodyFacts is what all followers of one function body share.
type bodyFacts struct {
	asked    map[string]bool // conditions that are decided
	repeated map[string]bool // those that are decided more than once
	flags    map[*ssa.Phi]bool
	budget   int // instructions that are left to look at
	handing  []placed
	earlier  map[*ssa.BasicBlock]map[*ssa.BasicBlock]bool
}

func (p *Package) factsOf(fn *ssa.Function) *bodyFacts {
	if b := p.perBody[fn]; b != nil {
		return b
	}
	asked, again := conditionsOf(fn)
	b := &bodyFacts{
		asked: asked, repeated: again, flags: flagsOf(fn), budget: bodyBudget,
		earlier: make(map[*ssa.BasicBlock]map[*ssa.BasicBlock]bool),
	}
	for _, block := range fn.Blocks {
		for i, instr := range block.Instrs {
			if handsClosureOn(instr) {
				b.handing = append(b.handing, placed{instr, i})
			}
		}
	}
	p.perBody[fn] = b
	return b
}

// placed is an instruction with its index in its block.
type placed struct {
	ssa.Instruction
	index int
}

// handsClosureOn reports whether an instruction can defer a closure or give a
// variable, by a closure or by its address, to somebody else.
func handsClosureOn(instr ssa.Instruction) bool {
	switch instr := instr.(type) {
	case *ssa.Defer, *ssa.Go:
		return true
	case *ssa.Call:
		for _, arg := range instr.Call.Args {
			if isCell(arg) || len(closuresOf(arg, nil)) > 0 {
				return true
			}
		}
	case *ssa.Store:
		return !isCell(instr.Addr) && len(closuresOf(instr.Val, nil)) > 0
	case *ssa.Send:
		return len(closuresOf(instr.X, nil)) > 0
	case *ssa.MapUpdate:
		return len(closuresOf(instr.Value, nil)) > 0
	}
	return false
}

// earlierThan returns the blocks that can run before control enters, or comes
// back to, the given one; itself only where it is in a loop.
func (f *follower) earlierThan(block *ssa.BasicBlock) map[*ssa.BasicBlock]bool {
	if known := f.body.earlier[block]; known != nil {
		return known
	}
	earlier := make(map[*ssa.BasicBlock]bool)
	work := append([]*ssa.BasicBlock(nil), block.Preds...)
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if !earlier[b] {
			earlier[b] = true
			work = append(work, b.Preds...)
		}
	}
	f.body.earlier[block] = earlier
	return earlier
}

// before returns the closures that are armed, and the cells that are exposed,
// when instr runs: deferred, or handed on, by something that can run before it.
func (f *follower) before(instr ssa.Instruction) (armed, exposed set) {
	earlier := f.earlierThan(instr.Block())
	at := indexOf(instr)
	for _, other := range f.body.handing {
		if !earlier[other.Block()] && (other.Block() != instr.Block() || other.index >= at) {
			continue
		}
		switch other := other.Instruction.(type) {
		case *ssa.Defer:
			armed = armed.with(closureValues(other.Call.Value)...)
			exposed = exposed.with(f.argumentCells(&other.Call)...)
		case *ssa.Call:
			exposed = exposed.with(f.argumentCells(&other.Call)...)
		case *ssa.Go:
			exposed = exposed.with(f.cells(other.Call.Value)...)
			exposed = exposed.with(f.argumentCells(&other.Call)...)
		case *ssa.Store:
			exposed = exposed.with(f.cells(other.Val)...)
		case *ssa.Send:
			exposed = exposed.with(f.cells(other.X)...)
		case *ssa.MapUpdate:
			exposed = exposed.with(f.cells(other.Value)...)
		}
	}
	return armed, exposed
}

// argumentCells are the cells that a call hands to a callee which may keep
// them: by address, or in a closure.
func (f *follower) argumentCells(call *ssa.CallCommon) []ssa.Value {
	var out []ssa.Value
	for i, arg := range call.Args {
		cells := f.cells(arg)
		if isCell(arg) {
			cells = append(cells, arg)
		}
		if len(cells) > 0 && f.p.argumentUse(call, i) != UseDropped {
			out = append(out, cells...)
		}
	}
	return out
}

// InLoop reports whether instr can run again in one call of its function.
func InLoop(instr ssa.Instruction) bool { return inLoop(instr.Block()) }

// reaches reports whether control can get from one block to another by at
// least one edge.
func reaches(from, to *ssa.BasicBlock) bool {
	seen := make([]bool, len(from.Parent().Blocks))
	work := append([]*ssa.BasicBlock(nil), from.Succs...)
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if b == to {
			return true
		}
		if !seen[b.Index] {
			seen[b.Index] = true
			work = append(work, b.Succs...)
		}
	}
	return false
}

func inLoop(block *ssa.BasicBlock) bool { return reaches(block, block) }
