package flow

import "golang.org/x/tools/go/ssa"

// before returns the closures that are armed, and the cells that are exposed,
// when instr runs: deferred, or handed on, by something that can run before it.
func (f *follower) before(instr ssa.Instruction) (armed, exposed set) {
	for _, block := range f.fn.Blocks {
		earlier := block == instr.Block() || reaches(block, instr.Block())
		if !earlier {
			continue
		}
		for _, other := range block.Instrs {
			if other == instr && !inLoop(block) {
				break
			}
			switch other := other.(type) {
			case *ssa.Defer:
				armed = armed.with(closureValues(other.Call.Value)...)
				exposed = exposed.with(f.argumentCells(&other.Call)...)
			case *ssa.Call:
				exposed = exposed.with(f.argumentCells(&other.Call)...)
			case *ssa.Go:
				exposed = exposed.with(f.cells(other.Call.Value)...)
				exposed = exposed.with(f.argumentCells(&other.Call)...)
			case *ssa.Store:
				if !isCell(other.Addr) {
					exposed = exposed.with(f.cells(other.Val)...)
				}
			case *ssa.Send:
				exposed = exposed.with(f.cells(other.X)...)
			case *ssa.MapUpdate:
				exposed = exposed.with(f.cells(other.Value)...)
			}
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

// reaches reports whether control can get from one block to another by at
// least one edge.
func reaches(from, to *ssa.BasicBlock) bool {
	seen := make(map[*ssa.BasicBlock]bool)
	work := append([]*ssa.BasicBlock(nil), from.Succs...)
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if b == to {
			return true
		}
		if !seen[b] {
			seen[b] = true
			work = append(work, b.Succs...)
		}
	}
	return false
}

func inLoop(block *ssa.BasicBlock) bool { return reaches(block, block) }

// InLoop reports whether instr can run again in one call of its function.
func InLoop(instr ssa.Instruction) bool { return inLoop(instr.Block()) }
