package flow_test

import (
	"go/ast"
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/internal/flow"
)

// atMarks makes an analyzer that reports what say says of each call of here.
func atMarks(say func(p *flow.Package, f *flow.Func, mark *ast.CallExpr) string) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:     "marks",
		Doc:      "marks: reports at calls of here",
		Requires: []*analysis.Analyzer{flow.Analyzer},
		Run: func(pass *analysis.Pass) (any, error) {
			p := pass.ResultOf[flow.Analyzer].(*flow.Package)
			for _, f := range p.Funcs {
				ast.Inspect(f.SSA.Syntax(), func(n ast.Node) bool {
					call, ok := n.(*ast.CallExpr)
					if !ok {
						return true
					}
					if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "here" {
						if said := say(p, f, call); said != "" {
							pass.ReportRangef(call, "%s", said)
						}
					}
					return true
				})
			}
			return nil, nil
		},
	}
}

func TestLiveContexts(t *testing.T) {
	kinds := map[flow.LiveKind]string{
		flow.LiveLocal: "local", flow.LiveParam: "param", flow.LiveCaptured: "captured", flow.LiveRequest: "request", flow.LiveField: "field",
	}
	analysistest.Run(t, analysistest.TestData(), atMarks(func(p *flow.Package, f *flow.Func, mark *ast.CallExpr) string {
		var parts []string
		for _, live := range p.LiveContexts(f, mark.Pos()) {
			parts = append(parts, live.Expr+" "+kinds[live.Kind])
			if live.Var == nil {
				t.Errorf("%s has no variable", live.Expr)
			}
		}
		if parts == nil {
			return "none"
		}
		return strings.Join(parts, ", ")
	}), "live")
}

func TestAfterDone(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), atMarks(func(p *flow.Package, f *flow.Func, mark *ast.CallExpr) string {
		for _, body := range f.Bodies {
			for _, block := range body.Blocks {
				for _, instr := range block.Instrs {
					if call, ok := instr.(*ssa.Call); ok && call.Pos() == mark.Lparen && p.AfterDone(call) {
						return "done"
					}
				}
			}
		}
		return ""
	}), "done")
}

func TestHasContextMethods(t *testing.T) {
	for _, typ := range []types.Type{types.Typ[types.Int], types.NewPointer(types.Typ[types.Int]), types.Universe.Lookup("error").Type()} {
		if flow.HasContextMethods(typ) || flow.IsContextLike(typ) {
			t.Errorf("%s counts as a context", typ)
		}
	}
}
