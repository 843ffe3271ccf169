package flow

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// followBudget bounds the instructions that one follower looks at, so that a
// generated function of 20,000 lines costs well under a second.
const followBudget = 200_000

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
}

// exitID tells exits apart.
type exitID struct {
	kind ExitKind
	pos  token.Pos
}

// state is what is known at a point of a path.
type state struct {
	held    set        // registers and cells that hold the obligation
	errs    set        // that hold the error of the call that makes it
	armed   set        // closures that are deferred: they read their cells at exit
	exposed set        // cells that somebody outside can read at any time
	decided []decision // only with feasible
	second  bool       // the source ran again: held is an older obligation
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
		budget: followBudget,
	}
	if feasible {
		f.again = repeatedConditions(fn)
	}
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
			}
			if f.feasible && succ.Dominates(s.block) {
				next.st.decided = nil // a new turn of a loop
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
}

// run walks the rest of a block. It reports whether the path ends in it.
func (f *follower) run(s *step) bool {
	for _, instr := range s.block.Instrs[s.index:] {
		if f.budget--; f.budget < 0 {
			f.fate.Cut = true
			return true
		}
		if ret, ok := instr.(*ssa.Return); ok {
			if !f.leaves(&s.st, ret) {
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
		held = held.assign(phi, f.carries(*st, v))
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

// instr applies one instruction. It reports whether the obligation is
// discharged for the rest of this path.
func (f *follower) instr(st *state, instr ssa.Instruction) bool {
	switch instr := instr.(type) {
	case *ssa.Call:
		done := f.call(st, instr.Common(), &f.fate.Called)
		st.forget(instr)
		return done
	case *ssa.Go:
		return f.call(st, instr.Common(), &f.fate.Launched)
	case *ssa.Defer:
		return f.call(st, instr.Common(), &f.fate.Deferred)
	case *ssa.Store:
		return f.store(st, instr)
	case *ssa.Send:
		return f.handOn(st, instr.X)
	case *ssa.MapUpdate:
		return f.handOn(st, instr.Value)
	case *ssa.Select:
		for _, s := range instr.States {
			if s.Send != nil && f.handOn(st, s.Send) {
				return true
			}
		}
	case *ssa.Extract:
		fromSource := f.source != nil && instr.Tuple == f.source && !st.second
		st.held = st.held.assign(instr, fromSource && instr.Index == f.result)
		st.errs = st.errs.assign(instr, fromSource && saysWhetherMade(instr.Type()))
	case *ssa.UnOp:
		if instr.Op == token.MUL {
			st.copy(instr, instr.X)
		}
	case *ssa.ChangeType:
		st.copy(instr, instr.X)
	case *ssa.MakeInterface:
		st.copy(instr, instr.X)
	case *ssa.ChangeInterface:
		st.copy(instr, instr.X)
	case *ssa.TypeAssert:
		st.copy(instr, instr.X)
	case *ssa.Alloc: // a new variable; the one of the turn before can live on in closures
		if st.held.has(instr) && (st.exposed.has(instr) || f.runsAtExit(st, instr, nil)) {
			return true
		}
		st.forget(instr)
	}
	return false
}

// saysWhetherMade reports whether a result of this type tells that the call
// made nothing: an error, or false.
func saysWhetherMade(t types.Type) bool {
	if types.Identical(t, types.Universe.Lookup("error").Type()) {
		return true
	}
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Kind() == types.Bool
}

// store applies an assignment to memory.
func (f *follower) store(st *state, instr *ssa.Store) bool {
	if !isCell(instr.Addr) || f.source != nil && isOuter(instr.Addr) {
		return f.handOn(st, instr.Val)
	}
	st.errs = st.errs.assign(instr.Addr, st.errs.has(instr.Val))
	carries := f.carries(*st, instr.Val)
	if carries && st.exposed.has(instr.Addr) {
		f.fate.Kept = true
		return true
	}
	st.held = st.held.assign(instr.Addr, carries)
	return false
}

func isCell(v ssa.Value) bool {
	switch v.(type) {
	case *ssa.Alloc, *ssa.FreeVar:
		return true
	}
	return false
}

// isOuter reports whether the cell belongs to an enclosing function.
func isOuter(cell ssa.Value) bool { _, ok := cell.(*ssa.FreeVar); return ok }

// call applies a call, a go or a defer; how is the part of the fate that a
// call of the obligation itself counts for.
func (f *follower) call(st *state, call *ssa.CallCommon, how *bool) bool {
	if !call.IsInvoke() {
		if st.held.has(call.Value) {
			*how = true
			return true
		}
		if how == &f.fate.Deferred {
			st.armed = st.armed.with(closureValues(call.Value)...)
		} else if f.carries(*st, call.Value) {
			*how = true
			return true
		}
	}
	for i, arg := range call.Args {
		carries := f.carries(*st, arg) || isCell(arg) && st.held.has(arg)
		cells := f.cells(arg)
		if isCell(arg) {
			cells = append(cells, arg)
		}
		if !carries && len(cells) == 0 {
			continue
		}
		use := f.p.argumentUse(call, i)
		if use == UseDropped {
			continue
		}
		if carries {
			switch {
			case use == UseLaunched || how == &f.fate.Launched:
				f.fate.Launched = true
			case use == UseCalled:
				*how = true
			default:
				f.fate.Kept = true
			}
			return true
		}
		st.exposed = st.exposed.with(cells...)
	}
	return false
}

// handOn applies a store to somewhere that outlives this function's view.
func (f *follower) handOn(st *state, v ssa.Value) bool {
	if f.carries(*st, v) || isCell(v) && st.held.has(v) {
		f.fate.Kept = true
		return true
	}
	st.exposed = st.exposed.with(f.cells(v)...)
	if isCell(v) {
		st.exposed = st.exposed.with(v)
	}
	return false
}

// leaves reports whether the obligation is discharged by leaving at ret: it is
// among the results, or a deferred closure reads the cell that holds it.
func (f *follower) leaves(st *state, ret *ssa.Return) bool {
	for _, result := range ret.Results {
		if f.carries(*st, result) {
			f.fate.Kept = true
			return true
		}
	}
	for _, cell := range st.held {
		if isCell(cell) && f.runsAtExit(st, cell, ret) {
			f.fate.Deferred = true
			return true
		}
	}
	return false
}

// runsAtExit reports whether a deferred closure does something with what the
// cell holds. One that does so only on an error doesn't at a return that sets
// the error to nil.
func (f *follower) runsAtExit(st *state, cell ssa.Value, ret *ssa.Return) bool {
	for _, v := range st.armed {
		closure := v.(*ssa.MakeClosure)
		fn := closure.Fn.(*ssa.Function)
		for i, bound := range closure.Bindings {
			if bound != cell || f.p.capturedUse(fn, i) == UseDropped {
				continue
			}
			if !f.onlyOnError(closure, fn, i, ret) {
				return true
			}
		}
	}
	return false
}

// onlyOnError reports whether the closure leaves its i-th variable alone at
// ret, which sets an error that the closure looks at to nil.
func (f *follower) onlyOnError(closure *ssa.MakeClosure, fn *ssa.Function, i int, ret *ssa.Return) bool {
	if ret == nil {
		return false
	}
	for j, bound := range closure.Bindings {
		if j == i || !setsNil(ret.Block(), bound) {
			continue
		}
		g := newFollower(f.p, fn, false)
		g.follow(fn.Blocks[0], 0, state{held: set{fn.FreeVars[i]}, errs: set{fn.FreeVars[j]}})
		if g.fate.use() == UseDropped {
			return true
		}
	}
	return false
}

// setsNil reports whether the last assignment to cell in the block is nil.
func setsNil(block *ssa.BasicBlock, cell ssa.Value) bool {
	isNil := false
	for _, instr := range block.Instrs {
		if store, ok := instr.(*ssa.Store); ok && store.Addr == cell {
			isNil = isNilConst(store.Val)
		}
	}
	return isNil
}

// carries reports whether v is the obligation or a closure around it that
// does something with it.
func (f *follower) carries(st state, v ssa.Value) bool {
	if len(st.held) == 0 {
		return false
	}
	if !isCell(v) && st.held.has(v) {
		return true
	}
	for _, cell := range f.cells(v) {
		if st.held.has(cell) {
			return true
		}
	}
	return false
}

// cells returns the variables that v reads or calls when it runs, if v is a
// closure.
func (f *follower) cells(v ssa.Value) []ssa.Value {
	var out []ssa.Value
	for _, closure := range closuresOf(v, nil) {
		fn := closure.Fn.(*ssa.Function)
		for i, bound := range closure.Bindings {
			if isCell(bound) && f.p.capturedUse(fn, i) != UseDropped {
				out = append(out, bound)
			}
		}
	}
	return out
}

func closureValues(v ssa.Value) []ssa.Value {
	var out []ssa.Value
	for _, closure := range closuresOf(v, nil) {
		out = append(out, closure)
	}
	return out
}

// closuresOf returns the closures that v can be, as far as this function's
// body tells.
func closuresOf(v ssa.Value, seen map[ssa.Value]bool) []*ssa.MakeClosure {
	if _, ok := v.Type().Underlying().(*types.Signature); !ok && !types.IsInterface(v.Type()) {
		return nil
	}
	switch v := v.(type) {
	case *ssa.MakeClosure:
		return []*ssa.MakeClosure{v}
	case *ssa.ChangeType:
		return closuresOf(v.X, seen)
	case *ssa.MakeInterface:
		return closuresOf(v.X, seen)
	case *ssa.Phi, *ssa.UnOp:
		if seen[v] {
			return nil
		}
		if seen == nil {
			seen = make(map[ssa.Value]bool)
		}
		seen[v] = true
	}
	var out []*ssa.MakeClosure
	switch v := v.(type) {
	case *ssa.Phi:
		for _, edge := range v.Edges {
			out = append(out, closuresOf(edge, seen)...)
		}
	case *ssa.UnOp:
		if cell, ok := v.X.(*ssa.Alloc); ok && v.Op == token.MUL {
			for _, ref := range *cell.Referrers() {
				if store, ok := ref.(*ssa.Store); ok && store.Addr == cell {
					out = append(out, closuresOf(store.Val, seen)...)
				}
			}
		}
	}
	return out
}
