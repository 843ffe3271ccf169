package errgroupctx_test

import (
	"testing"

	"github.com/ctxls/ctxls/diagnostics/errgroupctx"
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
)

func TestRule(t *testing.T) { ruletest.Run(t, errgroupctx.Rule, "bad", "ok") }

// TestProof: one function of the group fails, and the other one works on till
// its end; mended, it stops at once.
func TestProof(t *testing.T) {
	before, after := ruletest.Proof(t, errgroupctx.Rule, "testdata/proof/main.go")
	if before != "worked on\n" {
		t.Errorf("with the bug: %q, want a function that works on", before)
	}
	if after != "stopped early\n" {
		t.Errorf("mended: %q, want a function that stops", after)
	}
}
