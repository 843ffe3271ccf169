package flow_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/ctxls/ctxls/internal/flow"
)

// describe reports the summary of each function at its name, so that want
// comments can state it.
var describe = &analysis.Analyzer{
	Name:     "describe",
	Doc:      "describe: states summaries",
	Requires: []*analysis.Analyzer{flow.Analyzer},
	Run: func(pass *analysis.Pass) (any, error) {
		pkg := pass.ResultOf[flow.Analyzer].(*flow.Package)
		for _, f := range pkg.Funcs {
			if f.Decl == nil {
				continue
			}
			if text := text(pkg.SummaryOf(f.Obj)); text != "" {
				pass.Reportf(f.Decl.Name.Pos(), "%s", text)
			}
		}
		return nil, nil
	},
}

func text(s *flow.Summary) string {
	var parts []string
	if s == nil {
		return ""
	}
	if s.NoReturn {
		parts = append(parts, "no return")
	}
	for i, use := range s.Params {
		if name := useNames[use]; name != "" {
			parts = append(parts, fmt.Sprintf("param %d %s", i, name))
		}
	}
	for i, kind := range s.Results {
		if name := kindNames[kind]; name != "" {
			parts = append(parts, fmt.Sprintf("result %d %s", i, name))
		}
	}
	for _, d := range s.Derives {
		what := "follows"
		if d.Cancels {
			what = "ends before"
		}
		parts = append(parts, fmt.Sprintf("context %d %s %d", d.Result, what, d.Param))
	}
	for _, b := range s.CallsBack {
		parts = append(parts, fmt.Sprintf("param %d called with context of %d", b.Param, b.From))
	}
	return strings.Join(parts, ", ")
}

var useNames = map[flow.ParamUse]string{
	flow.UseDropped: "dropped", flow.UseCalled: "called", flow.UseSometimes: "sometimes called",
	flow.UseKept: "kept", flow.UseLaunched: "launched",
}

var kindNames = map[flow.ResultKind]string{
	flow.ResultFresh: "fresh", flow.ResultShared: "shared", flow.ResultNoop: "does nothing", flow.ResultMixed: "shared on some ways",
}

func TestSummaries(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), describe, "summaries", "summaries/user")
}
