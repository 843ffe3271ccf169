package deafgoroutine_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/ctxls/ctxls/diagnostics/deafgoroutine"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
)

func TestRule(t *testing.T) { ruletest.Run(t, deafgoroutine.Rule, "bad", "ok") }

// TestProof: of the program's goroutines six are left when their context is
// done, each at an operation that the rule reports; mended, none is.
func TestProof(t *testing.T) {
	before, after := ruletest.Proof(t, deafgoroutine.Rule, "testdata/proof/main.go")
	if want := "sum=55 left=6\n"; before != want {
		t.Errorf("with the bug: %q, want %q", before, want)
	}
	if want := "sum=55 left=0\n"; after != want {
		t.Errorf("mended: %q, want %q", after, want)
	}
	t.Logf("with the bug: %smended: %s", before, after)
}

// TestSeverities: what is less than a warning, and why.
func TestSeverities(t *testing.T) {
	want := map[string]rule.Severity{
		"TestTimeout": rule.Hint, "onSignals": rule.Hint, "(*owner).start": rule.Information, "plain": rule.Warning, "main": rule.Information,
	}
	results := analysistest.Run(t, analysistest.TestData(), rule.Analyzer(deafgoroutine.Rule), "severity")
	for _, f := range results[0].Result.(*rule.Result).Findings {
		if f.Severity != want[f.Function] {
			t.Errorf("in %s: %s, want %s", f.Function, f.Severity, want[f.Function])
		}
		delete(want, f.Function)
	}
	for name := range want {
		t.Errorf("nothing found in %s", name)
	}
}
