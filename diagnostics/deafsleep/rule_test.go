package deafsleep_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/ctxls/ctxls/diagnostics/deafsleep"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
)

func TestRule(t *testing.T) { ruletest.Run(t, deafsleep.Rule, "bad", "ok", "example.com/app/test/lib") }

// TestProof: whoever cancels waits for the rest of the sleep; mended, the
// poller ends at once.
func TestProof(t *testing.T) {
	before, after := ruletest.Proof(t, deafsleep.Rule, "testdata/proof/main.go")
	var ms int
	if _, err := fmt.Sscanf(before, "%d ms, context canceled\n", &ms); err != nil || ms < 2500 {
		t.Errorf("with the bug: %q, want the rest of 3 s", before)
	}
	if _, err := fmt.Sscanf(after, "%d ms, context canceled\n", &ms); err != nil || ms > 1000 {
		t.Errorf("mended: %q, want an end at once", after)
	}
	t.Logf("with the bug: %smended: %s", before, after)
}

func TestHints(t *testing.T) {
	ruletest.Hints(t, deafsleep.Rule, "hints", "example.com/app/cmd/up")
}

// TestSettles sees to it that only what settles after work is a hint.
func TestSettles(t *testing.T) {
	for _, result := range analysistest.Run(t, analysistest.TestData(), rule.Analyzer(deafsleep.Rule), "bad") {
		for _, f := range result.Result.(*rule.Result).Findings {
			if filepath.Base(f.Range.File) == "settle.go" && f.Severity == rule.Hint {
				t.Errorf("%s:%d is a hint", f.Range.File, f.Range.Start.Line)
			}
		}
	}
}
