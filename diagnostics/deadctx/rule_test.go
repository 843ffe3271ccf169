package deadctx_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/ctxls/ctxls/diagnostics/deadctx"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
)

func TestRule(t *testing.T) { ruletest.Run(t, deadctx.Rule, "bad", "ok") }

// TestProof: a shutdown under a dead context doesn't wait for the request
// that is under way; mended, it does.
func TestProof(t *testing.T) {
	before, after := ruletest.Proof(t, deadctx.Rule, "testdata/proof/main.go")
	if before != "shutdown: context canceled\n" {
		t.Errorf("with the bug: %q, want the context's error", before)
	}
	if after != "shutdown: <nil>\n" {
		t.Errorf("mended: %q, want no error", after)
	}
}

// TestTiers: where nothing is known of what is called, a hint.
func TestTiers(t *testing.T) {
	for _, result := range analysistest.Run(t, analysistest.TestData(), rule.Analyzer(deadctx.Rule), "bad") {
		for _, f := range result.Result.(*rule.Result).Findings {
			want := rule.Warning
			if f.Function == "unknown" || f.Function == "closes" {
				want = rule.Hint
			}
			if f.Severity != want {
				t.Errorf("%s: %s, want %s", f.Function, f.Severity, want)
			}
		}
	}
}
