package flow

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// RunsOnce reports whether a guard lets control come to an instruction once,
// however often it runs into the guard.
func (p *Package) RunsOnce(instr ssa.Instruction) bool { return passesOnce(instr.Block()) }

// RunsOnceInMain reports whether a function is main, an initialiser or what a
// command of a command line does, or runs once in one of them, and in nothing
// else; or once in each of several commands, of which a process carries out one.
func (p *Package) RunsOnceInMain(fn *ssa.Function) bool {
	entries := make(map[*ssa.Function]bool)
	if !p.runsOnceIn(entries, fn, 0) {
		return false
	}
	if len(entries) == 1 {
		return true
	}
	for entry := range entries {
		if !runsCommand(entry) {
			return false
		}
	}
	return true
}

// runsOnceIn collects the functions by which a program comes to fn, and reports
// whether they are all of those in which it begins, and none comes there twice.
func (p *Package) runsOnceIn(entries map[*ssa.Function]bool, fn *ssa.Function, depth int) bool {
	const deepest = 4
	switch {
	case depth == deepest:
		return false
	case runsCommand(fn) || begins(fn, p.Pass.Pkg.Name()):
		again := entries[fn]
		entries[fn] = true
		return !again
	case fn.Parent() != nil:
		return false
	}
	world := p.callers()
	sites := world.sites[fn]
	if !world.known(fn) || len(sites) == 0 {
		return false
	}
	for _, site := range sites {
		if _, ok := site.(*ssa.Call); !ok || inLoop(site.Block()) || !p.runsOnceIn(entries, site.Parent(), depth+1) {
			return false
		}
	}
	return true
}

// begins reports whether a function is main or an initialiser.
func begins(fn *ssa.Function, pkg string) bool {
	if fn.Parent() != nil {
		return false
	}
	return fn.Name() == "main" && pkg == "main" || fn.Name() == "init" || strings.HasPrefix(fn.Name(), "init#")
}

// runsCommand reports whether a function is given the command that it carries
// out.
func runsCommand(fn *ssa.Function) bool {
	return slices.ContainsFunc(fn.Params, func(p *ssa.Parameter) bool { return isCommand(p.Type()) })
}

