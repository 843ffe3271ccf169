package flow_test

import (
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/ctxls/ctxls/internal/flow"
)

// waiting reports the operations that wait for ever, and at a function's name
// what its summary says of them.
var waiting = &analysis.Analyzer{
	Name:     "waiting",
	Doc:      "waiting: states operations that can wait for ever",
	Requires: []*analysis.Analyzer{flow.Analyzer},
	Run: func(pass *analysis.Pass) (any, error) {
		pkg := pass.ResultOf[flow.Analyzer].(*flow.Package)
		for _, f := range pkg.Funcs {
			for _, body := range f.Bodies {
				for _, w := range pkg.Waits(body) {
					pass.Reportf(w.Pos, "%s: %s", pkg.Operation(w), w.Reason)
				}
			}
			s := pkg.SummaryOf(f.Obj)
			if s == nil {
				continue
			}
			for _, b := range s.Blocks {
				text := f.Obj.Name() + ":" + b.Operation
				if len(b.Path) > 0 {
					text += " by " + strings.Join(b.Path, ", ")
				}
				pass.Reportf(f.Decl.Name.Pos(), "%s", text)
			}
		}
		return nil, nil
	},
}

func TestWaits(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), waiting, "waits", "waits/user")
}
