package flow

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// CommandOutlives reports whether the command that a call makes is started and
// not waited for in its function, or handed on: it may be meant to go on.
func CommandOutlives(call *ssa.Call) bool {
	started, waited := false, false
	EachUse(call, func(ref ssa.Instruction) {
		switch ref := ref.(type) {
		case *ssa.Return, *ssa.Store:
			started = true
		case ssa.CallInstruction:
			if fn := Callee(ref.Common()); fn != nil {
				started = started || SetsOffByName(fn.Name())
				waited = waited || fn.Name() == "Wait"
			}
		}
	})
	return started && !waited
}

// IsInteractive reports whether the command that a call makes reads what the
// program's user types, from os.Stdin or a variable of a package that is named
// so: killing it may lose that, and leaves the terminal behind.
func IsInteractive(call *ssa.Call) bool {
	found := false
	EachUse(call, func(ref ssa.Instruction) {
		field, ok := ref.(*ssa.FieldAddr)
		if !ok || fieldOf(field).Name() != "Stdin" {
			return
		}
		for _, use := range *field.Referrers() {
			if store, ok := use.(*ssa.Store); ok && store.Addr == ssa.Value(field) {
				found = found || isGlobalNamed(store.Val, "Stdin")
			}
		}
	})
	return found
}

// isGlobalNamed reports whether a value is that of a package variable of a name.
func isGlobalNamed(v ssa.Value, name string) bool {
	for {
		switch x := v.(type) {
		case *ssa.MakeInterface:
			v = x.X
		case *ssa.ChangeInterface:
			v = x.X
		case *ssa.UnOp:
			global, ok := x.X.(*ssa.Global)
			return ok && global.Name() == name
		default:
			return false
		}
	}
}

// Aliases are a value and what is read of it from the local variables that it is
// assigned to, in literals as well.
func Aliases(v ssa.Value) []ssa.Value {
	values := []ssa.Value{v}
	for i := 0; i < len(values); i++ {
		for _, ref := range *values[i].Referrers() {
			cell := localOf(ref, values[i])
			if cell == nil {
				continue
			}
			for _, c := range cellsOf(cell) {
				for _, ref := range *c.Referrers() {
					if load, ok := ref.(*ssa.UnOp); ok && !slices.Contains(values, ssa.Value(load)) {
						values = append(values, load)
					}
				}
			}
		}
	}
	return values
}

// localOf is the local variable that an instruction assigns v to, nil if it
// does something else.
func localOf(instr ssa.Instruction, v ssa.Value) *ssa.Alloc {
	store, ok := instr.(*ssa.Store)
	if !ok || store.Val != v {
		return nil
	}
	cell, _ := store.Addr.(*ssa.Alloc)
	return cell
}

// EachUse visits the uses of what a call returns and of its [Aliases], but for
// the assignments that make these.
func EachUse(call *ssa.Call, visit func(ref ssa.Instruction)) {
	for _, v := range Aliases(call) {
		for _, ref := range *v.Referrers() {
			if store, ok := ref.(*ssa.Store); ok && (store.Val != v || localOf(ref, v) != nil) {
				continue
			}
			visit(ref)
		}
	}
}
