package flow

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// dead reports whether nothing of a program runs fn: in a package main all
// that runs is reached from main and the initialisers, in a package of tests
// from what the testing package calls. Methods of a type that becomes an
// interface value count as reached, where something calls a method of that
// name or the interface is of another package.
func (w *world) dead(fn *ssa.Function) bool {
	if !w.closed {
		return false
	}
	if w.reached == nil {
		w.reach()
	}
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	return !w.reached[fn]
}

func (w *world) reach() {
	w.reached = make(map[*ssa.Function]bool)
	var work []*ssa.Function
	add := func(fn *ssa.Function) {
		if fn.Origin() != nil {
			fn = fn.Origin()
		}
		if d := w.p.declared(fn); d != nil {
			fn = d
		}
		if w.p.bySSA[fn] != nil && !w.reached[fn] {
			w.reached[fn] = true
			work = append(work, fn)
		}
	}
	onlyTests := w.p.onlyTests()
	for _, f := range w.p.Funcs {
		name := f.SSA.Name()
		if f.Obj == nil || name == "main" || name == "init" || strings.HasPrefix(name, "init#") || f.isTest && (!onlyTests || calledByTesting(f.Obj)) {
			add(f.SSA)
		}
	}
	if init := w.p.SSA.Func("init"); init != nil {
		w.reached[init] = true
		work = append(work, init)
	}
	var operands []*ssa.Value
	for len(work) > 0 {
		fn := work[len(work)-1]
		work = work[:len(work)-1]
		bodies := []*ssa.Function{fn}
		if f := w.p.bySSA[fn]; f != nil {
			bodies = f.Bodies
		}
		for _, body := range bodies {
			for _, block := range body.Blocks {
				if neverRuns(block) {
					continue
				}
				for _, instr := range block.Instrs {
					operands = instr.Operands(operands[:0])
					for _, operand := range operands {
						if callee, ok := (*operand).(*ssa.Function); ok {
							add(callee)
						}
					}
					if mk, ok := instr.(*ssa.MakeInterface); ok {
						w.reachMethods(mk, add)
					}
				}
			}
		}
	}
}

// calledByTesting reports whether a function of a test file is a test, a
// benchmark, a fuzz target or an example by its name.
func calledByTesting(fn *types.Func) bool {
	return fn.Signature().Recv() == nil && slices.ContainsFunc([]string{"Test", "Benchmark", "Fuzz", "Example"}, func(prefix string) bool {
		return strings.HasPrefix(fn.Name(), prefix)
	})
}

// reachMethods adds the methods that may be called by an interface value.
func (w *world) reachMethods(mk *ssa.MakeInterface, add func(*ssa.Function)) {
	own := false
	if named, ok := types.Unalias(mk.Type()).(*types.Named); ok {
		own = named.Obj().Pkg() == w.p.Pass.Pkg
	}
	methods := types.NewMethodSet(mk.X.Type())
	for sel := range methods.Methods() {
		fn, ok := sel.Obj().(*types.Func)
		if !ok {
			continue
		}
		f := w.p.byObj[fn.Origin()]
		if f != nil && (!own || w.invoked[fn.Name()] || len(w.sites[f.SSA]) > 0) {
			add(f.SSA)
		}
	}
}

// neverRuns reports whether a block stands behind a test of a variable against
// nil that can only end the other way.
func neverRuns(block *ssa.BasicBlock) bool {
	for ; block.Idom() != nil; block = block.Idom() {
		before := block.Idom()
		branch, ok := before.Instrs[len(before.Instrs)-1].(*ssa.If)
		if !ok || len(block.Preds) != 1 || before.Succs[0] == before.Succs[1] {
			continue
		}
		cond, taken := stripNot(branch.Cond, before.Succs[0] == block)
		compare, ok := cond.(*ssa.BinOp)
		if !ok || (compare.Op == token.NEQ) != taken || compare.Op != token.NEQ && compare.Op != token.EQL {
			continue
		}
		if load, ok := comparedWithZero(compare).(*ssa.UnOp); ok && load.Op == token.MUL && alwaysNil(cellOf(load.X)) {
			return true
		}
	}
	return false
}

// alwaysNil reports whether a variable of a function, which literals may
// capture, never holds anything but nil.
func alwaysNil(cell ssa.Value) bool {
	alloc, ok := cell.(*ssa.Alloc)
	return ok && storesNil(alloc, alloc)
}

func storesNil(cell *ssa.Alloc, addr ssa.Value) bool {
	for _, ref := range *addr.Referrers() {
		switch ref := ref.(type) {
		case *ssa.UnOp, *ssa.DebugRef:
		case *ssa.Store:
			load, again := ref.Val.(*ssa.UnOp) // return x stores x in the result x
			if ref.Addr != addr || !isNilConst(ref.Val) && !(again && load.Op == token.MUL && cellOf(load.X) == cell) {
				return false
			}
		case *ssa.MakeClosure:
			for i, b := range ref.Bindings {
				if b == addr && !storesNil(cell, ref.Fn.(*ssa.Function).FreeVars[i]) {
					return false
				}
			}
		default:
			return false
		}
	}
	return true
}
