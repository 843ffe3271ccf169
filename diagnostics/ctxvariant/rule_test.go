package ctxvariant_test

import (
	"fmt"
	"testing"

	"github.com/ctxls/ctxls/diagnostics/ctxvariant"
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
)

func TestRule(t *testing.T) { ruletest.Run(t, ctxvariant.Rule, "bad", "ok") }

// TestProof: the caller gave up long ago, the process runs on; mended, it is
// killed with the context.
func TestProof(t *testing.T) {
	before, after := ruletest.Proof(t, ctxvariant.Rule, "testdata/proof/main.go")
	var ms int
	if _, err := fmt.Sscanf(before, "%d ms, failed: false\n", &ms); err != nil || ms < 1500 {
		t.Errorf("with the bug: %q, want all of 2 s", before)
	}
	if _, err := fmt.Sscanf(after, "%d ms, failed: true\n", &ms); err != nil || ms > 1000 {
		t.Errorf("mended: %q, want an end with the context", after)
	}
	t.Logf("with the bug: %smended: %s", before, after)
}
