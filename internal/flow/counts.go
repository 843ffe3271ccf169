package flow

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// Counts of sends and receives that aren't numbers.
const (
	many   = 1 << 20  // in a loop
	unsure = many + 1 // a callback runs it, nobody knows how often
)

// sent counts the sends that can be made for one made channel, on the way
// through the function that makes it which makes the most.
func (w waiter) sent(c *channel) int {
	if len(c.makes) != 1 || c.field {
		return many
	}
	if c.counted == nil || !w.p.summarised {
		n := w.countSent(c)
		c.counted = &n
	}
	return *c.counted
}

func (w waiter) countSent(c *channel) int {
	n := &counter{w: w, c: c, made: c.makes[0], done: make(map[*ssa.Function]int), active: make(map[*ssa.Function]bool), recursive: make(map[*ssa.Function]bool)}
	total := n.count(c.makes[0].Parent())
	total = max(min(total+n.once, many), n.panicked)
	for _, fn := range functionsOf(c.sends) {
		if _, counted := n.done[fn]; !counted {
			return unsure
		}
	}
	return total
}

// counter counts sends over calls and launches.
type counter struct {
	w    waiter
	c    *channel
	made *ssa.MakeChan
	done map[*ssa.Function]int

	active    map[*ssa.Function]bool // being counted
	recursive map[*ssa.Function]bool // called while it was

	once     int // what is sent behind guards that let one pass, in all
	panicked int // what is sent once a panic has cut off the rest
}

// count returns the most sends that one run of fn leads to.
func (n *counter) count(fn *ssa.Function) int {
	if k, ok := n.done[fn]; ok {
		return k
	}
	if n.active[fn] && fn == n.made.Parent() {
		return 0 // another run of it makes another channel
	}
	if n.active[fn] {
		n.recursive[fn] = true
		return 0 // what matters is whether the rest of it sends
	}
	n.active[fn] = true
	defer delete(n.active, fn)
	weights := weigh(fn, n.c.sends)
	for block, k := range weights {
		switch {
		case passesOnce(block):
			n.once = min(n.once+k, many)
			delete(weights, block)
		case afterPanic(block) && n.endsBySending(fn.Parent()):
			n.panicked = max(n.panicked, k)
			delete(weights, block)
		}
	}
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			site, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			bodies := n.w.p.launchedBy(site)
			for _, body := range bodies {
				switch {
				case !n.passes(site, body):
				case passesOnce(block):
					n.once = min(n.once+n.count(body), many)
				default:
					weights[block] += n.count(body)
				}
			}
			most := 0 // one of them runs
			callees, _ := n.w.g.world.callees(site.Common())
			for _, callee := range callees {
				if !slices.Contains(bodies, callee) && n.passes(site, callee) {
					most = max(most, n.count(callee))
				}
			}
			weights[block] += most
		}
	}
	for block, k := range weights {
		if k > 0 && repeats(block, n.made) {
			n.done[fn] = many
			return many
		}
	}
	total := min(longest(fn, weights), many)
	if total > 0 && n.recursive[fn] {
		total = many
	}
	n.done[fn] = total
	return total
}

// endsBySending reports whether nothing that can panic comes after a send of fn:
// who sends after a panic then hasn't sent before.
func (n *counter) endsBySending(fn *ssa.Function) bool {
	if fn == nil {
		return false
	}
	for _, op := range n.c.sends {
		if op.fn() != fn {
			continue
		}
		for _, block := range fn.Blocks {
			for _, instr := range block.Instrs {
				if call, ok := instr.(*ssa.Call); ok && comesTo(op.instr, call) && n.w.p.CanPanic(call.Common()) {
					return false
				}
			}
		}
	}
	return true
}

// passes reports whether a call hands the channel to a function, or the
// function doesn't get its channels by parameters.
func (n *counter) passes(site ssa.CallInstruction, fn *ssa.Function) bool {
	passes := true
	for i, param := range fn.Params {
		arg := givenTo(site.Common(), i)
		if arg == nil || !isChan(param.Type()) || !isChan(arg.Type()) {
			continue
		}
		if passes = slices.Contains(n.w.g.channelOf(arg).makes, n.made); passes {
			return true
		}
	}
	return passes
}

// repeats reports whether a block can run twice after one execution of made.
func repeats(block *ssa.BasicBlock, made *ssa.MakeChan) bool {
	return inLoop(block) && (block.Parent() != made.Parent() || !loopsThrough(block, made.Block()))
}

// loopsThrough reports whether each way from block back to itself runs via.
func loopsThrough(block, via *ssa.BasicBlock) bool {
	if block == via {
		return true
	}
	seen := map[*ssa.BasicBlock]bool{via: true}
	work := slices.Clone(block.Succs)
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if b == block {
			return false
		}
		if !seen[b] {
			seen[b] = true
			work = append(work, b.Succs...)
		}
	}
	return true
}

// weigh counts the operations in each block of fn.
func weigh(fn *ssa.Function, ops []*chanOp) map[*ssa.BasicBlock]int {
	weights := make(map[*ssa.BasicBlock]int)
	for _, op := range ops {
		if op.fn() != fn {
			continue
		}
		if sel, ok := op.instr.(*ssa.Select); ok {
			// Cases of one select exclude each other.
			if b := caseBlock(sel, op.state); b != nil && b != sel.Block() {
				weights[b] = max(weights[b], 1)
				continue
			}
		}
		weights[op.instr.Block()]++
	}
	return weights
}

// longest returns the largest sum of weights on a way through fn.
func longest(fn *ssa.Function, weights map[*ssa.BasicBlock]int) int {
	memo := make(map[*ssa.BasicBlock]int)
	var from func(b *ssa.BasicBlock) int
	from = func(b *ssa.BasicBlock) int {
		if n, ok := memo[b]; ok {
			return n
		}
		memo[b] = 0 // cuts loops, which weigh nothing
		best := 0
		for _, s := range b.Succs {
			best = max(best, from(s))
		}
		memo[b] = weights[b] + best
		return memo[b]
	}
	return from(fn.Blocks[0])
}
