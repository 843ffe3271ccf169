package flow_test

import (
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/ctxls/ctxls/internal/flow"
)

// joining reports of each launch whether somebody waits for it.
var joining = &analysis.Analyzer{
	Name:     "joining",
	Doc:      "joining: states who waits for a goroutine",
	Requires: []*analysis.Analyzer{flow.Analyzer},
	Run: func(pass *analysis.Pass) (any, error) {
		pkg := pass.ResultOf[flow.Analyzer].(*flow.Package)
		for _, f := range pkg.Funcs {
			for _, body := range f.Bodies {
				if pkg.IsHandlerBody(body) {
					pass.Reportf(body.Pos(), "handler")
				}
				for _, l := range pkg.LaunchesIn(body) {
					join := pkg.JoinOf(l)
					text := map[flow.JoinKind]string{
						flow.JoinUnknown: "unknown", flow.Joined: "joined", flow.NotJoined: "not joined", flow.JoinedSometimes: "joined sometimes",
					}[join.Kind]
					if join.By != "" {
						text += " by " + join.By
					}
					if join.Caller {
						text = "callers: " + text
					}
					pass.Reportf(l.Site.Pos(), "%s", text)
				}
			}
		}
		return nil, nil
	},
}

func TestJoins(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), joining, "joins", "joins/handlers")
}