// passesOnce reports whether a block lies behind a guard that lets one pass:
// an atomic counter that comes to a number, or a flag that is turned there and
// never turned back.
func passesOnce(block *ssa.BasicBlock) bool {
	for b := block; b.Idom() != nil; b = b.Idom() {
		branch, ok := b.Idom().Instrs[len(b.Idom().Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		for i, succ := range b.Idom().Succs {
			if len(succ.Preds) != 1 || !succ.Dominates(block) {
				continue
			}
			cond, taken := stripNot(branch.Cond, i == 0)
			if counted(cond, taken) || turned(cond, taken, succ, block) {
				return true
			}
		}
	}
	return false
}

// counted reports whether a condition is that an atomic counter, which this
// step moves, has come to a constant: steps of one sign do so once.
func counted(cond ssa.Value, taken bool) bool {
	compare, ok := cond.(*ssa.BinOp)
	if !ok || (compare.Op != token.EQL || !taken) && (compare.Op != token.NEQ || taken) {
		return false
	}
	call, ok := compare.X.(*ssa.Call)
	if !ok || len(call.Call.Args) != 2 {
		return false
	}
	if _, ok := compare.Y.(*ssa.Const); !ok {
		return false
	}
	step, ok := call.Call.Args[1].(*ssa.Const)
	fn := Callee(call.Common())
	if !ok || fn == nil || fn.Pkg() == nil || fn.Pkg().Path() != "sync/atomic" || step.Value == nil || constant.Sign(step.Value) == 0 {
		return false
	}
	switch fn.Name() {
	case "Add", "AddInt32", "AddInt64":
		return oneWay(call, constant.Sign(step.Value))
	}
	return false
}

// oneWay reports whether a counter that is a variable of the function around
// is only ever moved in one direction, but for what it is set to at first.
func oneWay(call *ssa.Call, sign int) bool {
	cell, ok := cellOf(call.Call.Args[0]).(*ssa.Alloc)
	if !ok {
		return false
	}
	sets := 0
	for _, c := range cellsOf(cell) {
		for _, ref := range *c.Referrers() {
			site, ok := ref.(*ssa.Call)
			if !ok {
				switch ref.(type) {
				case *ssa.MakeClosure, *ssa.DebugRef:
					continue
				}
				return false
			}
			fn := Callee(site.Common())
			if fn == nil || len(site.Call.Args) == 0 || site.Call.Args[0] != c {
				return false
			}
			switch fn.Name() {
			case "Load", "LoadInt32", "LoadInt64":
			case "Store", "StoreInt32", "StoreInt64":
				if sets++; sets > 1 || inLoop(site.Block()) || site.Parent() != cell.Parent() {
					return false
				}
			case "Add", "AddInt32", "AddInt64":
				step, ok := site.Call.Args[len(site.Call.Args)-1].(*ssa.Const)
				if !ok || step.Value == nil || constant.Sign(step.Value) != sign {
					return false
				}
			default:
				return false
			}
		}
	}
	return true
}

// turned reports whether a condition is a flag of the function which the
// branch inside turns, on each way from block back to itself, and which nothing
// turns back.
func turned(cond ssa.Value, taken bool, inside, block *ssa.BasicBlock) bool {
	if basic, ok := cond.Type().Underlying().(*types.Basic); !ok || basic.Info()&types.IsBoolean == 0 {
		return false
	}
	switch flag := cond.(type) {
	case *ssa.Phi:
		for from := block; inside.Dominates(from); from = from.Idom() { // the branch may turn it on some ways only
			if phiTurned(flag, taken, from) {
				return true
			}
		}
		return false
	case *ssa.UnOp:
		cell, ok := flag.X.(*ssa.Alloc)
		if !ok || flag.Op != token.MUL {
			return false
		}
		turns := false
		for _, c := range cellsOf(cell) {
			for _, ref := range *c.Referrers() {
				store, ok := ref.(*ssa.Store)
				if !ok {
					if call, ok := ref.(ssa.CallInstruction); ok && call.Common().Value != c {
						return false // somebody else may turn it
					}
					continue
				}
				if value, ok := constantBool(store.Val); !ok || value == taken && (store.Parent() != block.Parent() || inLoop(store.Block())) {
					return false
				} else if value != taken && store.Parent() == block.Parent() && inside.Dominates(store.Block()) && loopsThrough(block, store.Block()) {
					turns = true
				}
			}
		}
		return turns
	}
	return false
}

// phiTurned is turned of a flag that isn't captured: all that flows into it
// from inside is the other value, and from elsewhere what it was.
func phiTurned(flag *ssa.Phi, taken bool, inside *ssa.BasicBlock) bool {
	turns, seen := false, make(map[*ssa.Phi]bool)
	var follow func(phi *ssa.Phi) bool
	follow = func(phi *ssa.Phi) bool {
		if seen[phi] {
			return true
		}
		seen[phi] = true
		for i, edge := range phi.Edges {
			pred := phi.Block().Preds[i]
			if value, ok := constantBool(edge); ok {
				switch {
				case value != taken:
					turns = turns || inside.Dominates(pred)
				case inside.Dominates(pred) || reaches(inside, pred):
					return false
				}
				continue
			}
			inner, ok := edge.(*ssa.Phi)
			if !ok || inside.Dominates(pred) && !inside.Dominates(inner.Block()) || !follow(inner) {
				return false
			}
		}
		return true
	}
	return follow(flag) && turns
}

func constantBool(v ssa.Value) (value, ok bool) {
	c, ok := v.(*ssa.Const)
	if !ok || c.Value == nil || c.Value.Kind() != constant.Bool {
		return false, false
	}
	return constant.BoolVal(c.Value), true
}

// inTime reports whether a send finds room by the order in which one run of
// its goroutine sends: few enough others come before it.
func (w waiter) inTime(op *chanOp, c *channel, room int) bool {
	if room == 0 || len(c.makes) != 1 || c.field || inLoop(op.instr.Block()) || op.state >= 0 {
		return false
	}
	fn := op.fn()
	for _, other := range c.sends {
		if other.fn() != fn || other.state >= 0 || inLoop(other.instr.Block()) {
			return false
		}
	}
	launches, sites := w.p.Launched(fn), w.g.world.sites[fn]
	elsewhere := func(site ssa.CallInstruction) bool { return site != launches[0].Site }
	if len(launches) != 1 || slices.ContainsFunc(sites, elsewhere) || launches[0].Site.Parent() != c.makes[0].Parent() || repeats(launches[0].Site.Block(), c.makes[0]) {
		return false
	}
	return sentBefore(op, c.sends) < room
}

// sentBefore counts the operations of one function that come before op on the way
// that has the most of them. None of them is in a loop.
func sentBefore(op *chanOp, ops []*chanOp) int {
	memo := make(map[*ssa.BasicBlock]int)
	var into func(b *ssa.BasicBlock) int
	in := func(b *ssa.BasicBlock, end ssa.Instruction) int {
		n := 0
		for _, instr := range b.Instrs {
			if instr == end {
				break
			}
			for _, other := range ops {
				if other.instr == instr {
					n++
				}
			}
		}
		return n
	}
	into = func(b *ssa.BasicBlock) int {
		if n, ok := memo[b]; ok {
			return n
		}
		memo[b] = 0 // cuts loops, in which nothing counts
		most := 0
		for _, pred := range b.Preds {
			most = max(most, into(pred)+in(pred, nil))
		}
		memo[b] = most
		return most
	}
	b := op.instr.Block()
	return into(b) + in(b, op.instr)
}
