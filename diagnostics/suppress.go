package diagnostics

import (
	"go/ast"

	"golang.org/x/tools/go/analysis"
)

// markSuppressed marks the findings that a comment silences, and all of
// generated files.
func markSuppressed(pass *analysis.Pass, findings []Finding) {
	generated := make(map[string]bool)
	for _, f := range pass.Files {
		if ast.IsGenerated(f) {
			generated[pass.Fset.PositionFor(f.FileStart, false).Filename] = true
		}
	}
	for i := range findings {
		if generated[findings[i].Range.File] {
			findings[i].Suppressed = true
		}
	}
}
