package closedspin_test

import (
	"fmt"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/ctxls/ctxls/diagnostics/closedspin"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
)

func TestRule(t *testing.T) { ruletest.Run(t, closedspin.Rule, "bad", "ok") }

// TestHints: what may leave soon is no more than a hint.
func TestHints(t *testing.T) {
	ruletest.Hints(t, closedspin.Rule, "hints")
}

// TestInView: where the producer shows that nothing comes with the close, a
// warning.
func TestInView(t *testing.T) {
	found := false
	for _, result := range analysistest.Run(t, analysistest.TestData(), rule.Analyzer(closedspin.Rule), "bad") {
		for _, f := range result.Result.(*rule.Result).Findings {
			if f.Function == "(*counter).sum" {
				found = true
				if f.Severity != rule.Warning {
					t.Errorf("severity %v, want warning", f.Severity)
				}
			}
		}
	}
	if !found {
		t.Error("not found")
	}
}

// TestProof: once its channel is closed the loop turns without end; mended, it
// turns for the ten values, for the close, and for the context's end.
func TestProof(t *testing.T) {
	before, after := ruletest.Proof(t, closedspin.Rule, "testdata/proof/main.go")
	var turns int
	if _, err := fmt.Sscanf(before, "turns=%d\n", &turns); err != nil || turns < 1000 {
		t.Errorf("with the bug: %q, want at least 1000 turns", before)
	}
	if want := "turns=12\n"; after != want {
		t.Errorf("mended: %q, want %q", after, want)
	}
	t.Logf("with the bug: %smended: %s", before, after)
}
