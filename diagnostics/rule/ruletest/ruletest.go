// Package ruletest runs a rule over test data: comments say which findings
// are wanted, golden files what its fixes make of the source.
package ruletest

import (
	"cmp"
	"flag"
	"maps"
	"os"
	"slices"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/txtar"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

var update = flag.Bool("update", false, "write the golden files of fixes anew")

// Run checks a rule on the packages below testdata/src: each `// want`
// comment against a finding, each file.go.golden (a txtar archive with a
// section for each fix title) against the text with the fixes applied. With
// -update it writes the golden files.
func Run(t *testing.T, r *rule.Rule, patterns ...string) {
	t.Helper()
	RunAnalyzer(t, rule.Analyzer(r), patterns...)
}

// RunAnalyzer is [Run] for an analyzer whose result is a [*rule.Result].
func RunAnalyzer(t *testing.T, a *analysis.Analyzer, patterns ...string) {
	t.Helper()
	if *update {
		for _, result := range analysistest.Run(t, analysistest.TestData(), a, patterns...) {
			found, ok := result.Result.(*rule.Result)
			if !ok {
				t.Fatal(result.Err)
			}
			if err := writeGolden(found.Findings); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, result := range analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), a, patterns...) {
		if found, ok := result.Result.(*rule.Result); ok && len(found.Panics) > 0 {
			t.Errorf("functions that the rule failed on: %q", found.Panics)
		}
		for _, dep := range result.Action.Deps {
			if pkg, ok := dep.Result.(*flow.Package); ok && len(pkg.Lost) > 0 {
				t.Errorf("functions that the engine failed on: %q", pkg.Lost)
			}
		}
	}
}

func writeGolden(findings []rule.Finding) error {
	edits := make(map[string]map[string][]rule.Edit) // file, title
	for _, f := range findings {
		for _, fix := range f.Fixes {
			for _, e := range fix.Edits {
				if edits[e.Range.File] == nil {
					edits[e.Range.File] = make(map[string][]rule.Edit)
				}
				edits[e.Range.File][fix.Title] = append(edits[e.Range.File][fix.Title], e)
			}
		}
	}
	for file, titles := range edits {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		var archive txtar.Archive
		for _, title := range slices.Sorted(maps.Keys(titles)) {
			archive.Files = append(archive.Files, txtar.File{Name: title, Data: apply(text, titles[title])})
		}
		if err := os.WriteFile(file+".golden", txtar.Format(&archive), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// apply applies edits that don't overlap; equal ones count once.
func apply(text []byte, edits []rule.Edit) []byte {
	slices.SortStableFunc(edits, func(a, b rule.Edit) int {
		return cmp.Compare(a.Range.Start.Offset, b.Range.Start.Offset)
	})
	var out []byte
	at := 0
	for _, e := range slices.Compact(edits) {
		out = append(out, text[at:e.Range.Start.Offset]...)
		out = append(out, e.NewText...)
		at = e.Range.End.Offset
	}
	return append(out, text[at:]...)
}

// Hints checks the findings in packages of testdata, and that all are hints.
func Hints(t *testing.T, r *rule.Rule, packages ...string) {
	t.Helper()
	for _, result := range analysistest.Run(t, analysistest.TestData(), rule.Analyzer(r), packages...) {
		for _, f := range result.Result.(*rule.Result).Findings {
			if f.Severity != rule.Hint {
				t.Errorf("%s:%d: severity %v, want hint", f.Range.File, f.Range.Start.Line, f.Severity)
			}
		}
	}
}
