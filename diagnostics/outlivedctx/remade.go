package outlivedctx

import (
	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/internal/flow"
)

// onlyRemade reports whether a call copies a request, under the context, that
// is sent nowhere: it is looked at, and made into another one under another
// context.
func onlyRemade(site ssa.CallInstruction) bool {
	copied, ok := site.(*ssa.Call)
	if !ok || copied.Type().String() != "*net/http.Request" {
		return false
	}
	if fn := flow.Callee(copied.Common()); fn == nil || fn.Name() != "Clone" && fn.Name() != "WithContext" {
		return false
	}
	for _, ref := range *copied.Referrers() {
		switch ref := ref.(type) {
		case *ssa.FieldAddr, *ssa.DebugRef:
		case *ssa.Call:
			if ref.Call.IsInvoke() || len(ref.Call.Args) == 0 || ref.Call.Args[0] != ssa.Value(copied) {
				return false
			}
			fn := flow.Callee(ref.Common())
			if fn == nil {
				return false
			}
			switch fn.FullName() {
			case "(*net/http.Request).Context", "(*net/http.Request).Clone", "(*net/http.Request).WithContext":
			default:
				return false
			}
		default:
			return false
		}
	}
	return true
}
