package flow

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// WaitsForDone returns the receives outside of a select from Done of a context
// that call makes, by way of a field of this package that it is stored in.
func (p *Package) WaitsForDone(call ssa.CallInstruction) []*ssa.UnOp {
	field := p.fieldOfContext(call)
	if field == nil {
		return nil
	}
	var out []*ssa.UnOp
	for _, body := range p.bodies() {
		for _, block := range body.Blocks {
			for _, instr := range block.Instrs {
				receive, ok := instr.(*ssa.UnOp)
				if !ok || receive.Op != token.ARROW {
					continue
				}
				done, ok := receive.X.(*ssa.Call)
				if ok && isDoneChan(done) && done.Call.IsInvoke() && loadedField(done.Call.Value) == field {
					out = append(out, receive)
				}
			}
		}
	}
	return out
}

// fieldOfContext is the field of this package that the context which a call
// makes is stored in.
func (p *Package) fieldOfContext(call ssa.CallInstruction) *types.Var {
	v := call.Value()
	if v == nil || v.Referrers() == nil {
		return nil
	}
	for _, ref := range *v.Referrers() {
		ctx, ok := ref.(*ssa.Extract)
		if !ok || !IsContext(ctx.Type()) {
			continue
		}
		for _, ref := range *ctx.Referrers() {
			store, ok := ref.(*ssa.Store)
			if !ok || store.Val != ctx {
				continue
			}
			if addr, ok := store.Addr.(*ssa.FieldAddr); ok {
				if field := fieldVar(addr.X.Type(), addr.Field); field != nil && field.Pkg() == p.Pass.Pkg {
					return field
				}
			}
		}
	}
	return nil
}

// loadedField is the field that a value is loaded from.
func loadedField(v ssa.Value) *types.Var {
	load, ok := v.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return nil
	}
	addr, ok := load.X.(*ssa.FieldAddr)
	if !ok {
		return nil
	}
	return fieldVar(addr.X.Type(), addr.Field)
}
