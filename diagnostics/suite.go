package diagnostics

import (
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/diagnostics/story"
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
	Story     story.Encoded // what editors show beyond findings
	Functions int           // how many were analysed
	Lost      []string      // functions that a rule failed on, with the reason
}

// Suite is the analyzer that runs every rule on a package and gathers what
// they find. Its result is a [*Report]; all drivers (workspace, vet) run it,
// or one of [NewSuite].
var Suite = NewSuite(flow.Options{})

// NewSuite returns a [Suite] that knows the user's functions too. What it
// makes must not be mixed up with what a suite of other options does: drivers
// that keep results put [flow.Options.Key] into their keys.
func NewSuite(o flow.Options) *analysis.Analyzer {
	engine := flow.NewAnalyzer(o)
	suite := &analysis.Analyzer{
		Name:       "ctxls",
		Doc:        "ctxls: goroutines that never hear that they must stop, and cancel functions that nobody calls",
		ResultType: reflect.TypeFor[*Report](),
		Requires:   []*analysis.Analyzer{engine},
	}
	for _, r := range All {
		if r.Check != nil {
			suite.Requires = append(suite.Requires, rule.AnalyzerOn(r, engine))
		}
	}
	suite.Run = func(pass *analysis.Pass) (any, error) {
		return gather(pass, pass.ResultOf[engine].(*flow.Package)), nil
	}
	return suite
}

// gather makes the report from what the rules have found.
func gather(pass *analysis.Pass, pkg *flow.Package) *Report {
	report := &Report{Functions: len(pkg.Funcs), Lost: slices.Clone(pkg.Lost)}
	for _, a := range pass.Analyzer.Requires {
		result, ok := pass.ResultOf[a].(*rule.Result)
		if !ok {
			continue
		}
		report.Findings = append(report.Findings, result.Findings...)
		report.Lost = append(report.Lost, result.Panics...)
	}
	silent := ignoresOf(pass)
	silent.mark(report.Findings)
	if len(report.Lost) == 0 { // what a comment silences may have been lost
		report.Findings = append(report.Findings, silent.unused(pass)...)
	}
	slices.SortStableFunc(report.Findings, compare)
	told, lost := story.Tell(pass, pkg)
	report.Story, report.Lost = told.Encode(), append(report.Lost, lost...)
	return report
}
