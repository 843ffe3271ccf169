package flow

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// thrownAway returns a call in view that drops the channel which it is given,
// be there others that don't.
// What tests do with the code that they test doesn't count.
func (w waiter) thrownAway(op *chanOp, c *channel) ssa.CallInstruction {
	inTest := func(fn *ssa.Function) bool {
		f := w.p.Of(fn)
		return f != nil && f.IsTest()
	}
	for _, fn := range append(slices.Clone(c.returned), c.makes[0].Parent()) {
		at := w.resultOf(fn, c)
		if at < 0 {
			continue
		}
		for _, site := range w.g.world.sites[fn] {
			if w.g.world.dead(site.Parent()) || inTest(site.Parent()) && !inTest(op.fn()) {
				continue
			}
			if call, ok := site.(*ssa.Call); !ok || drops(call, at) {
				return site
			}
		}
	}
	return nil
}

// resultOf is the index of the result as which fn returns the channel, -1 if
// it isn't always the same.
func (w waiter) resultOf(fn *ssa.Function, c *channel) int {
	at := -1
	if c.field {
		return -1 // it can be had again
	}
	for _, block := range fn.Blocks {
		ret, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return)
		if !ok {
			continue
		}
		for i, result := range ret.Results {
			for _, mk := range w.g.channelOf(result).makes {
				if mk != c.makes[0] {
					continue
				}
				if at >= 0 && at != i {
					return -1
				}
				at = i
			}
		}
	}
	return at
}

// drops reports whether nothing is done with a result of a call.
func drops(call *ssa.Call, result int) bool {
	var v ssa.Value = call
	if call.Call.Signature().Results().Len() > 1 {
		v = nil
		for _, ref := range *call.Referrers() {
			if e, ok := ref.(*ssa.Extract); ok && e.Index == result {
				v = e
			}
		}
	}
	if v == nil {
		return true
	}
	for _, ref := range *v.Referrers() {
		if _, debug := ref.(*ssa.DebugRef); !debug {
			return false
		}
	}
	return true
}
