package ctxvariant

import (
	"go/ast"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

// getsContext reports whether a request that a call makes is given its
// context afterwards, or goes to a function that has one to give.
func getsContext(call *ssa.Call) bool {
	requests := []ssa.Value{call}
	for i := 0; i < len(requests); i++ {
		for _, ref := range *requests[i].Referrers() {
			switch ref := ref.(type) {
			case *ssa.Extract:
				requests = append(requests, ref)
			case *ssa.Phi:
				if !slices.Contains(requests, ssa.Value(ref)) {
					requests = append(requests, ref)
				}
			case *ssa.Store:
				if cell, ok := ref.Addr.(*ssa.Alloc); ok {
					for _, ref := range *cell.Referrers() {
						if load, ok := ref.(*ssa.UnOp); ok && !slices.Contains(requests, ssa.Value(load)) {
							requests = append(requests, load)
						}
					}
				} else if ref.Val == requests[i] {
					return true // kept for later
				}
			case ssa.CallInstruction:
				fn := flow.Callee(ref.Common())
				if fn != nil && (fn.Name() == "WithContext" || fn.Name() == "Clone") || takesContext(ref.Common().Signature()) {
					return true
				}
			}
		}
	}
	return false
}

// onlyWritten reports whether a request that a call makes is written out by
// hand, and goes to nobody else who could look at its context.
func onlyWritten(call *ssa.Call) bool {
	written, elsewhere := false, false
	for _, ref := range *call.Referrers() {
		request, ok := ref.(*ssa.Extract)
		if !ok || request.Index != 0 {
			continue
		}
		for _, use := range *request.Referrers() {
			switch use := use.(type) {
			case *ssa.FieldAddr, *ssa.DebugRef:
			case *ssa.Call:
				fn := flow.Callee(use.Common())
				own := fn != nil && fn.Pkg() != nil && fn.Pkg().Path() == "net/http" && fn.Signature().Recv() != nil && len(use.Call.Args) > 0 && use.Call.Args[0] == request
				written = written || own && (fn.Name() == "Write" || fn.Name() == "WriteProxy")
				elsewhere = elsewhere || !own
			default:
				elsewhere = true
			}
		}
	}
	return written && !elsewhere
}

// fills reports whether the request whose context is at hand is the variable
// that a call is assigned to: so far it holds none.
func fills(pass *rule.Pass, path []ast.Node, ctx flow.LiveContext) bool {
	if ctx.Kind != flow.LiveRequest || len(path) < 2 {
		return false
	}
	assign, ok := path[1].(*ast.AssignStmt)
	if !ok {
		return false
	}
	id, ok := assign.Lhs[0].(*ast.Ident)
	return ok && pass.TypesInfo.Uses[id] == ctx.Var
}
