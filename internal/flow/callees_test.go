package flow_test

import (
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/internal/flow"
)

// TestCallees: what a call through an interface may run depends on the
// interface, not only on the method.
func TestCallees(t *testing.T) {
	list := &analysis.Analyzer{
		Name: "callees", Doc: "callees: lists what interface calls may run", Requires: []*analysis.Analyzer{flow.Analyzer},
		Run: func(pass *analysis.Pass) (any, error) {
			pkg := pass.ResultOf[flow.Analyzer].(*flow.Package)
			for _, f := range pkg.Funcs {
				for _, block := range f.SSA.Blocks {
					for _, instr := range block.Instrs {
						call, ok := instr.(*ssa.Call)
						if !ok || !call.Call.IsInvoke() {
							continue
						}
						var names []string
						_, objs, complete := pkg.Callees(call.Common())
						for _, obj := range objs {
							names = append(names, obj.Signature().Recv().Type().(*types.Named).Obj().Name())
						}
						if complete {
							names = append(names, "complete")
						}
						pass.Reportf(call.Pos(), "%s", strings.Join(names, ", "))
					}
				}
			}
			return nil, nil
		},
	}
	analysistest.Run(t, analysistest.TestData(), list, "callees")
}
