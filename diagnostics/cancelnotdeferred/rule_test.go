package cancelnotdeferred_test

import (
	"testing"

	"github.com/ctxls/ctxls/diagnostics/cancelnotdeferred"
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
)

func TestRule(t *testing.T) { ruletest.Run(t, cancelnotdeferred.Rule, "a", "ok") }

// TestProof: each request that panics leaves a goroutine of the context
// package behind; mended, none does.
func TestProof(t *testing.T) {
	before, after := ruletest.Proof(t, cancelnotdeferred.Rule, "testdata/proof/main.go")
	if before != "goroutines=51\n" {
		t.Errorf("with the bug: %q, want 50 goroutines more than main", before)
	}
	if after != "goroutines=1\n" {
		t.Errorf("mended: %q, want main alone", after)
	}
}
