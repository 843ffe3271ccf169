package workspace

import (
	"context"
	"fmt"
	"go/ast"
	"go/types"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/objectpath"
)

// execution runs analyzers on one package, one after another.
type execution struct {
	run *analysisRun
	st  *state
	c   *checked

	// Of the last execution, when the package differs from what it was then by
	// those files alone.
	earlier  map[*analysis.Analyzer]any
	replaced map[*ast.File]*ast.File
	early    func(result any)           // takes what is found in the new files
	begun    map[*analysis.Analyzer]any // what analyzers say of those

	results map[*analysis.Analyzer]any
	failed  map[*analysis.Analyzer]bool

	// Facts of this package, as they are exported.
	ofPackage map[reflect.Type]analysis.Fact
	ofObject  map[objectFact]analysis.Fact

	encoder  objectpath.Encoder
	byPath   map[string]*outcome       // of all dependencies, by package path; made on demand
	packages map[string]*types.Package // likewise
}

type objectFact struct {
	object types.Object
	typ    reflect.Type
}

func newExecution(run *analysisRun, st *state, c *checked) *execution {
	return &execution{
		run: run, st: st, c: c,
		results:   make(map[*analysis.Analyzer]any),
		failed:    make(map[*analysis.Analyzer]bool),
		ofPackage: make(map[reflect.Type]analysis.Fact),
		ofObject:  make(map[objectFact]analysis.Fact),
	}
}

// execute fills in the result and the facts of out. It reports whether no
// analyzer failed.
func (x *execution) execute(ctx context.Context, out *outcome) bool {
	plan := x.run.w.plan
	analyzers := plan.facts
	if out.analysed {
		analyzers = plan.full
	}
	for i, a := range analyzers {
		if ctx.Err() != nil { // the outcome is thrown away
			if x.earlier == nil {
				return false
			}
			if x.earlier[a] == nil { // the others bring what is retained up to date
				x.failed[a] = true
				continue
			}
		}
		if slices.ContainsFunc(a.Requires, func(r *analysis.Analyzer) bool { return x.failed[r] }) {
			x.failed[a] = true
			continue
		}
		result, err := x.one(ctx, a)
		if err != nil {
			x.failed[a] = true
			if ctx.Err() != nil {
				continue
			}
			x.run.w.stats.lost(x.st.id, a.Name, err)
			continue
		}
		x.results[a] = result
		if f, ok := result.(Focuser); ok && x.early != nil && len(x.replaced) > 0 && ctx.Err() == nil {
			x.begin(ctx, f, analyzers[i+1:])
		}
	}
	if out.analysed {
		out.result = x.results[plan.root]
	}
	out.facts = x.facts()
	return len(x.failed) == 0
}

// one runs one analyzer; a panic is an error.
func (x *execution) one(ctx context.Context, a *analysis.Analyzer) (result any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v (%s)", r, panicSite())
		}
	}()
	if begun, ok := x.begun[a].(Resumer); ok {
		return begun.Resume(x.pass(a))
	}
	if old, ok := x.earlier[a].(Updatable); ok {
		if result := old.Update(ctx, x.pass(a), x.replaced); result != nil {
			return result, nil
		}
	}
	result, err = a.Run(x.pass(a))
	if err == nil && a.ResultType != nil && reflect.TypeOf(result) != a.ResultType {
		err = fmt.Errorf("its result is a %T, not a %v", result, a.ResultType)
	}
	return result, err
}

// updatable returns the results that can be brought up to date.
func (x *execution) updatable() map[*analysis.Analyzer]any {
	out := make(map[*analysis.Analyzer]any)
	for a, result := range x.results {
		if _, ok := result.(Updatable); ok {
			out[a] = result
		}
	}
	return out
}

// panicSite is where the panic that is being recovered from began.
func panicSite() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	raised := false
	for {
		f, more := frames.Next()
		inRuntime := strings.HasPrefix(f.Function, "runtime.")
		if raised && !inRuntime {
			return fmt.Sprintf("%s:%d", filepath.Base(f.File), f.Line)
		}
		raised = raised || strings.HasPrefix(f.Function, "runtime.gopanic")
		if !more {
			return "unknown place"
		}
	}
}

func (x *execution) pass(a *analysis.Analyzer) *analysis.Pass {
	pass := &analysis.Pass{
		Analyzer:   a,
		Fset:       x.run.w.fset,
		Files:      x.c.files,
		OtherFiles: x.st.other,
		Pkg:        x.c.pkg,
		TypesInfo:  x.c.info,
		TypesSizes: x.c.sizes,
		ResultOf:   make(map[*analysis.Analyzer]any, len(a.Requires)),
		// Findings travel in results; nobody listens to reports.
		Report:            func(analysis.Diagnostic) {},
		ReadFile:          x.readFile,
		ImportPackageFact: x.importPackageFact,
		ExportPackageFact: x.exportPackageFact,
		ImportObjectFact:  x.importObjectFact,
		ExportObjectFact:  x.exportObjectFact,
		AllPackageFacts:   func() []analysis.PackageFact { return x.allPackageFacts(a) },
		AllObjectFacts:    func() []analysis.ObjectFact { return x.allObjectFacts(a) },
	}
	if m := x.st.module; m != nil {
		pass.Module = &analysis.Module{Path: m.Path, Version: m.Version, GoVersion: m.GoVersion}
	}
	for _, r := range a.Requires {
		pass.ResultOf[r] = x.results[r]
	}
	return pass
}

