package brokenchain_test

import (
	"fmt"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/ctxls/ctxls/diagnostics/brokenchain"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
)

func TestRule(t *testing.T) {
	ruletest.Run(t, brokenchain.Rule, "bad", "ok", "far", "farok", "values", "example.com/m/app")
}

// TestProof: the client has gone, the handler works on; mended, it ends with
// the request.
func TestProof(t *testing.T) {
	before, after := ruletest.Proof(t, brokenchain.Rule, "testdata/proof/main.go")
	var ms int
	if _, err := fmt.Sscanf(before, "<nil> after %d ms\n", &ms); err != nil || ms < 1500 {
		t.Errorf("with the bug: %q, want all of 2 s", before)
	}
	if _, err := fmt.Sscanf(after, "context canceled after %d ms\n", &ms); err != nil || ms > 1000 {
		t.Errorf("mended: %q, want an end with the request", after)
	}
	t.Logf("with the bug: %smended: %s", before, after)
}

// TestHints: doubtful places are no more than hints.
func TestHints(t *testing.T) {
	for _, result := range analysistest.Run(t, analysistest.TestData(), rule.Analyzer(brokenchain.Rule), "hints", "example.com/m/cmd/up") {
		for _, f := range result.Result.(*rule.Result).Findings {
			if f.Severity != rule.Hint {
				t.Errorf("%s: line %d is reported as %s", f.Function, f.Range.Start.Line, f.Severity)
			}
		}
	}
}

// TestGraver: what looks like a memo, and isn't, is more than a hint.
func TestGraver(t *testing.T) {
	severities := map[string]map[string]rule.Severity{
		"bad": {"(*table).load": rule.Warning, "cancelsAfterwards": rule.Warning, "listensElsewhere": rule.Warning},
		"far": {"notes": rule.Information},
	}
	for pkg, want := range severities {
		for _, result := range analysistest.Run(t, analysistest.TestData(), rule.Analyzer(brokenchain.Rule), pkg) {
			for _, f := range result.Result.(*rule.Result).Findings {
				if severity, ok := want[f.Function]; ok && f.Severity != severity {
					t.Errorf("%s: line %d is reported as %s", f.Function, f.Range.Start.Line, f.Severity)
				}
				delete(want, f.Function)
			}
		}
		if len(want) > 0 {
			t.Errorf("nothing is found in %v", want)
		}
	}
}
