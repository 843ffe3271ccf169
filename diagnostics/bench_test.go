package diagnostics_test

import (
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxls/ctxls/diagnostics"
)

// benchPackage is a large package that every Go has, and that lives by
// contexts, channels and goroutines.
const benchPackage = "net/http"

// BenchmarkPhases says what a package costs, phase by phase: parsing,
// type-checking, the summaries with the SSA form, and each rule on top.
func BenchmarkPhases(b *testing.B) {
	found, err := build.Import(benchPackage, "", 0)
	if err != nil {
		b.Fatal(err)
	}
	parse := func(fset *token.FileSet) []*ast.File {
		var files []*ast.File
		for _, name := range found.GoFiles {
			file, err := parser.ParseFile(fset, filepath.Join(found.Dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				b.Fatal(err)
			}
			files = append(files, file)
		}
		return files
	}
	b.Run("parse", func(b *testing.B) {
		for b.Loop() {
			parse(token.NewFileSet())
		}
	})
	fset := token.NewFileSet()
	files := parse(fset)
	from := importer.ForCompiler(token.NewFileSet(), "source", nil)
	check := func(b *testing.B) *analysis.Pass {
		pass := newPass(fset, files)
		cfg := &types.Config{Importer: from, GoVersion: "go1.26", FakeImportC: true}
		pkg, err := cfg.Check(benchPackage, fset, files, pass.TypesInfo)
		if err != nil {
			b.Fatal(err)
		}
		pass.Pkg = pkg
		pass.ReadFile = os.ReadFile
		return pass
	}
	pass := check(b) // imports what it needs
	b.Run("check types", func(b *testing.B) {
		for b.Loop() {
			check(b)
		}
	})
	engine := diagnostics.Suite.Requires[0]
	b.Run("SSA and summaries", func(b *testing.B) {
		for b.Loop() {
			execute(b, pass, engine, make(map[*analysis.Analyzer]any))
		}
	})
	for _, a := range diagnostics.Suite.Requires[1:] {
		b.Run(a.Name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer() // what rules ask the engine for is computed where it is asked for first
				done := make(map[*analysis.Analyzer]any)
				execute(b, pass, engine, done)
				b.StartTimer()
				execute(b, pass, a, done)
			}
		})
	}
	b.Run("all rules", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			done := make(map[*analysis.Analyzer]any)
			execute(b, pass, engine, done)
			b.StartTimer()
			execute(b, pass, diagnostics.Suite, done)
		}
	})
}
