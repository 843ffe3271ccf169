package rule_test

import (
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/ctxls/ctxls/diagnostics/rule"
)

// TestTurns checks that rules look at one package by turns, though the driver
// runs their analyzers at the same time, as go vet does.
func TestTurns(t *testing.T) {
	var running, runs atomic.Int32
	root := &analysis.Analyzer{
		Name: "root", Doc: "root: runs two rules",
		Run: func(*analysis.Pass) (any, error) { return nil, nil },
	}
	for _, name := range []string{"first", "second"} {
		root.Requires = append(root.Requires, rule.Analyzer(&rule.Rule{Name: name, Title: name, Doc: name, Check: func(*rule.Pass) {
			if running.Add(1) > 1 {
				t.Error("two rules run at the same time")
			}
			time.Sleep(20 * time.Millisecond)
			running.Add(-1)
			runs.Add(1)
		}}))
	}
	dir, cleanup, err := analysistest.WriteFiles(map[string]string{"a/a.go": "package a\n\nfunc f() {}\n\nfunc g() {}\n"})
	if err != nil {
		t.Fatal(err)
	}
	defer cleanup()
	analysistest.Run(t, dir, root, "a")
	if runs.Load() != 4 {
		t.Errorf("rules ran %d times, want 4", runs.Load())
	}
}
