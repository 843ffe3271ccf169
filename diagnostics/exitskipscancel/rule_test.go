package exitskipscancel_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/ctxls/ctxls/diagnostics/exitskipscancel"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
)

func TestRule(t *testing.T) { ruletest.Run(t, exitskipscancel.Rule, "a", "ok") }

// TestSeverity: what the context owns outside of the process makes it a warning.
func TestSeverity(t *testing.T) {
	for _, result := range analysistest.Run(t, analysistest.TestData(), rule.Analyzer(exitskipscancel.Rule), "a") {
		for _, f := range result.Result.(*rule.Result).Findings {
			want := rule.Hint
			if f.Function == "command" || f.Function == "locked" || f.Function == "leased" {
				want = rule.Warning
			}
			if f.Severity != want || len(f.Fixes) > 0 {
				t.Errorf("%s: severity %v with %d fixes, want %v without", f.Function, f.Severity, len(f.Fixes), want)
			}
		}
	}
}
