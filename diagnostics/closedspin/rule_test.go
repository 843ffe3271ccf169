package closedspin_test

import (
	"fmt"
	"testing"

	"github.com/ctxls/ctxls/diagnostics/closedspin"
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
)

func TestRule(t *testing.T) { ruletest.Run(t, closedspin.Rule, "bad", "ok") }

// TestProof: once its channel is closed the loop turns without end; mended, it
// turns for the ten values, for the close, and for the context's end.
func TestProof(t *testing.T) {
	before, after := ruletest.Proof(t, closedspin.Rule, "testdata/proof/main.go")
	var turns int
	if _, err := fmt.Sscanf(before, "turns=%d\n", &turns); err != nil || turns < 1000 {
		t.Errorf("with the bug: %q, want at least 1000 turns", before)
	}
	if want := "turns=12\n"; after != want {
		t.Errorf("mended: %q, want %q", after, want)
	}
	t.Logf("with the bug: %smended: %s", before, after)
}
