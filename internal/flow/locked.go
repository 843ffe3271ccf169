package flow

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// lockedOut returns the name of a mutex that is held at an operation on a
// channel of the same struct, or of a part of it, and that everybody who could answer takes on
// the way; "" if there is none. The two wait for each other then.
func (w waiter) lockedOut(op *chanOp, ch ssa.Value, answers []*chanOp) string {
	owner := structOf(ch)
	if owner == nil || len(answers) == 0 {
		return ""
	}
	for _, mu := range w.heldAt(op.instr, 0) {
		if holds(mu.owner, owner, 0) && !slices.ContainsFunc(answers, func(a *chanOp) bool { return !w.takes(a, mu.field) }) {
			return mu.field.Name()
		}
	}
	return ""
}

// holds reports whether a struct is another one, or has it in a field, by a
// pointer or in parts of its own.
func holds(whole, part *types.Named, depth int) bool {
	const levels = 2
	if whole == part {
		return true
	}
	st, ok := whole.Underlying().(*types.Struct)
	if !ok || depth == levels {
		return false
	}
	for field := range st.Fields() {
		t := types.Unalias(field.Type())
		if ptr, ok := t.(*types.Pointer); ok {
			t = types.Unalias(ptr.Elem())
		}
		if named, ok := t.(*types.Named); ok && holds(named.Origin(), part, depth+1) {
			return true
		}
	}
	return false
}

// mutexField is a mutex in a field of a struct.
type mutexField struct {
	owner *types.Named
	field *types.Var
}

// structOf is the struct whose field holds a channel.
func structOf(ch ssa.Value) *types.Named {
	load, ok := ch.(*ssa.UnOp)
	if !ok {
		return nil
	}
	addr, ok := load.X.(*ssa.FieldAddr)
	if !ok {
		return nil
	}
	return ownerOf(addr)
}

func ownerOf(addr *ssa.FieldAddr) *types.Named {
	ptr, ok := types.Unalias(addr.X.Type()).Underlying().(*types.Pointer)
	if !ok {
		return nil
	}
	named, ok := types.Unalias(ptr.Elem()).(*types.Named)
	if !ok {
		return nil
	}
	return named.Origin()
}

// lockCall recognises a call of a mutex in a field: its method and the mutex.
func lockCall(instr ssa.Instruction) (method string, mu mutexField) {
	site, ok := instr.(ssa.CallInstruction)
	if !ok || site.Common().IsInvoke() || len(site.Common().Args) == 0 {
		return "", mutexField{}
	}
	callee := Callee(site.Common())
	if callee == nil || callee.Pkg() == nil || callee.Pkg().Path() != "sync" || !strings.HasPrefix(callee.FullName(), "(*sync.Mutex).") && !strings.HasPrefix(callee.FullName(), "(*sync.RWMutex).") {
		return "", mutexField{}
	}
	recv := site.Common().Args[0]
	if load, ok := recv.(*ssa.UnOp); ok {
		recv = load.X
	}
	addr, ok := recv.(*ssa.FieldAddr)
	if !ok {
		return "", mutexField{}
	}
	owner := ownerOf(addr)
	if owner == nil {
		return "", mutexField{}
	}
	st, ok := owner.Underlying().(*types.Struct)
	if !ok {
		return "", mutexField{}
	}
	return callee.Name(), mutexField{owner, st.Field(addr.Field)}
}

// heldAt are the mutexes that are certainly held when instr runs: locked
// before it in its function, or in every caller, and not unlocked since.
func (w waiter) heldAt(instr ssa.Instruction, depth int) []mutexField {
	const callers = 2
	fn := instr.Parent()
	var held []mutexField
	for _, block := range fn.Blocks {
		for _, lock := range block.Instrs {
			if method, mu := lockCall(lock); method == "Lock" && before(lock, instr) && !unlocked(lock, instr, mu) {
				held = append(held, mu)
			}
		}
	}
	sites := w.g.world.sites[fn]
	if depth == callers || len(sites) == 0 || !w.g.world.known(fn) || len(w.p.Launched(fn)) > 0 {
		return held
	}
	for _, mu := range w.heldAt(sites[0], depth+1) {
		everywhere := !slices.Contains(held, mu)
		for _, site := range sites[1:] {
			everywhere = everywhere && slices.Contains(w.heldAt(site, depth+1), mu)
		}
		if everywhere {
			held = append(held, mu)
		}
	}
	return held
}

// before reports whether one instruction has run whenever another one runs.
func before(first, then ssa.Instruction) bool {
	a, b := first.Block(), then.Block()
	if a == b {
		return slices.Index(a.Instrs, first) < slices.Index(b.Instrs, then)
	}
	return a.Dominates(b)
}

// unlocked reports whether the mutex may be unlocked between two instructions.
func unlocked(lock, instr ssa.Instruction, mu mutexField) bool {
	for _, block := range instr.Parent().Blocks {
		for _, other := range block.Instrs {
			if _, deferred := other.(*ssa.Defer); deferred {
				continue
			}
			method, of := lockCall(other)
			if method == "Unlock" && of == mu && comesAfter(lock, other) && comesAfter(other, instr) {
				return true
			}
		}
	}
	return false
}

// comesAfter reports whether control can come from one instruction to another.
func comesAfter(from, to ssa.Instruction) bool {
	a, b := from.Block(), to.Block()
	if a == b && slices.Index(a.Instrs, from) < slices.Index(b.Instrs, to) {
		return true
	}
	return reaches(a, b)
}

// takes reports whether the goroutine of an operation locks the mutex before
// it, between two turns of the operation's loop, or after it.
func (w waiter) takes(op *chanOp, mu *types.Var) bool {
	for _, block := range op.fn().Blocks {
		for _, instr := range block.Instrs {
			if w.locks(instr, mu, 0) && (op.deferred || before(instr, op.instr) || comesAfter(op.instr, instr)) {
				return true
			}
		}
	}
	return false
}

// locks reports whether an instruction locks the mutex, itself or in a
// function that it calls.
func (w waiter) locks(instr ssa.Instruction, mu *types.Var, depth int) bool {
	const calls = 2
	call, ok := instr.(*ssa.Call)
	if !ok {
		return false
	}
	if method, of := lockCall(instr); method == "Lock" || method == "RLock" {
		return of.field == mu
	}
	callee := w.g.world.callee(call.Common())
	if callee == nil || depth == calls {
		return false
	}
	for _, block := range callee.Blocks {
		for _, inner := range block.Instrs {
			if w.locks(inner, mu, depth+1) {
				return true
			}
		}
	}
	return false
}
