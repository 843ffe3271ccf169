package deafgoroutine_test

import (
	"testing"

	"github.com/ctxls/ctxls/diagnostics/deafgoroutine"
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
)

func TestRule(t *testing.T) { ruletest.Run(t, deafgoroutine.Rule, "bad", "ok") }

// TestProof: of the program's goroutines six are left when their context is
// done, each at an operation that the rule reports; mended, none is.
func TestProof(t *testing.T) {
	before, after := ruletest.Proof(t, deafgoroutine.Rule, "testdata/proof/main.go")
	if want := "sum=55 left=6\n"; before != want {
		t.Errorf("with the bug: %q, want %q", before, want)
	}
	if want := "sum=55 left=0\n"; after != want {
		t.Errorf("mended: %q, want %q", after, want)
	}
	t.Logf("with the bug: %smended: %s", before, after)
}
