package donenoexit_test

import (
	"fmt"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/ctxls/ctxls/diagnostics/donenoexit"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
)

func TestRule(t *testing.T) { ruletest.Run(t, donenoexit.Rule, "bad", "ok") }

func TestHints(t *testing.T) {
	for _, result := range analysistest.Run(t, analysistest.TestData(), rule.Analyzer(donenoexit.Rule), "hints") {
		for _, f := range result.Result.(*rule.Result).Findings {
			if f.Severity != rule.Hint {
				t.Errorf("%s: severity %v, want hint", f.Function, f.Severity)
			}
		}
	}
}

// TestProof: the loop turns without end once its context is done; mended, its
// goroutine ends in the turn that hears of it.
func TestProof(t *testing.T) {
	before, after := ruletest.Proof(t, donenoexit.Rule, "testdata/proof/main.go")
	var turns int
	if _, err := fmt.Sscanf(before, "spinning turns=%d\n", &turns); err != nil || turns < 10_000 {
		t.Errorf("with the bug: %q, want at least 10000 turns", before)
	}
	if _, err := fmt.Sscanf(after, "ended turns=%d\n", &turns); err != nil || turns != 1 {
		t.Errorf("mended: %q, want an end in the first turn", after)
	}
	t.Logf("with the bug: %smended: %s", before, after)
}

// TestSafe: a bare break in a function without results is the commonest form
// of the bug; its fix belongs to fix-all.
func TestSafe(t *testing.T) {
	for _, result := range analysistest.Run(t, analysistest.TestData(), rule.Analyzer(donenoexit.Rule), "bad") {
		for _, f := range result.Result.(*rule.Result).Findings {
			if f.Function == "bareBreak" && (len(f.Fixes) == 0 || !f.Fixes[0].Safe) {
				t.Errorf("the fix of %s isn't safe: %+v", f.Function, f.Fixes)
			}
		}
	}
}
