package diagnostics

import (
	"errors"
	"go/ast"
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/diagnostics/story"
	"github.com/ctxls/ctxls/diagnostics/unusedignore"
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
	Apart     []string      // files in whose findings functions of other files have a say
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
		pkg := pass.ResultOf[engine].(*flow.Package)
		if pkg.Focused() {
			return early(pass, pkg)
		}
		return gather(pass, pkg), nil
	}
	return suite
}

// gather makes the report from what the rules have found.
func gather(pass *analysis.Pass, pkg *flow.Package) *Report {
	report := found(pass, pkg, pass.Files)
	told, lost := story.Tell(pass, pkg)
	report.Story, report.Lost = told.Encode(), append(report.Lost, lost...)
	return report
}

// errEarly says that the findings in the files in focus can't be told yet.
var errEarly = errors.New("functions of other files have a say")

// early is the report on the files in focus: it has the findings in them and no
// story.
func early(pass *analysis.Pass, pkg *flow.Package) (*Report, error) {
	files := slices.DeleteFunc(slices.Clone(pass.Files), func(f *ast.File) bool { return !pkg.InFocus(f) })
	report := found(pass, pkg, files)
	if len(report.Apart)+len(report.Lost) > 0 {
		return nil, errEarly
	}
	for _, f := range report.Findings {
		if f.Rule == unusedignore.Rule.Name {
			return nil, errEarly // what the comment silences may be found in a function elsewhere
		}
	}
	return report, nil
}

// found is a report without a story.
func found(pass *analysis.Pass, pkg *flow.Package, files []*ast.File) *Report {
	report := &Report{Functions: len(pkg.Funcs), Lost: slices.Clone(pkg.Lost)}
	for _, a := range pass.Analyzer.Requires {
		result, ok := pass.ResultOf[a].(*rule.Result)
		if !ok {
			continue
		}
		report.Findings = append(report.Findings, result.Findings...)
		report.Lost = append(report.Lost, result.Panics...)
	}
	report.Apart = apart(report.Findings)
	silent := ignoresOf(pass, files)
	silent.mark(report.Findings)
	if len(report.Lost) == 0 { // what a comment silences may have been lost
		report.Findings = append(report.Findings, silent.unused(pass, files)...)
	}
	slices.SortStableFunc(report.Findings, compare)
	return report
}

// apart returns the files that a finding of a function elsewhere is in, or has
// a claim in.
func apart(findings []Finding) []string {
	var files []string
	for _, f := range findings {
		for _, at := range append(slices.Clip(f.Claims), f.Range) {
			if at.File != f.Home {
				files = append(files, at.File)
			}
		}
	}
	slices.Sort(files)
	return slices.Compact(files)
}
