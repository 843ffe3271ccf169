package ctxvariant

import (
	"go/ast"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

// getsContext reports whether a request that a call makes is given its
// context afterwards, also by a caller that it is returned to, or goes to a
// function that has one to give.
func getsContext(pass *rule.Pass, call *ssa.Call) bool {
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
			case *ssa.Return:
				for _, result := range pass.Flow.ResultsAt(ref, requests[i]) {
					if !slices.Contains(requests, result) {
						requests = append(requests, result)
					}
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

// unsent reports whether a request that a call makes is read or written out by
// hand, and goes to nobody who could send it.
func unsent(call *ssa.Call) bool {
	const deepest = 2 // calls down
	var goesOn func(request ssa.Value, depth int) bool
	goesOn = func(request ssa.Value, depth int) bool {
		return slices.ContainsFunc(*request.Referrers(), func(use ssa.Instruction) bool {
			switch use := use.(type) {
			case *ssa.FieldAddr, *ssa.DebugRef:
				return false
			case *ssa.Call:
				fn := use.Call.StaticCallee()
				at := slices.Index(use.Call.Args, request)
				if fn == nil || at < 0 {
					return true
				}
				if obj := flow.Callee(use.Common()); at == 0 && fn.Signature.Recv() != nil && obj != nil && obj.Pkg() != nil && obj.Pkg().Path() == "net/http" {
					return obj.Name() == "WithContext" || obj.Name() == "Clone"
				}
				return depth == deepest || len(fn.Blocks) == 0 || goesOn(fn.Params[at], depth+1)
			}
			return true
		})
	}
	found := false
	for _, ref := range *call.Referrers() {
		if request, ok := ref.(*ssa.Extract); ok && request.Index == 0 {
			found = true
			if goesOn(request, 0) {
				return false
			}
		}
	}
	return found
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
