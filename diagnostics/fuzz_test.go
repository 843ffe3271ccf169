package diagnostics_test

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxls/ctxls/diagnostics"
)

// FuzzSuite runs all rules on programs that type-check: no rule and no part
// of the engine may fail on one.
func FuzzSuite(f *testing.F) {
	seeds, err := filepath.Glob("*/testdata/src/*/*.go")
	if err != nil || len(seeds) == 0 {
		f.Fatal("no seeds: ", err)
	}
	for _, seed := range seeds {
		text, err := os.ReadFile(seed)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	library() // outside of what is timed
	f.Fuzz(func(t *testing.T, text []byte) {
		pass := typeCheck(text)
		if pass == nil {
			t.Skip("not a program")
		}
		report := execute(t, pass, diagnostics.Suite, make(map[*analysis.Analyzer]any)).(*diagnostics.Report)
		for _, lost := range report.Lost {
			t.Error(lost)
		}
	})
}

// typeCheck makes a pass of one file, nil if it has errors or imports more
// than the packages that the rules are about.
func typeCheck(text []byte) *analysis.Pass {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "fuzz.go", text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	pass := newPass(fset, []*ast.File{file})
	cfg := &types.Config{Importer: library(), GoVersion: "go1.26"}
	pass.Pkg, err = cfg.Check("fuzz", fset, []*ast.File{file}, pass.TypesInfo)
	if err != nil {
		return nil
	}
	pass.ReadFile = func(string) ([]byte, error) { return text, nil }
	return pass
}

// newPass is a pass over files that knows no facts of other packages.
func newPass(fset *token.FileSet, files []*ast.File) *analysis.Pass {
	return &analysis.Pass{
		Fset: fset, Files: files, TypesSizes: types.SizesFor("gc", "amd64"),
		TypesInfo: &types.Info{
			Types:        make(map[ast.Expr]types.TypeAndValue),
			Instances:    make(map[*ast.Ident]types.Instance),
			Defs:         make(map[*ast.Ident]types.Object),
			Uses:         make(map[*ast.Ident]types.Object),
			Implicits:    make(map[ast.Node]types.Object),
			Selections:   make(map[*ast.SelectorExpr]*types.Selection),
			Scopes:       make(map[ast.Node]*types.Scope),
			FileVersions: make(map[*ast.File]string),
		},
		Report:            func(analysis.Diagnostic) {},
		ImportPackageFact: func(*types.Package, analysis.Fact) bool { return false },
		ExportPackageFact: func(analysis.Fact) {},
		ImportObjectFact:  func(types.Object, analysis.Fact) bool { return false },
		ExportObjectFact:  func(types.Object, analysis.Fact) {},
		AllPackageFacts:   func() []analysis.PackageFact { return nil },
		AllObjectFacts:    func() []analysis.ObjectFact { return nil },
	}
}

// library imports a few packages of the standard library, checked once.
var library = sync.OnceValue(func() types.Importer {
	from := importer.ForCompiler(token.NewFileSet(), "source", nil)
	known := make(imported)
	for _, path := range []string{"context", "errors", "fmt", "log", "net/http", "os", "os/signal", "sync", "sync/atomic", "testing", "time"} {
		if pkg, err := from.Import(path); err == nil {
			known[path] = pkg
		}
	}
	return known
})

type imported map[string]*types.Package

func (i imported) Import(path string) (*types.Package, error) {
	if pkg := i[path]; pkg != nil {
		return pkg, nil
	}
	return nil, os.ErrNotExist
}

// execute runs an analyzer after those that it requires.
func execute(t testing.TB, base *analysis.Pass, a *analysis.Analyzer, done map[*analysis.Analyzer]any) any {
	if result, ok := done[a]; ok {
		return result
	}
	pass := *base
	pass.Analyzer = a
	pass.ResultOf = make(map[*analysis.Analyzer]any)
	for _, required := range a.Requires {
		pass.ResultOf[required] = execute(t, base, required, done)
	}
	result, err := a.Run(&pass)
	if err != nil {
		t.Fatal(err)
	}
	if got := reflect.TypeOf(result); got != a.ResultType {
		t.Fatalf("%s returned %v, want %v", a.Name, got, a.ResultType)
	}
	done[a] = result
	return result
}
