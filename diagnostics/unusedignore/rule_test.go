package unusedignore_test

import (
	"reflect"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
	"github.com/ctxls/ctxls/diagnostics/unusedignore"
)

// analyzer reports what the suite finds of the rule, as it is shown.
var analyzer = &analysis.Analyzer{
	Name:       "unusedignore",
	Doc:        "unusedignore: for its tests",
	Requires:   []*analysis.Analyzer{diagnostics.Suite},
	ResultType: reflect.TypeFor[*rule.Result](),
	Run: func(pass *analysis.Pass) (any, error) {
		result := new(rule.Result)
		files := rule.Files(pass)
		all := func(rule.ResolvedFix) bool { return true }
		for _, f := range pass.ResultOf[diagnostics.Suite].(*diagnostics.Report).Findings {
			if f.Rule == unusedignore.Rule.Name && !f.Suppressed {
				result.Findings = append(result.Findings, f)
				pass.Report(f.Diagnostic(files, all))
			}
		}
		return result, nil
	},
}

func TestRule(t *testing.T) { ruletest.RunAnalyzer(t, analyzer, "bad", "file", "ok") }

// TestSafe: a comment goes without asking only where it was right once and is
// ours alone.
func TestSafe(t *testing.T) {
	for _, result := range analysistest.Run(t, analysistest.TestData(), analyzer, "bad") {
		unsafe := 0
		for _, f := range result.Result.(*rule.Result).Findings {
			if len(f.Fixes) != 1 {
				t.Errorf("line %d has %d fixes", f.Range.Start.Line, len(f.Fixes))
			} else if !f.Fixes[0].Safe {
				unsafe++
			}
			if f.Severity != rule.Hint {
				t.Errorf("line %d: %s", f.Range.Start.Line, f.Severity)
			}
		}
		if unsafe != 5 { // two unknown names, two lists of other programs, one without names
			t.Errorf("%d fixes are not safe, want 5", unsafe)
		}
	}
}
