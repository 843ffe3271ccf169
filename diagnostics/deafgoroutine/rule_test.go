package deafgoroutine_test

import (
	"slices"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/ctxls/ctxls/diagnostics/deafgoroutine"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest"
)

func TestRule(t *testing.T) { ruletest.Run(t, deafgoroutine.Rule, "bad", "more", "ok") }

// TestProof: of the program's goroutines some are left when their context is
// done, each at an operation that the rule reports; mended, none is, and what
// the program works out is the same.
func TestProof(t *testing.T) {
	before, after := ruletest.Proof(t, deafgoroutine.Rule, "testdata/proof/main.go")
	if want := "sum=55 answers=20 left=6\n"; before != want {
		t.Errorf("with the bug: %q, want %q", before, want)
	}
	if want := "sum=55 answers=20 left=0\n"; after != want {
		t.Errorf("mended: %q, want %q", after, want)
	}
	t.Logf("with the bug: %smended: %s", before, after)
}

// TestSafe: a fix is safe where it keeps every run that isn't the bug, and the
// first one that is offered is the best.
func TestSafe(t *testing.T) {
	type fix struct {
		Title string
		Safe  bool
	}
	const sel, room = "Add select on ctx.Done()", "Make room for 1 value in the channel"
	want := map[string][]fix{
		"parentSends":         {{sel, false}},
		"receiverStays":       {{room, true}, {sel, false}},
		"parentListens":       {{sel, true}},
		"parentListensLonger": {{sel, true}},
		"otherContext":        {{sel, false}},
		"detached":            {{sel, false}},
		"work":                {{sel, true}},
		"workFor":             {{sel, false}},
		"shorter":             {{sel, false}},
		"oneStays":            {{sel, false}},
		"dropped":             {{sel, false}},
		"buffered":            {{sel, false}},
		"receiverListens":     {{sel, true}},
		"closed":              {{sel, false}},
		"stream":              {{sel, false}},
		"ticks":               {{sel, true}},
	}
	results := analysistest.Run(t, analysistest.TestData(), rule.Analyzer(deafgoroutine.Rule), "safe")
	for _, f := range results[0].Result.(*rule.Result).Findings {
		var got []fix
		for _, offered := range f.Fixes {
			got = append(got, fix{offered.Title, offered.Safe})
		}
		if !slices.Equal(got, want[f.Function]) {
			t.Errorf("in %s: %v, want %v", f.Function, got, want[f.Function])
		}
		delete(want, f.Function)
	}
	for name := range want {
		t.Errorf("nothing found in %s", name)
	}
}

// TestSeverities: what is less than a warning, and why.
func TestSeverities(t *testing.T) {
	want := map[string]rule.Severity{
		"TestTimeout": rule.Hint, "(*mockSource).Subscribe": rule.Hint, "onSignals": rule.Hint,
		"stopOnSignal": rule.Hint, "(*owner).start": rule.Information, "plain": rule.Warning, "main": rule.Information,
		"onSignalsOrServers": rule.Hint, "told": rule.Hint, "untold": rule.Warning,
	}
	results := analysistest.Run(t, analysistest.TestData(), rule.Analyzer(deafgoroutine.Rule), "severity")
	for _, f := range results[0].Result.(*rule.Result).Findings {
		if f.Severity != want[f.Function] {
			t.Errorf("in %s: %s, want %s", f.Function, f.Severity, want[f.Function])
		}
		delete(want, f.Function)
	}
	for name := range want {
		t.Errorf("nothing found in %s", name)
	}
}

// TestAlone: a goroutine without a context that waits for what never comes is
// a hint.
func TestAlone(t *testing.T) {
	for _, result := range analysistest.Run(t, analysistest.TestData(), rule.Analyzer(deafgoroutine.Rule), "alone") {
		for _, f := range result.Result.(*rule.Result).Findings {
			if f.Severity != rule.Hint || len(f.Fixes) > 0 {
				t.Errorf("%s:%d: severity %v with %d fixes, want a hint without", f.Range.File, f.Range.Start.Line, f.Severity, len(f.Fixes))
			}
		}
	}
}
