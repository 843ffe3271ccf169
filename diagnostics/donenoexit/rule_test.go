package donenoexit_test

import (
	"fmt"
	"testing"

	"github.com/ctxls/ctxls/diagnostics/donenoexit"
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
)

func TestRule(t *testing.T) { ruletest.Run(t, donenoexit.Rule, "bad", "ok") }

// TestProof: the loop turns without end once its context is done; mended, its
// goroutine ends in the turn that hears of it.
func TestProof(t *testing.T) {
	before, after := ruletest.Proof(t, donenoexit.Rule, "testdata/proof/main.go")
	var turns int
	if _, err := fmt.Sscanf(before, "spinning turns=%d\n", &turns); err != nil || turns < 10_000 {
		t.Errorf("with the bug: %q, want at least 10000 turns", before)
	}
	if _, err := fmt.Sscanf(after, "ended turns=%d\n", &turns); err != nil || turns != 1 {
		t.Errorf("mended: %q, want an end in the first turn", after)
	}
	t.Logf("with the bug: %smended: %s", before, after)
}
