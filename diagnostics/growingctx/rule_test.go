package growingctx_test

import (
	"testing"

	"github.com/ctxls/ctxls/diagnostics/growingctx"
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
)

func TestRule(t *testing.T) { ruletest.Run(t, growingctx.Rule, "bad", "ok") }

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
