package flow

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// storedAway reports whether a value is put where others find it: into a field,
// a package variable or a map, by itself or in a struct, here or some calls
// down.
func storedAway(v ssa.Value, depth int) bool {
	if depth == 0 || v.Referrers() == nil {
		return false
	}
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.MapUpdate:
			if ref.Value == v {
				return true
			}
		case *ssa.Store:
			switch addr := ref.Addr.(type) {
			case *ssa.FieldAddr:
				if ref.Val != v {
					continue
				}
				alloc, local := addr.X.(*ssa.Alloc)
				if !local || copiedAway(alloc) {
					return true
				}
			case *ssa.Global:
				return true
			}
		case *ssa.ChangeType:
			if storedAway(ref, depth) {
				return true
			}
		case *ssa.Call:
			fn := ref.Call.StaticCallee()
			for i, arg := range ref.Call.Args {
				if fn != nil && arg == v && i < len(fn.Params) && storedAway(fn.Params[i], depth-1) {
					return true
				}
			}
		}
	}
	return false
}

// copiedAway reports whether a struct is copied into a map or a package
// variable.
func copiedAway(alloc *ssa.Alloc) bool {
	for _, ref := range *alloc.Referrers() {
		load, ok := ref.(*ssa.UnOp)
		if !ok {
			continue
		}
		for _, ref := range *load.Referrers() {
			switch ref := ref.(type) {
			case *ssa.MapUpdate:
				return true
			case *ssa.Store:
				if _, global := ref.Addr.(*ssa.Global); global {
					return true
				}
			}
		}
	}
	return false
}

// calledByGoroutine reports whether a cancel function that is returned lies in a
// variable which a goroutine started here captures and calls.
func calledByGoroutine(v ssa.Value) bool {
	load, ok := v.(*ssa.UnOp)
	if !ok {
		return false
	}
	for _, ref := range *load.X.Referrers() {
		mk, ok := ref.(*ssa.MakeClosure)
		if !ok {
			continue
		}
		fn, ok := mk.Fn.(*ssa.Function)
		if !ok || !slices.ContainsFunc(*mk.Referrers(), func(ref ssa.Instruction) bool { _, ok := ref.(*ssa.Go); return ok }) {
			continue
		}
		for i, bound := range mk.Bindings {
			if bound == load.X && calls(fn, fn.FreeVars[i]) {
				return true
			}
		}
	}
	return false
}

// calls reports whether a body calls, or defers a call of, what a captured
// variable holds.
func calls(fn *ssa.Function, captured *ssa.FreeVar) bool {
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			site, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			if load, ok := site.Common().Value.(*ssa.UnOp); ok && load.X == ssa.Value(captured) {
				return true
			}
		}
	}
	return false
}
