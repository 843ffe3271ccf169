package forwardcancel_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/ctxls/ctxls/diagnostics/forwardcancel"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
)

func TestRule(t *testing.T) { ruletest.Run(t, forwardcancel.Rule, "bad", "ok") }

// TestProof: each request leaves a goroutine behind that waits for the
// server's context; mended, none.
func TestProof(t *testing.T) {
	before, after := ruletest.Proof(t, forwardcancel.Rule, "testdata/proof/main.go")
	if before != "goroutines left: 100\n" {
		t.Errorf("with the bug: %q, want a hundred goroutines", before)
	}
	if after != "goroutines left: 0\n" {
		t.Errorf("mended: %q, want no goroutine", after)
	}
}

// TestTiers: what is redundant is a warning with a safe fix; AfterFunc is
// applied by hand; a forwarder that leaves with either context is information,
// and one in a test a hint.
func TestTiers(t *testing.T) {
	type tier struct {
		severity rule.Severity
		safe     bool
	}
	want := map[string]tier{
		"redundant":       {rule.Warning, true},
		"logs":            {rule.Warning, false},
		"unrelated":       {rule.Warning, false},
		"selects":         {rule.Information, false},
		"named":           {rule.Warning, true},
		"(*server).field": {rule.Information, false},
		"timeout":         {rule.Hint, false},
		"pleases":         {rule.Hint, false},
	}
	found := 0
	for _, result := range analysistest.Run(t, analysistest.TestData(), rule.Analyzer(forwardcancel.Rule), "bad") {
		for _, f := range result.Result.(*rule.Result).Findings {
			w, ok := want[f.Function]
			if !ok {
				continue
			}
			found++
			if got := (tier{f.Severity, len(f.Fixes) > 0 && f.Fixes[0].Safe}); got != w {
				t.Errorf("%s: %v, want %v", f.Function, got, w)
			}
		}
	}
	if found != len(want) {
		t.Errorf("%d findings, want %d", found, len(want))
	}
}
