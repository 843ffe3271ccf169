package deafloop_test

import (
	"fmt"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/ctxls/ctxls/diagnostics/deafloop"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
)

func TestRule(t *testing.T) { ruletest.Run(t, deafloop.Rule, "bad", "ok") }

// TestProof: the retry spins once its context is done, and the poller never
// ends; mended, both end at once.
func TestProof(t *testing.T) {
	before, after := ruletest.Proof(t, deafloop.Rule, "testdata/proof/main.go")
	var tries, left int
	if _, err := fmt.Sscanf(before, "tries=%d left=%d\n", &tries, &left); err != nil || tries < 10_000 || left != 2 {
		t.Errorf("with the bug: %q, want at least 10000 tries and 2 goroutines left", before)
	}
	if want := "tries=0 left=0\n"; after != want {
		t.Errorf("mended: %q, want %q", after, want)
	}
	t.Logf("with the bug: %smended: %s", before, after)
}

// TestSeverities: what is less than a warning, and whether the fix is safe.
func TestSeverities(t *testing.T) {
	type finding struct {
		severity rule.Severity
		safe     bool
	}
	want := map[string]finding{
		"(*owner).run": {rule.Information, true}, "detached": {rule.Hint, false},
		"inGoroutine": {rule.Warning, true}, "untold": {rule.Warning, false}, "unlocks": {rule.Warning, false},
		"handed": {rule.Hint, false}, "handedOnce": {rule.Warning, true},
		"awaits": {rule.Hint, true}, "settles": {rule.Warning, false}, "awaitsInGoroutine": {rule.Information, true},
	}
	results := analysistest.Run(t, analysistest.TestData(), rule.Analyzer(deafloop.Rule), "severity")
	for _, f := range results[0].Result.(*rule.Result).Findings {
		got := finding{f.Severity, len(f.Fixes) > 0 && f.Fixes[0].Safe}
		if got != want[f.Function] {
			t.Errorf("in %s: %v, want %v", f.Function, got, want[f.Function])
		}
		delete(want, f.Function)
	}
	for name := range want {
		t.Errorf("nothing found in %s", name)
	}
}
