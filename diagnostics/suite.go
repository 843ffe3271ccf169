package diagnostics

import (
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

// Re-exported so that drivers and reports need this package alone.
type (
	Finding  = rule.Finding
	Rule     = rule.Rule
	Severity = rule.Severity
	Range    = rule.Range
	Edit     = rule.Edit
)

// Report is the result of the [Suite] for one package: everything that any
// rule found, before [Select]. It depends on no FileSet and is encoded by gob.
type Report struct {
	Findings  []Finding
	Functions int      // how many were analysed
	Lost      []string // functions that a rule failed on, with the reason
}

// Suite is the analyzer that runs every rule on a package and gathers what
// they find. Its result is a [*Report]; all drivers (workspace, vet) run it.
var Suite = &analysis.Analyzer{
	Name:       "ctxls",
	Doc:        "ctxls: goroutines that never hear that they must stop, and cancel functions that nobody calls",
	ResultType: reflect.TypeFor[*Report](),
}

func init() {
	// In init, not in the literal: an initialisation cycle otherwise.
	Suite.Requires = append(Suite.Requires, flow.Analyzer)
	for _, r := range All {
		Suite.Requires = append(Suite.Requires, rule.Analyzer(r))
	}
	Suite.Run = runSuite
}

func runSuite(pass *analysis.Pass) (any, error) {
	pkg := pass.ResultOf[flow.Analyzer].(*flow.Package)
	report := &Report{Functions: len(pkg.Funcs), Lost: slices.Clone(pkg.Lost)}
	for _, a := range Suite.Requires {
		result, ok := pass.ResultOf[a].(*rule.Result)
		if !ok {
			continue
		}
		report.Findings = append(report.Findings, result.Findings...)
		report.Lost = append(report.Lost, result.Panics...)
	}
	markSuppressed(pass, report.Findings)
	slices.SortStableFunc(report.Findings, compare)
	return report, nil
}
