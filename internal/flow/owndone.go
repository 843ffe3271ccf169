package flow

import (
	"go/token"

	"golang.org/x/tools/go/ssa"
)

// hearsDone reports whether a condition is that of a select's case which
// receives from the Done of the context that was made with the obligation.
func (f *follower) hearsDone(cond ssa.Value) bool {
	compare, ok := cond.(*ssa.BinOp)
	if !ok || f.source == nil {
		return false
	}
	sel, i := dispatch(compare)
	return sel != nil && i < len(sel.States) && f.ownDone(sel.States[i].Chan)
}

// ownDone reports whether a channel is the Done of the context that was made
// with the obligation.
func (f *follower) ownDone(ch ssa.Value) bool {
	call, ok := ch.(*ssa.Call)
	if !ok || !call.Call.IsInvoke() || call.Call.Method.Name() != "Done" {
		return false
	}
	v := call.Call.Value
	if load, ok := v.(*ssa.UnOp); ok && load.Op == token.MUL {
		v = onlyStored(cellOf(load.X))
	}
	made, ok := v.(*ssa.Extract)
	return ok && made.Tuple == ssa.Value(f.source) && IsContext(made.Type())
}
