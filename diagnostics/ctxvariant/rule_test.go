package ctxvariant_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/ctxls/ctxls/diagnostics/ctxvariant"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
)

func TestRule(t *testing.T) { ruletest.Run(t, ctxvariant.Rule, "bad", "ok") }

// TestHints: what is under a context that is never done is no more than a hint.
func TestHints(t *testing.T) {
	for _, result := range analysistest.Run(t, analysistest.TestData(), rule.Analyzer(ctxvariant.Rule), "hints") {
		for _, f := range result.Result.(*rule.Result).Findings {
			want := rule.Hint
			if strings.HasSuffix(strings.ToLower(f.Function), "told") {
				want = rule.Information
			}
			if f.Severity != want {
				t.Errorf("%s: line %d is reported as %s, want %s", f.Function, f.Range.Start.Line, f.Severity, want)
			}
		}
	}
}

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
