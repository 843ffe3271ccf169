package abandonedsend_test

import (
	"maps"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/ctxls/ctxls/diagnostics/abandonedsend"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
)

func TestRule(t *testing.T) { ruletest.Run(t, abandonedsend.Rule, "bad", "ok", "ok/out", "tiers") }

// TestProof: three goroutines of the program are left at their sends; mended,
// none is, and the program prints the same otherwise.
func TestProof(t *testing.T) {
	before, after := ruletest.Proof(t, abandonedsend.Rule, "testdata/proof/main.go")
	const answers = "timeout early <nil> a\n"
	if want := answers + "left=3\n"; before != want {
		t.Errorf("with the bug: %q, want %q", before, want)
	}
	if want := answers + "left=0\n"; after != want {
		t.Errorf("mended: %q, want %q", after, want)
	}
	t.Logf("with the bug: %smended: %s", before, after)
}

// TestSeverity: where a goroutine may be started only once the last value is
// received, or only a test leaves it behind, the finding is a hint.
func TestSeverity(t *testing.T) {
	want := map[string]rule.Severity{
		"(*owner).put": rule.Hint, "gated": rule.Hint, "TestStops": rule.Hint,
		"twice": rule.Warning, "(*owner).report": rule.Hint, "(*asker).answer": rule.Hint, "overlapping": rule.Warning, "steps": rule.Hint, "(*worker).run": rule.Information, "both": rule.Warning, "runAll": rule.Hint, "gather": rule.Hint, "collect": rule.Warning, "listens": rule.Hint, "serves": rule.Warning,
		"(*fakeLoader).load": rule.Hint, "interrupted": rule.Hint, "serving": rule.Hint, "servingFor": rule.Warning, "": rule.Hint,
	}
	got := make(map[string]rule.Severity)
	for _, r := range analysistest.Run(t, analysistest.TestData(), rule.Analyzer(abandonedsend.Rule), "tiers") {
		for _, f := range r.Result.(*rule.Result).Findings {
			got[f.Function] = f.Severity
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("severities: %v, want %v", got, want)
	}
}
