package lostcancel_test

import (
	"testing"

	"github.com/ctxls/ctxls/diagnostics/lostcancel"
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
)

func TestFindings(t *testing.T) {
	ruletest.Run(t, lostcancel.Rule, "a", "fixes", "cross", "words", "old", "owned")
}

func TestSilent(t *testing.T) {
	ruletest.Run(t, lostcancel.Rule, "silent")
}

func TestHints(t *testing.T) {
	ruletest.Hints(t, lostcancel.Rule, "hints")
}

// TestProof: each request that leaves early leaves a goroutine of the context
// package behind; mended, none does.
func TestProof(t *testing.T) {
	before, after := ruletest.Proof(t, lostcancel.Rule, "testdata/proof/main.go")
	if before != "goroutines=51\n" {
		t.Errorf("with the bug: %q, want 50 goroutines more than main", before)
	}
	if after != "goroutines=1\n" {
		t.Errorf("mended: %q, want main alone", after)
	}
}