// readFile reads a file of the package; the cache knows of no other.
func (x *execution) readFile(name string) ([]byte, error) {
	if !slices.Contains(x.st.files, name) && !slices.Contains(x.st.other, name) {
		return nil, fmt.Errorf("%s is no file of package %s: %w", name, x.st.id, os.ErrPermission)
	}
	return x.run.Text(name)
}

// dependency returns the outcome of the package with this path among all
// that the package imports, directly or not.
func (x *execution) dependency(path string) *outcome {
	if x.byPath == nil {
		x.byPath = make(map[string]*outcome)
		for _, n := range x.run.graph.closure(x.st.deps, imported) {
			x.byPath[n.pkgPath] = x.run.outcome(n.id)
		}
	}
	return x.byPath[path]
}

func (x *execution) importPackageFact(pkg *types.Package, ptr analysis.Fact) bool {
	if pkg == nil {
		panic("ImportPackageFact: no package")
	}
	if pkg == x.c.pkg {
		return copyFact(x.ofPackage[reflect.TypeOf(ptr)], ptr)
	}
	out := x.dependency(pkg.Path())
	return out != nil && out.facts.get("", ptr)
}

func (x *execution) exportPackageFact(fact analysis.Fact) {
	x.ofPackage[reflect.TypeOf(fact)] = fact
}

func (x *execution) importObjectFact(obj types.Object, ptr analysis.Fact) bool {
	if obj == nil {
		panic("ImportObjectFact: no object")
	}
	if obj.Pkg() == x.c.pkg {
		return copyFact(x.ofObject[objectFact{obj, reflect.TypeOf(ptr)}], ptr)
	}
	if obj.Pkg() == nil {
		return false // of the universe
	}
	out := x.dependency(obj.Pkg().Path())
	if out == nil || !out.facts.mentionsObjects() {
		return false
	}
	path, err := x.encoder.For(obj)
	return err == nil && out.facts.get(string(path), ptr)
}

func (x *execution) exportObjectFact(obj types.Object, fact analysis.Fact) {
	if obj == nil || obj.Pkg() != x.c.pkg {
		panic(fmt.Sprintf("ExportObjectFact: %v is not of package %s", obj, x.st.id))
	}
	x.ofObject[objectFact{obj, reflect.TypeOf(fact)}] = fact
}

func copyFact(fact, ptr analysis.Fact) bool {
	if fact == nil {
		return false
	}
	reflect.ValueOf(ptr).Elem().Set(reflect.ValueOf(fact).Elem())
	return true
}

// facts returns what importers get to see: facts of the package, and of
// objects that they can name.
func (x *execution) facts() *factSet {
	facts := make(map[factKey]analysis.Fact, len(x.ofPackage)+len(x.ofObject))
	for typ, fact := range x.ofPackage {
		facts[factKey{"", typ}] = fact
	}
	for key, fact := range x.ofObject {
		if path, err := x.encoder.For(key.object); err == nil {
			facts[factKey{string(path), key.typ}] = fact
		}
	}
	return &factSet{facts: facts}
}

// imported returns the packages whose types this one can see.
func (x *execution) imported() map[string]*types.Package {
	if x.packages == nil {
		x.packages = make(map[string]*types.Package)
		var visit func(*types.Package)
		visit = func(pkg *types.Package) {
			for _, imp := range pkg.Imports() {
				if x.packages[imp.Path()] == nil {
					x.packages[imp.Path()] = imp
					visit(imp)
				}
			}
		}
		visit(x.c.pkg)
	}
	return x.packages
}

func (x *execution) allPackageFacts(a *analysis.Analyzer) []analysis.PackageFact {
	var all []analysis.PackageFact
	for typ, fact := range x.ofPackage {
		if produces(a, typ) {
			all = append(all, analysis.PackageFact{Package: x.c.pkg, Fact: fact})
		}
	}
	for path, pkg := range x.imported() {
		if out := x.dependency(path); out != nil {
			for key, fact := range out.facts.facts {
				if key.object == "" && produces(a, key.typ) {
					all = append(all, analysis.PackageFact{Package: pkg, Fact: fact})
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b analysis.PackageFact) int { return strings.Compare(a.Package.Path(), b.Package.Path()) })
	return all
}

func (x *execution) allObjectFacts(a *analysis.Analyzer) []analysis.ObjectFact {
	var all []analysis.ObjectFact
	for key, fact := range x.ofObject {
		if produces(a, key.typ) {
			all = append(all, analysis.ObjectFact{Object: key.object, Fact: fact})
		}
	}
	for path, pkg := range x.imported() {
		out := x.dependency(path)
		if out == nil {
			continue
		}
		for key, fact := range out.facts.facts {
			if key.object == "" || !produces(a, key.typ) {
				continue
			}
			if obj, err := objectpath.Object(pkg, objectpath.Path(key.object)); err == nil {
				all = append(all, analysis.ObjectFact{Object: obj, Fact: fact})
			}
		}
	}
	return all
}

func produces(a *analysis.Analyzer, typ reflect.Type) bool {
	return slices.ContainsFunc(a.FactTypes, func(f analysis.Fact) bool { return reflect.TypeOf(f) == typ })
}
