package deadctx_test

import (
	"testing"

	"github.com/ctxls/ctxls/diagnostics/deadctx"
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
