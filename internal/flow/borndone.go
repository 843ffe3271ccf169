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

// isPast reports whether a time is the present, or a constant time before that.
func isPast(t ssa.Value) bool {
	const longest = 8 // variables can be made from themselves
	for range longest {
		switch x := t.(type) {
		case *ssa.Call:
			fn := Callee(x.Common())
			if !Is(fn, "(time.Time).Add") || !notPositive(x.Call.Args[1]) {
				return Is(fn, "time.Now")
			}
			t = x.Call.Args[0]
		case *ssa.UnOp:
			if x.Op != token.MUL {
				return false
			}
			t = onlyStored(x.X)
		default:
			return false
		}
	}
	return false
}
