// Package vet runs the rules as one analyzer of golang.org/x/tools/go/analysis,
// for go vet -vettool and for build systems that drive analyzers, such as
// Bazel with nogo. It shows what ctxls check does.
package vet

import (
	"context"
	"errors"
	"path/filepath"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/callsites"
	"github.com/ctxls/ctxls/internal/checker"
	"github.com/ctxls/ctxls/internal/config"
	"github.com/ctxls/ctxls/internal/flow"
)

// Analyzer reports the findings that are shown for a package: those that the
// configuration of its folder leaves, by default what ctxls check shows. The
// keys blocking and joins have no effect on it.
var Analyzer = newAnalyzer(checker.Options{}, diagnostics.Suite)

// newAnalyzer returns the analyzer on top of a suite.
func newAnalyzer(o checker.Options, suite *analysis.Analyzer) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:     "ctxls",
		Doc:      suite.Doc,
		URL:      "https://github.com/ctxls/ctxls",
		Requires: []*analysis.Analyzer{suite},
		Run: func(pass *analysis.Pass) (any, error) {
			return nil, report(pass, o, pass.ResultOf[suite].(*diagnostics.Report))
		},
	}
}

// configOf reads the configuration that holds for a folder. With
// [config.Problems] it is the part that is right.
func configOf(dir string) (config.Config, error) {
	file, err := config.Find(dir, config.Root(dir))
	if file == "" || err != nil {
		return config.Config{}, err
	}
	return config.Load(file)
}

// functionsOf returns what the configuration of a folder adds to the model.
func functionsOf(dir string) flow.Options {
	cfg, _ := configOf(dir) // report tells what is wrong
	return cfg.Functions
}

// report selects the findings to show and reports them.
func report(pass *analysis.Pass, o checker.Options, found *diagnostics.Report) error {
	files := rule.Files(pass)
	byDir := make(map[string][]diagnostics.Finding)
	var dirs []string
	if len(pass.Files) > 0 {
		dirs = append(dirs, filepath.Dir(pass.Fset.File(pass.Files[0].FileStart).Name()))
	}
	for _, f := range found.Findings {
		dir := filepath.Dir(f.Range.File)
		if !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
		byDir[dir] = append(byDir[dir], f)
	}
	sites := callsites.NewSet(config.Root)
	refuted := func(p callsites.Premise) bool { return sites.Refutes(context.Background(), p) }
	for _, dir := range dirs {
		cfg, err := configOf(dir)
		if problems := (config.Problems)(nil); errors.As(err, &problems) {
			for _, p := range problems {
				// An error would suppress all else that is found in the package.
				pass.Reportf(pass.Files[0].Package, "%v [config]", config.Problems{p})
			}
		} else if err != nil {
			return err
		}
		for _, f := range checker.Show(byDir[dir], o, cfg, refuted) {
			d := f.Diagnostic(files, safe)
			d.Message += " [" + f.Rule + "]"
			d.URL = diagnostics.ByName(f.Rule).URL()
			pass.Report(d)
		}
	}
	return nil
}

// safe picks the fixes that are offered: drivers apply the first one of each
// finding without asking.
func safe(fix rule.ResolvedFix) bool { return fix.Safe }
