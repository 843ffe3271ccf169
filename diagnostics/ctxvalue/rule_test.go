package ctxvalue_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/ctxls/ctxls/diagnostics/ctxvalue"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
)

func TestRule(t *testing.T) { ruletest.Run(t, ctxvalue.Rule, "bad", "ok") }

// TestProof: a context without the value makes the program panic; mended, the
// function says what is missing.
func TestProof(t *testing.T) {
	before, after := ruletest.Proof(t, ctxvalue.Rule, "testdata/proof/main.go")
	if want := "panic: interface conversion: interface {} is nil, not string\n"; before != want {
		t.Errorf("with the bug: %q, want %q", before, want)
	}
	if want := "error: no string in the context\n"; after != want {
		t.Errorf("mended: %q, want %q", after, want)
	}
}

// TestSafe: a fix is safe where it returns an error.
func TestSafe(t *testing.T) {
	for _, result := range analysistest.Run(t, analysistest.TestData(), rule.Analyzer(ctxvalue.Rule), "bad") {
		for _, f := range result.Result.(*rule.Result).Findings {
			for _, fix := range f.Fixes {
				if want := fix.Title == "Return an error when it is missing"; fix.Safe != want {
					t.Errorf("in %s: %q is safe: %t", f.Function, fix.Title, fix.Safe)
				}
			}
		}
	}
}
