package abandonedsend_test

import (
	"testing"

	"github.com/ctxls/ctxls/diagnostics/abandonedsend"
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
)

func TestRule(t *testing.T) { ruletest.Run(t, abandonedsend.Rule, "bad", "ok", "ok/out") }

// TestProof: three goroutines of the program are left at their sends; mended,
// none is, and the program prints the same otherwise.
func TestProof(t *testing.T) {
	before, after := ruletest.Proof(t, abandonedsend.Rule, "testdata/proof/main.go")
	const answers = "timeout early <nil> a\n"
	if want := answers + "left=3\n"; before != want {
		t.Errorf("with the bug: %q, want %q", before, want)
	}
	if want := answers + "left=0\n"; after != want {
		t.Errorf("mended: %q, want %q", after, want)
	}
	t.Logf("with the bug: %smended: %s", before, after)
}
