package outlivedctx_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/ctxls/ctxls/diagnostics/outlivedctx"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
)

func TestRule(t *testing.T) { ruletest.Run(t, outlivedctx.Rule, "bad", "ok") }

// TestHints: what may be meant is no more than a hint.
func TestHints(t *testing.T) {
	for _, result := range analysistest.Run(t, analysistest.TestData(), rule.Analyzer(outlivedctx.Rule), "hints") {
		for _, f := range result.Result.(*rule.Result).Findings {
			if f.Severity != rule.Hint {
				t.Errorf("%s:%d: severity %v, want hint", f.Range.File, f.Range.Start.Line, f.Severity)
			}
		}
	}
}

// TestProof: the goroutine is cut off as its launcher returns; mended, it
// comes to its end.
func TestProof(t *testing.T) {
	before, after := ruletest.Proof(t, outlivedctx.Rule, "testdata/proof/main.go")
	if before != "cut off\n" {
		t.Errorf("with the bug: %q, want work that is cut off", before)
	}
	if after != "saved\n" {
		t.Errorf("mended: %q, want work that is done", after)
	}
}
