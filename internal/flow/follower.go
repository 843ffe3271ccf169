package flow

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// followBudget bounds the instructions that one follower looks at, and
// bodyBudget those that all followers of one body do, so that a generated
// function of 20,000 lines costs about a second at most.
const (
	followBudget = 200_000
	bodyBudget   = 4_000_000

	mostExits = 200 // on which one obligation is lost
)

// follower walks all paths from a point with the set of places that hold one
// obligation: registers (SSA values) and cells (variables in memory, which
// SSA gives to those that are captured). Blocks are visited once for each
// different state, shortest paths first.
type follower struct {
	p        *Package
	fn       *ssa.Function
	feasible bool
	source   *ssa.Call // what makes the obligation; nil when it comes in from outside
	result   int

	fate   Fate
	seen   map[string]bool
	ids    map[ssa.Value]int
	exits  map[exitID]bool
	budget int
	again  map[string]bool // conditions that are decided more than once
	body   *bodyFacts

	flag    ssa.Value // a captured variable of which the value is known
	flagged bool      // which it is

	ignored func(*types.Var) bool // places that keep nothing; nil: none
	ignores []ssa.Instruction     // the stores in them that it came by
	depth   int                   // of calls, with ignored

	ended  map[*ssa.BasicBlock]bool // where the obligation is discharged
	turned map[*ssa.BasicBlock]bool // heads of loops that a turn comes back to with it
}

// exitID tells exits apart.
type exitID struct {
	kind ExitKind
	pos  token.Pos
	done bool
}

// state is what is known at a point of a path.
type state struct {
	held    set        // registers and cells that hold the obligation
	errs    set        // that hold the error of the call that makes it
	armed   set        // closures that are deferred: they read their cells at exit
	exposed set        // cells that somebody outside can read at any time
	decided []decision // only with feasible
	second  bool       // the source ran again: held is an older obligation
	done    bool       // the context made with it was found to be done
}

// step is a node of the tree of paths.
type step struct {
	block  *ssa.BasicBlock
	index  int
	st     state
	parent *step
	branch *Branch
}

func newFollower(p *Package, fn *ssa.Function, feasible bool) *follower {
	f := &follower{
		p: p, fn: fn, feasible: feasible,
		seen: make(map[string]bool), ids: make(map[ssa.Value]int), exits: make(map[exitID]bool),
		ended: make(map[*ssa.BasicBlock]bool), turned: make(map[*ssa.BasicBlock]bool),
		budget: followBudget,
	}
	f.body = p.factsOf(fn)
	f.again = f.body.repeated
	return f
}

func (f *follower) follow(block *ssa.BasicBlock, index int, st state) {
	queue := []*step{{block: block, index: index, st: st}}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		if f.run(s) {
			continue
		}
		for i, succ := range s.block.Succs {
			next := &step{block: succ, parent: s, st: s.st}
			if cond, ok := s.block.Instrs[len(s.block.Instrs)-1].(*ssa.If); ok {
				next.branch = &Branch{cond, i == 0}
				if !f.decide(&next.st, cond.Cond, i == 0) {
					continue
				}
				next.st.done = next.st.done || i == 0 && f.hearsDone(cond.Cond)
			}
			f.joinFlags(&next.st, succ, predIndex(s.block, succ, i))
			if succ.Dominates(s.block) { // a new turn of a loop
				next.st.turn(succ)
				f.turned[succ] = true
			}
			if f.enter(&next.st, s.block, succ, i) {
				f.lose(next, ExitOverwrite, f.source.Pos())
				continue
			}
			if key := f.key(succ, next.st); !f.seen[key] {
				f.seen[key] = true
				queue = append(queue, next)
			}
		}
	}
	discharging := make(map[*ssa.BasicBlock]bool)
	for i := range f.fate.Lost {
		f.fate.Lost[i].NoTurn = f.skipsLoop(f.fate.Lost[i].Path, discharging)
	}
}

// skipsLoop reports whether a path leaves a loop at its head, although each
// turn discharges the obligation. What is known of heads is kept in known.
func (f *follower) skipsLoop(path []Branch, known map[*ssa.BasicBlock]bool) bool {
	for _, branch := range path {
		head := branch.If.Block()
		discharges, ok := known[head]
		if !ok {
			discharges = !f.turned[head] && f.turnDischarges(head)
			known[head] = discharges
		}
		if discharges {
			return true
		}
	}
	return false
}

// turnDischarges reports whether head is that of a loop, not around the
// creation, and the obligation is discharged in a turn of it.
func (f *follower) turnDischarges(head *ssa.BasicBlock) bool {
	turn := f.earlierThan(head)
	if !slices.ContainsFunc(head.Preds, head.Dominates) {
		return false
	}
	if f.source != nil && head.Dominates(f.source.Block()) {
		return false
	}
	for block := range f.ended {
		if block != head && head.Dominates(block) && turn[block] {
			return true
		}
	}
	return false
}

// run walks the rest of a block. It reports whether the path ends in it.
func (f *follower) run(s *step) bool {
	for _, instr := range s.block.Instrs[s.index:] {
		f.budget--
		f.body.budget--
		if f.budget < 0 || f.body.budget < 0 {
			f.fate.Cut = true
			return true
		}
		if ret, ok := instr.(*ssa.Return); ok {
			switch {
			case f.leaves(&s.st, ret):
			case s.st.second: // an older one, which the creation overwrote
				f.lose(s, ExitOverwrite, f.source.Pos())
			default:
				f.lose(s, ExitReturn, ReturnPos(ret))
			}
			return true
		}
		if _, ok := instr.(*ssa.Panic); ok {
			return true
		}
		if instr == ssa.Instruction(f.source) && f.source != nil {
			s.st.held = s.st.held.filter(outlivesTurn)
			s.st.errs = nil
			s.st.second = true
			if len(s.st.held) == 0 {
				f.lose(s, ExitOverwrite, f.source.Pos())
				return true
			}
		}
		if f.instr(&s.st, instr) {
			f.ended[s.block] = true
			return true
		}
	}
	return false
}

// outlivesTurn reports whether a place can still hold a value of the turn
// before: a cell or a variable that is carried round the loop.
func outlivesTurn(v ssa.Value) bool {
	switch v.(type) {
	case *ssa.Alloc, *ssa.FreeVar, *ssa.Phi, *ssa.Parameter:
		return true
	}
	return false
}

// enter carries the state over an edge: phis take the value of that edge. It
// reports whether the last place that held an older obligation got a new one.
func (f *follower) enter(st *state, from, to *ssa.BasicBlock, succ int) (lost bool) {
	edge := predIndex(from, to, succ)
	held, errs := st.held, st.errs
	for _, instr := range to.Instrs {
		phi, ok := instr.(*ssa.Phi)
		if !ok {
			break
		}
		v := phi.Edges[edge]
		held = held.assign(phi, f.carries(*st, v) || isCell(v) && st.held.has(v))
		errs = errs.assign(phi, st.errs.has(v))
	}
	lost = st.second && len(st.held) > 0 && len(held) == 0
	st.held, st.errs = held, errs
	return lost
}

// predIndex finds which of to's predecessors the succ-th edge of from is.
func predIndex(from, to *ssa.BasicBlock, succ int) int {
	skip := 0 // both edges of an if can lead to one block
	for _, other := range from.Succs[:succ] {
		if other == to {
			skip++
		}
	}
	for i, pred := range to.Preds {
		if pred == from {
			if skip == 0 {
				return i
			}
			skip--
		}
	}
	return 0
}
