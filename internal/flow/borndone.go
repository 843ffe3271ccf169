package flow

import (
	"go/constant"
	"go/token"

	"golang.org/x/tools/go/ssa"
)

// BornDone reports whether the context that a call makes is done from the
// start, its time being up: cancelling it does nothing.
func BornDone(call *ssa.CallCommon) bool {
	fn := Callee(call)
	if fn == nil || len(call.Args) < 2 {
		return false
	}
	switch {
	case InContext(fn, "WithTimeout", "WithTimeoutCause"):
		return notPositive(call.Args[1])
	case InContext(fn, "WithDeadline", "WithDeadlineCause"):
		return isPast(call.Args[1])
	}
	return false
}

func notPositive(v ssa.Value) bool {
	c, ok := v.(*ssa.Const)
	return ok && c.Value != nil && constant.Sign(c.Value) <= 0
}

// isPast reports whether a time is the present, or a constant time before that;
// or none at all.
func isPast(t ssa.Value) bool {
	switch t := t.(type) {
	case *ssa.Const:
		return true // time.Time{}
	case *ssa.Call:
		fn := Callee(t.Common())
		return Is(fn, "time.Now") || Is(fn, "(time.Time).Add") && notPositive(t.Call.Args[1]) && isPast(t.Call.Args[0])
	case *ssa.UnOp:
		cell, ok := t.X.(*ssa.Alloc)
		if !ok || t.Op != token.MUL {
			return false
		}
		only := onlyStore(cell)
		return only != nil && isPast(only)
	}
	return false
}
