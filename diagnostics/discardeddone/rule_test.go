package discardeddone_test

import (
	"testing"

	"github.com/ctxls/ctxls/diagnostics/discardeddone"
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
)

func TestRule(t *testing.T) { ruletest.Run(t, discardeddone.Rule, "bad", "ok") }

// TestProof: the goroutine doesn't wait for its context; mended, it does.
func TestProof(t *testing.T) {
	before, after := ruletest.Proof(t, discardeddone.Rule, "testdata/proof/main.go")
	if before != "closed before the cancel\n" {
		t.Errorf("with the bug: %q", before)
	}
	if after != "closed after the cancel\n" {
		t.Errorf("mended: %q", after)
	}
}
