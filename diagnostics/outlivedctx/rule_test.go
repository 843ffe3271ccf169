package outlivedctx_test

import (
	"testing"

	"github.com/ctxls/ctxls/diagnostics/outlivedctx"
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
)

func TestRule(t *testing.T) { ruletest.Run(t, outlivedctx.Rule, "bad", "ok") }

// TestHints: what may be meant is no more than a hint.
func TestHints(t *testing.T) {
	ruletest.Hints(t, outlivedctx.Rule, "hints")
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
