package growingctx_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/ctxls/ctxls/diagnostics/growingctx"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
)

func TestRule(t *testing.T) { ruletest.Run(t, growingctx.Rule, "bad", "ok") }

// TestTiers: values for what comes after a loop with an end are hints.
func TestTiers(t *testing.T) {
	want := map[string]rule.Severity{"options": rule.Hint, "endless": rule.Warning}
	for _, result := range analysistest.Run(t, analysistest.TestData(), rule.Analyzer(growingctx.Rule), "bad") {
		for _, f := range result.Result.(*rule.Result).Findings {
			if severity, ok := want[f.Function]; ok && f.Severity != severity {
				t.Errorf("%s: %s, want %s", f.Function, f.Severity, severity)
			}
		}
	}
}

// TestProof: after a thousand turns the chain is a thousand contexts long;
// mended, each turn wraps the first one.
func TestProof(t *testing.T) {
	before, after := ruletest.Proof(t, growingctx.Rule, "testdata/proof/main.go")
	if before != "depth=1000\n" {
		t.Errorf("with the bug: %q, want a depth of 1000", before)
	}
	if after != "depth=1\n" {
		t.Errorf("mended: %q, want a depth of 1", after)
	}
}
