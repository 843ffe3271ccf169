package workspace

import (
	"context"
	"fmt"
	"go/ast"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/analysis/passes/ctrlflow"
	"golang.org/x/tools/txtar"
)

// sharedCache spares most tests the analysis of the standard library.
var sharedCache string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "workspace-test")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	sharedCache = dir
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		os.RemoveAll(dir)
		os.Exit(code)
	}))
}

// summary is the result of testRoot.
type summary struct {
	Dead      []string       // functions that never return
	DeadCalls []string       // functions of other packages that never return and are called here
	Depths    map[string]int // by path of an imported package, directly or not: how deep its imports go
	Bodies    []string       // functions with a body
	SSA       int            // functions in SSA
}

// depth is a package fact: one more than the depth of what is imported.
type depth struct {
	N     int
	Names map[string]string // makes the encoding depend on the order of a map
}

func (*depth) AFact() {}

var depthAnalyzer = &analysis.Analyzer{
	Name: "depth", Doc: "depth of imports", FactTypes: []analysis.Fact{new(depth)},
	ResultType: reflect.TypeFor[map[string]int](),
	Run: func(pass *analysis.Pass) (any, error) {
		fact := &depth{N: 1, Names: map[string]string{"a": "1", "b": "2", "c": "3", "d": "4"}}
		for _, imp := range pass.Pkg.Imports() {
			var of depth
			if pass.ImportPackageFact(imp, &of) {
				fact.N = max(fact.N, of.N+1)
			}
		}
		depths := make(map[string]int)
		for _, fact := range pass.AllPackageFacts() {
			depths[fact.Package.Path()] = fact.Fact.(*depth).N
		}
		pass.ExportPackageFact(fact)
		return depths, nil
	},
}

// testRoot needs facts of objects (of ctrlflow) and of packages, and SSA. It
// panics on packages named boom.
var testRoot = &analysis.Analyzer{
	Name: "summary", Doc: "what the tests look at",
	Requires:   []*analysis.Analyzer{ctrlflow.Analyzer, buildssa.Analyzer, depthAnalyzer},
	ResultType: reflect.TypeFor[*summary](),
	Run: func(pass *analysis.Pass) (any, error) {
		if pass.Pkg.Name() == "boom" {
			var m map[string]int
			m["x"] = 1
		}
		cfgs := pass.ResultOf[ctrlflow.Analyzer].(*ctrlflow.CFGs)
		s := &summary{Depths: pass.ResultOf[depthAnalyzer].(map[string]int), SSA: len(pass.ResultOf[buildssa.Analyzer].(*buildssa.SSA).SrcFuncs)}
		for _, file := range pass.Files {
			for _, decl := range file.Decls {
				fn, ok := decl.(*ast.FuncDecl)
				if !ok || fn.Body == nil {
					continue
				}
				s.Bodies = append(s.Bodies, fn.Name.Name)
				if cfgs.NoReturn(pass.TypesInfo.Defs[fn.Name].(*types.Func)) {
					s.Dead = append(s.Dead, fn.Name.Name)
				}
			}
		}
		dead := make(map[string]bool)
		for _, obj := range pass.TypesInfo.Uses {
			if fn, ok := obj.(*types.Func); ok && fn.Pkg() != pass.Pkg && cfgs.NoReturn(fn) {
				dead[fn.FullName()] = true
			}
		}
		s.DeadCalls = slices.Sorted(maps.Keys(dead))
		return s, nil
	},
}

// tree is a folder made from a txtar archive, with a workspace on it.
type tree struct {
	*testing.T
	dir string
	w   *Workspace
}

func newTree(t *testing.T, archive string, options ...func(*Options)) *tree {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	tr := &tree{T: t, dir: dir}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		tr.write(f.Name, string(f.Data))
	}
	tr.open(options...)
	return tr
}

// open puts a fresh workspace on the folder.
func (t *tree) open(options ...func(*Options)) {
	opts := Options{Dir: t.dir, Root: testRoot, Tests: true, CacheDir: sharedCache}
	for _, o := range options {
		o(&opts)
	}
	w := New(opts)
	t.w = w
	t.Cleanup(func() { w.Close() })
}

func (t *tree) path(name string) string { return filepath.Join(t.dir, filepath.FromSlash(name)) }

func (t *tree) write(name, text string) {
	t.Helper()
	path := t.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// replace edits a file on disk and tells the workspace.
func (t *tree) replace(name, old, new string) {
	t.Helper()
	text, err := os.ReadFile(t.path(name))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("%s does not contain %q", name, old)
	}
	t.write(name, strings.Replace(string(text), old, new, 1))
	t.w.FilesChanged(t.path(name))
}

func (t *tree) snapshot(patterns ...string) *Snapshot {
	t.Helper()
	s, err := t.w.Snapshot(t.Context(), patterns...)
	if err != nil {
		t.Fatalf("Snapshot(%q): %v", patterns, err)
	}
	return s
}

// analyze returns the results of the packages that patterns match, by ID.
func (t *tree) analyze(patterns ...string) map[string]PackageResult {
	t.Helper()
	s := t.snapshot(patterns...)
	return t.analyzeIDs(s, s.Roots()...)
}

func (t *tree) analyzeIDs(s *Snapshot, ids ...string) map[string]PackageResult {
	t.Helper()
	results := make(map[string]PackageResult)
	if err := s.Analyze(t.Context(), ids, func(r PackageResult) { results[r.ID] = r }); err != nil {
		t.Fatalf("Analyze: %v", err)
	}
	if len(results) != len(ids) {
		t.Fatalf("%d results for %d packages", len(results), len(ids))
	}
	return results
}

// sound fails the test for packages with errors or without a result.
func (t *tree) sound(results map[string]PackageResult) {
	t.Helper()
	for id, r := range results {
		if len(r.Errors) > 0 || r.Result == nil {
			t.Errorf("%s: result %v, errors %v", id, r.Result, r.Errors)
		}
	}
	if lost := t.w.Stats().Lost; len(lost) > 0 {
		t.Errorf("lost: %q", lost)
	}
}

// summaryOf returns the result for a package.
func (t *tree) summaryOf(results map[string]PackageResult, id string) *summary {
	t.Helper()
	s, ok := results[id].Result.(*summary)
	if !ok {
		t.Fatalf("%s has no result: %+v", id, results[id])
	}
	return s
}

// work counts what f made the workspace do.
func (t *tree) work(f func()) Stats {
	before := t.w.Stats()
	f()
	after := t.w.Stats()
	after.Packages -= before.Packages
	after.CacheHits -= before.CacheHits
	after.Declared -= before.Declared
	after.Checked -= before.Checked
	after.Loading -= before.Loading
	return after
}

func background() context.Context { return context.Background() }
