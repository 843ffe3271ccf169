package brokenchain

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/internal/flow"
)

// besideLive reports whether what a call returns is used together with a live
// context: it belongs to this call then.
func (c *candidate) besideLive(call *ssa.Call) bool {
	return c.heldWithLive(call) || c.anyUse(call, func(_ ssa.Value, ref ssa.Instruction) bool {
		site, ok := ref.(ssa.CallInstruction)
		return ok && slices.ContainsFunc(site.Common().Args, func(arg ssa.Value) bool {
			return flow.IsContext(arg.Type()) && !c.pass.Flow.Origin(arg).Root
		})
	})
}

// heldWithLive reports whether what a call returns is stored in one struct
// with a live context.
func (c *candidate) heldWithLive(call *ssa.Call) bool {
	return c.anyUse(call, func(result ssa.Value, ref ssa.Instruction) bool {
		store, ok := ref.(*ssa.Store)
		if !ok || store.Val != result {
			return false
		}
		field, ok := store.Addr.(*ssa.FieldAddr)
		return ok && c.holdsLive(field.X)
	})
}

// anyUse looks for a use of what a call returns.
func (c *candidate) anyUse(call *ssa.Call, wanted func(result ssa.Value, ref ssa.Instruction) bool) bool {
	results := []ssa.Value{call}
	add := func(v ssa.Value) {
		if !slices.Contains(results, v) {
			results = append(results, v)
		}
	}
	for i := 0; i < len(results); i++ {
		if results[i].Referrers() == nil {
			continue
		}
		for _, ref := range *results[i].Referrers() {
			if wanted(results[i], ref) {
				return true
			}
			switch ref := ref.(type) {
			case *ssa.Extract, *ssa.MakeInterface, *ssa.ChangeInterface:
				add(ref.(ssa.Value))
			case *ssa.Store: // a variable that a literal captures
				if cell, ok := ref.Addr.(*ssa.Alloc); ok && ref.Val == results[i] {
					for _, ref := range *cell.Referrers() {
						if load, ok := ref.(*ssa.UnOp); ok {
							add(load)
						}
					}
				}
			}
		}
	}
	return false
}

// holdsLive reports whether a live context is stored in the same struct.
func (c *candidate) holdsLive(s ssa.Value) bool {
	alloc, ok := s.(*ssa.Alloc)
	if !ok {
		return false
	}
	for _, ref := range *alloc.Referrers() {
		field, ok := ref.(*ssa.FieldAddr)
		if !ok {
			continue
		}
		for _, ref := range *field.Referrers() {
			if store, ok := ref.(*ssa.Store); ok && store.Addr == field && flow.IsContext(store.Val.Type()) && !c.pass.Flow.Origin(store.Val).Root {
				return true
			}
		}
	}
	return false
}

// ofLive reports whether a method's receiver is what the live context comes
// from.
func (c *candidate) ofLive(common *ssa.CallCommon) bool {
	if c.live.Kind != flow.LiveRequest || len(common.Args) == 0 {
		return false
	}
	recv := common.Args[0]
	if load, ok := recv.(*ssa.UnOp); ok { // a captured parameter
		if cell, ok := load.X.(*ssa.Alloc); ok {
			for _, ref := range *cell.Referrers() {
				if store, ok := ref.(*ssa.Store); ok && store.Addr == cell && c.isLive(store.Val) {
					return true
				}
			}
		}
	}
	return c.isLive(recv)
}

func (c *candidate) isLive(v ssa.Value) bool {
	param, ok := v.(*ssa.Parameter)
	return ok && param.Object() == c.live.Var
}
