package flow

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// hijacks reports whether a handler takes the connection of its request over: by
// Hijack, or by an upgrade to a websocket. From then on net/http doesn't watch
// the connection any more, and cancels the request's context only once the
// handler has returned.
func hijacks(f *Func) bool {
	if f == nil {
		return false
	}
	for _, body := range f.Bodies {
		for _, block := range body.Blocks {
			for _, instr := range block.Instrs {
				if call, ok := instr.(*ssa.Call); ok && takesOver(call) {
					return true
				}
			}
		}
	}
	return false
}

func takesOver(call *ssa.Call) bool {
	fn := Callee(call.Common())
	if fn == nil {
		return false
	}
	switch fn.Name() {
	case "Hijack":
		return fn.Signature().Params().Len() == 0 && fn.Signature().Results().Len() == 3
	case "Upgrade", "Accept":
		return slices.ContainsFunc(slices.Collect(fn.Signature().Params().Variables()), func(v *types.Var) bool {
			return types.TypeString(v.Type(), nil) == "net/http.ResponseWriter"
		})
	}
	return false
}
