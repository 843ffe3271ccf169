package flow

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// fresh reports whether a send goes to a channel with room left that the same
// function has made and put in a field of a value that nobody else has yet.
func (w waiter) fresh(op *chanOp, c *channel, room int64) bool {
	load, ok := channelAt(op).(*ssa.UnOp)
	if !ok || load.Op != token.MUL || inLoop(op.instr.Block()) {
		return false
	}
	addr, ok := load.X.(*ssa.FieldAddr)
	if !ok {
		return false
	}
	value, ok := addr.X.(*ssa.Alloc)
	if !ok {
		return false
	}
	held := false
	earlier := int64(0)
	for _, ref := range *value.Referrers() {
		switch ref := ref.(type) {
		case *ssa.DebugRef:
		case *ssa.FieldAddr:
			if ref.Field != addr.Field {
				continue
			}
			for _, use := range *ref.Referrers() {
				store, ok := use.(*ssa.Store)
				if !ok {
					continue
				}
				made, ok := store.Val.(*ssa.MakeChan)
				if held || !ok || store.Addr != ref || !before(made, op.instr) || !before(store, op.instr) || !slices.Contains(c.makes, made) {
					return false
				}
				held = true
			}
		case *ssa.Call:
			if !comesAfter(ref, op.instr) {
				continue
			}
			callee := w.g.world.callee(ref.Common())
			if callee == nil || !keepsNothing(callee, ref.Common(), value) {
				return false
			}
		default:
			if comesAfter(ref, op.instr) {
				return false
			}
		}
	}
	for _, s := range c.sends {
		if s.fn() == op.fn() && s.instr != op.instr && reachable(s, op) {
			earlier++
		}
	}
	return held && earlier < room
}

// keepsNothing reports whether a call only reads and writes fields of the
// value that it is given, those with channels excepted.
func keepsNothing(callee *ssa.Function, call *ssa.CallCommon, value ssa.Value) bool {
	for i, param := range callee.Params {
		if givenTo(call, i) != value {
			continue
		}
		for _, ref := range *param.Referrers() {
			switch ref := ref.(type) {
			case *ssa.DebugRef:
			case *ssa.FieldAddr:
				if isChanPointer(ref.Type()) {
					return false
				}
				for _, use := range *ref.Referrers() {
					switch use := use.(type) {
					case *ssa.UnOp, *ssa.DebugRef:
					case *ssa.Store:
						if use.Addr != ref {
							return false
						}
					case *ssa.FieldAddr:
						if !onlyLoaded(use) {
							return false
						}
					default:
						return false
					}
				}
			default:
				return false
			}
		}
	}
	return true
}
