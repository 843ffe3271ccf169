package flow

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// CanPanic reports whether a call may panic: every call but conversions,
// built-ins that can't, and functions whose summary says that they can't.
func (p *Package) CanPanic(call *ssa.CallCommon) bool {
	if b, ok := call.Value.(*ssa.Builtin); ok {
		switch b.Name() {
		case "append", "cap", "clear", "complex", "copy", "delete", "imag", "len", "max", "min", "print", "println", "real", "recover", "ssa:deferstack":
			return false
		}
		return true
	}
	if fn := Callee(call); fn != nil && !call.IsInvoke() {
		s := p.SummaryOf(fn)
		return s == nil || !s.CannotPanic
	}
	if fn := call.StaticCallee(); fn != nil && len(fn.Blocks) > 0 { // a literal
		return !p.cannotPanic(fn)
	}
	return true
}

// cannotPanic reports whether no instruction of a body can panic. Receivers
// are taken not to be nil.
func (p *Package) cannotPanic(fn *ssa.Function) bool {
	if len(fn.Blocks) == 0 {
		return false
	}
	if p.panicking[fn] {
		return false // recursion
	}
	if p.panicking == nil {
		p.panicking = make(map[*ssa.Function]bool)
	}
	p.panicking[fn] = true
	defer delete(p.panicking, fn)
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			if p.instrPanics(fn, instr) {
				return false
			}
		}
	}
	return true
}

func (p *Package) instrPanics(fn *ssa.Function, instr ssa.Instruction) bool {
	switch instr := instr.(type) {
	case *ssa.Call:
		return p.CanPanic(instr.Common())
	case *ssa.Defer:
		return p.CanPanic(instr.Common())
	case *ssa.Panic, *ssa.Send, *ssa.MapUpdate, *ssa.MakeSlice, *ssa.MakeChan, *ssa.Slice, *ssa.SliceToArrayPointer, *ssa.Index, *ssa.Go:
		return true
	case *ssa.Select:
		for _, st := range instr.States {
			if st.Dir == types.SendOnly {
				return true
			}
		}
	case *ssa.Lookup:
		return !isMap(instr.X) // of a string
	case *ssa.IndexAddr:
		return true
	case *ssa.TypeAssert:
		return !instr.CommaOk
	case *ssa.BinOp:
		switch instr.Op {
		case token.QUO, token.REM, token.SHL, token.SHR:
			_, constant := instr.Y.(*ssa.Const)
			return !constant
		case token.EQL, token.NEQ: // values of interfaces may not be comparable
			return types.IsInterface(instr.X.Type()) && !isNilConst(instr.X) && !isNilConst(instr.Y)
		}
	case *ssa.FieldAddr:
		return !neverNil(fn, instr.X)
	case *ssa.UnOp:
		return instr.Op == token.MUL && !neverNil(fn, instr.X)
	case *ssa.Store:
		return !neverNil(fn, instr.Addr)
	}
	return false
}

func isMap(v ssa.Value) bool {
	_, ok := v.Type().Underlying().(*types.Map)
	return ok
}

// neverNil reports whether an address is that of a variable, a part of one, or
// the receiver.
func neverNil(fn *ssa.Function, addr ssa.Value) bool {
	switch addr := addr.(type) {
	case *ssa.Alloc, *ssa.Global, *ssa.FreeVar, *ssa.FieldAddr, *ssa.IndexAddr:
		return true
	case *ssa.Parameter:
		return fn.Signature.Recv() != nil && addr == fn.Params[0]
	}
	return false
}

// recovers reports whether a body defers something that calls recover.
func recovers(fn *ssa.Function) bool {
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			d, ok := instr.(*ssa.Defer)
			if !ok {
				continue
			}
			if callee := d.Call.StaticCallee(); callee != nil && callsRecover(callee) {
				return true
			}
		}
	}
	return false
}

func callsRecover(fn *ssa.Function) bool {
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			if call, ok := instr.(*ssa.Call); ok {
				if b, ok := call.Call.Value.(*ssa.Builtin); ok && b.Name() == "recover" {
					return true
				}
			}
		}
	}
	return false
}

// RecoveredBy returns a function that recovers from a panic in body: itself,
// one that calls it, as far as the calls of this package are in view, or the
// server that calls it if it is a handler of net/http. What another goroutine
// runs isn't recovered by the one that started it.
func (p *Package) RecoveredBy(body *ssa.Function) (by string, ok bool) {
	type frame struct {
		fn    *ssa.Function
		depth int
	}
	const deepest = 6
	seen := map[*ssa.Function]bool{body: true}
	for work := []frame{{body, 0}}; len(work) > 0; work = work[1:] {
		fn := work[0].fn
		if recovers(fn) {
			return nameOf(p, fn), true
		}
		if isHTTPHandler(fn.Signature) && len(p.Launched(fn)) == 0 {
			return "net/http", true
		}
		if work[0].depth == deepest {
			continue
		}
		callers := p.callers().sites[fn]
		for _, site := range callers {
			if _, launched := site.(*ssa.Go); !launched && !seen[site.Parent()] {
				seen[site.Parent()] = true
				work = append(work, frame{site.Parent(), work[0].depth + 1})
			}
		}
		// A range over a function runs its body within the function around it.
		if outer := fn.Parent(); outer != nil && fn.Synthetic == "range-over-func yield" && !seen[outer] {
			seen[outer] = true
			work = append(work, frame{outer, work[0].depth + 1})
		}
	}
	return "", false
}

func nameOf(p *Package, fn *ssa.Function) string {
	if f := p.Of(fn); f != nil && f.SSA == fn {
		return f.Name()
	}
	return "a function literal"
}

// afterPanic reports whether a block is reached only where recover has stopped
// a panic.
func afterPanic(block *ssa.BasicBlock) bool {
	for b := block; b.Idom() != nil; b = b.Idom() {
		dominator := b.Idom()
		branch, ok := dominator.Instrs[len(dominator.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		cond, notNil := stripNot(branch.Cond, true)
		compare, ok := cond.(*ssa.BinOp)
		if !ok || !isRecovered(compare.X) || !isNilConst(compare.Y) || compare.Op != token.NEQ && compare.Op != token.EQL {
			continue
		}
		side := dominator.Succs[1]
		if (compare.Op == token.NEQ) == notNil {
			side = dominator.Succs[0]
		}
		if len(side.Preds) == 1 && side.Dominates(block) {
			return true
		}
	}
	return false
}

func isRecovered(v ssa.Value) bool {
	call, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	b, ok := call.Call.Value.(*ssa.Builtin)
	return ok && b.Name() == "recover"
}
