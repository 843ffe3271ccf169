package strandedcancel_test

import (
	"testing"

	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
	"github.com/ctxls/ctxls/diagnostics/strandedcancel"
)

func TestRule(t *testing.T) {
	ruletest.Run(t, strandedcancel.Rule, "a", "ok", "tests", "program")
}

// TestProof: each server that is closed leaves a goroutine of the context
// package behind; mended, none does.
func TestProof(t *testing.T) {
	before, after := ruletest.Proof(t, strandedcancel.Rule, "testdata/proof/main.go")
	if before != "goroutines=101\n" {
		t.Errorf("with the bug: %q, want 100 goroutines more than main", before)
	}
	if after != "goroutines=1\n" {
		t.Errorf("mended: %q, want main alone", after)
	}
}

func TestHints(t *testing.T) {
	ruletest.Hints(t, strandedcancel.Rule, "hints")
}
