package bypassedctx_test

import (
	"testing"

	"github.com/ctxls/ctxls/diagnostics/bypassedctx"
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
)

func TestRule(t *testing.T) { ruletest.Run(t, bypassedctx.Rule, "bad", "ok") }

// TestProof: the work doesn't hear of the timeout; mended, it ends with it.
func TestProof(t *testing.T) {
	before, after := ruletest.Proof(t, bypassedctx.Rule, "testdata/proof/main.go")
	if before != "finished: <nil>\n" {
		t.Errorf("with the bug: %q, want the work to finish in spite of the timeout", before)
	}
	if after != "finished: context deadline exceeded\n" {
		t.Errorf("mended: %q, want the timeout's error", after)
	}
}
