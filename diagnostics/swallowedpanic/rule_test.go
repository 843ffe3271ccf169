package swallowedpanic_test

import (
	"testing"

	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
	"github.com/ctxls/ctxls/diagnostics/swallowedpanic"
)

func TestRule(t *testing.T) { ruletest.Run(t, swallowedpanic.Rule, "bad", "ok") }

// TestProof: a goroutine of the group waits on although another one has
// panicked; mended, it is told.
func TestProof(t *testing.T) {
	before, after := ruletest.Proof(t, swallowedpanic.Rule, "testdata/proof/main.go")
	if before != "waits\n" {
		t.Errorf("with the bug: %q, want a goroutine that waits", before)
	}
	if after != "told\n" {
		t.Errorf("mended: %q, want a goroutine that is told", after)
	}
}
