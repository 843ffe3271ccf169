package deferinloop_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/ctxls/ctxls/diagnostics/deferinloop"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
)

func TestRule(t *testing.T) { ruletest.Run(t, deferinloop.Rule, "a", "ok", "oneline") }

func TestHints(t *testing.T) {
	for _, result := range analysistest.Run(t, analysistest.TestData(), rule.Analyzer(deferinloop.Rule), "hints") {
		for _, f := range result.Result.(*rule.Result).Findings {
			if f.Severity != rule.Hint || len(f.Fixes) > 0 {
				t.Errorf("%s: severity %v with %d fixes, want a hint without", f.Function, f.Severity, len(f.Fixes))
			}
		}
	}
}

// TestProof: before the function returns, each turn has left a goroutine of
// the context package behind; mended, none is left.
func TestProof(t *testing.T) {
	before, after := ruletest.Proof(t, deferinloop.Rule, "testdata/proof/main.go")
	if before != "goroutines=101\n" {
		t.Errorf("with the bug: %q, want 100 goroutines more than main", before)
	}
	if after != "goroutines=1\n" {
		t.Errorf("mended: %q, want main alone", after)
	}
}
