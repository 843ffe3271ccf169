package flow

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// instr applies one instruction. It reports whether the obligation is
// discharged for the rest of this path.
func (f *follower) instr(st *state, instr ssa.Instruction) bool {
	switch instr := instr.(type) {
	case *ssa.Call:
		if f.ignored != nil && f.appends(st, instr) {
			return false
		}
		done := f.call(st, instr.Common(), &f.fate.Called)
		wraps := isError(instr.Type()) && slices.ContainsFunc(instr.Call.Args, st.errs.has)
		st.forget(instr)
		st.errs = st.errs.assign(instr, wraps)
		return done
	case *ssa.Go:
		return f.call(st, instr.Common(), &f.fate.Launched)
	case *ssa.Defer:
		return f.call(st, instr.Common(), &f.fate.Deferred)
	case *ssa.Store:
		return f.store(st, instr)
	case *ssa.Send:
		if f.strands(st, instr, instr.X, placeIn(instr.Chan)) {
			return false
		}
		return f.handOn(st, instr.X)
	case *ssa.MapUpdate:
		if f.strands(st, instr, instr.Value, placeIn(instr.Map)) || f.gathers(st, instr.Map, instr.Value) ||
			f.carries(*st, instr.Value) && f.p.forNothing(instr.Map) {
			return false
		}
		return f.handOn(st, instr.Value) || f.handOn(st, instr.Key)
	case *ssa.Select:
		for _, s := range instr.States {
			if s.Send != nil && f.handOn(st, s.Send) {
				return true
			}
		}
	case *ssa.Extract:
		fromSource := f.source != nil && instr.Tuple == f.source && !st.second
		asserted, ok := instr.Tuple.(*ssa.TypeAssert)
		st.held = st.held.assign(instr, fromSource && instr.Index == f.result || ok && instr.Index == 0 && st.held.has(asserted))
		st.errs = st.errs.assign(instr, fromSource && saysWhetherMade(instr.Type()))
	case *ssa.UnOp:
		if instr.Op == token.MUL {
			st.copy(instr, instr.X)
			if part, ok := instr.X.(*ssa.FieldAddr); ok && st.held.has(part.X) && holdsCancel(instr.Type()) {
				st.held = st.held.with(instr)
			}
		}
	case *ssa.Field:
		st.held = st.held.assign(instr, st.held.has(instr.X) && holdsCancel(instr.Type()))
	case *ssa.Slice:
		if f.ignored != nil {
			st.copy(instr, instr.X)
		}
	case *ssa.Lookup, *ssa.Range, *ssa.IndexAddr:
		return f.ignored != nil && f.unpacks(st, instr)
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
// made nothing: an error, false, or a status.
func saysWhetherMade(t types.Type) bool {
	if isError(t) {
		return true
	}
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Info()&(types.IsBoolean|types.IsInteger) != 0
}

// isError reports whether t is error, or a type of somebody's errors.
func isError(t types.Type) bool {
	if _, tuple := t.(*types.Tuple); tuple {
		return false
	}
	return types.Implements(t, types.Universe.Lookup("error").Type().Underlying().(*types.Interface))
}

// store applies an assignment to memory.
func (f *follower) store(st *state, instr *ssa.Store) bool {
	st.reassigned(instr)
	f.setFlag(st, instr)
	if f.strands(st, instr, instr.Val, placeAt(instr.Addr)) {
		return false
	}
	if index, ok := instr.Addr.(*ssa.IndexAddr); ok && f.gathers(st, index.X, instr.Val) {
		return false
	}
	if !isCell(instr.Addr) && f.carries(*st, instr.Val) && f.p.forNothing(instr.Addr) {
		return false
	}
	if f.intoOwn(st, instr) {
		return false
	}
	if !isCell(instr.Addr) || f.source != nil && isOuter(instr.Addr) {
		return f.handOn(st, instr.Val)
	}
	st.errs = st.errs.assign(instr.Addr, st.errs.has(instr.Val))
	carries := f.carries(*st, instr.Val) || isCell(instr.Val) && st.held.has(instr.Val)
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
	if call.IsInvoke() {
		if st.held.has(call.Value) { // what holds it, behind an interface
			f.fate.Kept = true
			return true
		}
	} else {
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
		use := f.argumentUse(call, i)
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
		if f.carries(*st, result) || isCell(result) && st.held.has(result) {
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
// ret, which sets an error that the closure looks at to nil, or comes where a
// flag that it looks at is set.
func (f *follower) onlyOnError(closure *ssa.MakeClosure, fn *ssa.Function, i int, ret *ssa.Return) bool {
	if ret == nil {
		return false
	}
	for j, bound := range closure.Bindings {
		if j == i {
			continue
		}
		g := newFollower(f.p, fn, false)
		st := state{held: set{fn.FreeVars[i]}}
		if flag, ok := bound.(*ssa.Alloc); ok && !setsNil(ret.Block(), bound) {
			value, certain := flagAt(ret.Block(), flag)
			if !certain {
				continue
			}
			g.flag, g.flagged = fn.FreeVars[j], value
		} else if ok {
			st.errs = set{fn.FreeVars[j]}
		} else {
			continue
		}
		g.follow(fn.Blocks[0], 0, st)
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
