package flow

import (
	"fmt"
	"go/ast"
	"go/types"
	"log/slog"
	"maps"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"
)

func run(pass *analysis.Pass, user userModel) (any, error) {
	p := newPackage(pass, user)
	p.inferNoReturn()
	p.build()
	p.collect()
	p.summariseAll()
	return p, nil
}

func newPackage(pass *analysis.Pass, user userModel) *Package {
	return &Package{
		Pass:      pass,
		user:      user,
		bySSA:     make(map[*ssa.Function]*Func),
		byObj:     make(map[*types.Func]*Func),
		summaries: make(map[string]*Summary),
		imported:  make(map[*types.Package]*PackageSummary),
		known:     make(map[*types.Func]knownFunc),
		uses:      make(map[useKey]ParamUse),
		perBody:   make(map[*ssa.Function]*bodyFacts),
		carried:   carried{makers: make(map[*ssa.Function][]*ssa.Call), views: newViews(), placeMentions: make(map[*ast.File][]placeMention)},
	}
}

// summariseAll computes the summaries of all functions, and exports them.
func (p *Package) summariseAll() {
	components := p.components()
	for _, component := range components {
		if p.Interrupted() {
			return
		}
		p.summarise(component)
	}
	p.summariseBlocks(components) // they depend on who launches what
	p.summariseNeeds()
	p.summariseRoots(components)
	p.summariseCallBacks(components)
	if p.Interrupted() {
		return
	}
	p.summarised = true
	p.export()
}

// build makes the SSA form of the package. Imported packages have
// declarations only; the build is serial, so that a panic stays in this
// goroutine.
func (p *Package) build() {
	prog := ssa.NewProgram(p.Pass.Fset, ssa.BuilderMode(0))
	prog.SetNoReturn(p.NoReturn)
	for _, imported := range p.Pass.Pkg.Imports() {
		prog.CreatePackage(imported, nil, nil, true)
	}
	p.SSA = prog.CreatePackage(p.Pass.Pkg, p.buildable(), p.Pass.TypesInfo, false)
	p.SSA.Build()
	p.home = p.members()
	p.stubs = make(map[*ast.File]*ast.File)
}

// collect lists the declared functions and the outermost literals of
// package-level initialisers, in source order.
func (p *Package) collect() {
	initialisers := make(map[*ast.FuncLit]*ssa.Function)
	if init := p.SSA.Func("init"); init != nil {
		for _, lit := range init.AnonFuncs {
			if syntax, ok := lit.Syntax().(*ast.FuncLit); ok {
				initialisers[syntax] = lit
			}
		}
	}
	for _, file := range p.Pass.Files {
		name := filepath.Base(p.Pass.Fset.PositionFor(file.FileStart, false).Filename)
		test := strings.HasSuffix(name, "_test.go") || importsGinkgo(file) || p.servesTests()
		doubles := doubleFile.MatchString(name)
		serves := p.servesTests() && !strings.HasSuffix(name, "_test.go")
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				obj, _ := p.Pass.TypesInfo.Defs[decl.Name].(*types.Func)
				if obj == nil || decl.Body == nil {
					continue
				}
				if fn, ok := p.home[obj].(*ssa.Function); ok && len(fn.Blocks) > 0 {
					p.add(&Func{Decl: decl, File: file, SSA: fn, Obj: obj, isTest: test || isTesting(obj.Signature()), inDoubles: doubles, serves: serves})
				}
			case *ast.GenDecl:
				ast.Inspect(decl, func(n ast.Node) bool {
					lit, ok := n.(*ast.FuncLit)
					if !ok {
						return true
					}
					if fn := initialisers[lit]; fn != nil && len(fn.Blocks) > 0 {
						p.add(&Func{File: file, SSA: fn, isTest: test, serves: serves})
					}
					return false
				})
			}
		}
	}
}

func (p *Package) add(f *Func) {
	var visit func(fn *ssa.Function)
	visit = func(fn *ssa.Function) {
		if len(fn.Blocks) == 0 {
			return
		}
		f.Bodies = append(f.Bodies, fn)
		f.isTest = f.isTest || isTesting(fn.Signature)
		p.bySSA[fn] = f
		for _, lit := range fn.AnonFuncs {
			visit(lit)
		}
	}
	visit(f.SSA)
	if f.Obj != nil {
		p.byObj[f.Obj] = f
	}
	p.measure(f)
	p.Funcs = append(p.Funcs, f)
}

// summarise brings the summaries of one strongly connected component to their
// fixed point. A function that the engine fails on keeps the zero summary.
func (p *Package) summarise(component []*Func) {
	const rounds = 8 // more than any chain in std needs; the lattice is shallow
	for range rounds {
		changed := false
		for _, f := range component {
			if f.Obj == nil {
				continue
			}
			s := p.summary(f)
			if key := p.key(f.Obj); !s.equal(p.summaries[key]) {
				p.summaries[key] = s
				changed = true
			}
		}
		clear(p.uses) // they were computed from summaries that may have changed
		if !changed || len(component) == 1 && !component[0].recursive {
			return
		}
	}
}

func (p *Package) summary(f *Func) *Summary {
	s := &Summary{NoReturn: p.noReturn[f.Obj] == returnsNever}
	p.guarded(f, func() {
		s.Exits = s.NoReturn && p.exits(f.SSA, nil)
		s.CannotPanic = p.cannotPanic(f.SSA)
		s.Params = p.paramUses(f.SSA)
		s.LeftRunning = p.leftRunning(f.SSA, s.Params)
		s.Results = p.resultKinds(f.SSA)
		s.Nil = p.nilResults(f.SSA)
		s.Derives = p.derivations(f.SSA)
		s.Keeps = p.keeps(f.SSA)
		s.Latency = p.latency(f)
		s.FailsTest = p.alwaysFails(f.SSA)
		s.NeverFails = p.neverFails(f.SSA)
	})
	return s
}

// guarded runs a part of the analysis of f, unless that is too large; a panic
// loses that part alone.
func (p *Package) guarded(f *Func, part func()) {
	if f.tooLarge {
		return
	}
	defer func() {
		if r := recover(); r != nil {
			lost := fmt.Sprintf("flow: %s: panic: %v", f.Obj.FullName(), r)
			slog.Error("the engine failed on a function", "what", lost, "stack", string(debug.Stack()))
			p.Lost = append(p.Lost, lost)
		}
	}()
	part()
}

// export makes the summaries that say something a fact of the package.
func (p *Package) export() {
	fact := new(PackageSummary)
	for _, key := range slices.Sorted(maps.Keys(p.summaries)) {
		if s := p.summaries[key]; !s.equal(nil) && !s.local(key) {
			fact.Funcs = append(fact.Funcs, NamedSummary{key, s.exported()})
		}
	}
	fact.Held = p.heldFuncs()
	if len(fact.Funcs)+len(fact.Held) > 0 {
		p.Pass.ExportPackageFact(fact)
	}
}

// SummaryOf returns what is known of a function or method, in this package or
// another one, generic ones by their origin; nil if nothing is.
func (p *Package) SummaryOf(fn *types.Func) *Summary {
	if fn == nil {
		return nil
	}
	fn = fn.Origin()
	k, ok := p.known[fn]
	if !ok {
		k = p.know(fn)
		p.known[fn] = k
	}
	if k.own {
		return p.summaries[k.key]
	}
	return k.summary
}

// knownFunc is the answer of SummaryOf for one function. Of this package's
// functions it is the key alone: their summaries still change.
type knownFunc struct {
	own     bool
	key     string
	summary *Summary
}

func (p *Package) know(fn *types.Func) knownFunc {
	if m, ok := model[modelKey(fn)]; ok && !m.equal(nil) {
		return knownFunc{summary: &m.Summary}
	}
	if fn.Pkg() == nil {
		return knownFunc{}
	}
	key := funcKey(fn)
	if fn.Pkg() == p.Pass.Pkg {
		return knownFunc{own: true, key: key}
	}
	return knownFunc{summary: p.factOf(fn.Pkg()).lookup(key)}
}

// factOf is what is known of an imported package, at worst nothing.
func (p *Package) factOf(pkg *types.Package) *PackageSummary {
	fact, ok := p.imported[pkg]
	if !ok {
		fact = new(PackageSummary)
		p.Pass.ImportPackageFact(pkg, fact)
		p.imported[pkg] = fact
	}
	return fact
}

// Callee returns the function or method that a call certainly reaches, by its
// origin if it is generic; for a call through an interface, the interface's
// method. It is nil for calls of function values and built-ins.
func Callee(call *ssa.CallCommon) *types.Func {
	if call.IsInvoke() {
		return call.Method
	}
	if fn := call.StaticCallee(); fn != nil {
		if fn.Origin() != nil {
			fn = fn.Origin()
		}
		obj, _ := fn.Object().(*types.Func)
		return obj
	}
	return nil
}

// Is reports whether fn is the function with the full name. Most aren't, and a
// full name takes time to make.
func Is(fn *types.Func, full string) bool {
	if fn == nil || !strings.HasSuffix(full, fn.Name()) || fn.Pkg() != nil && !strings.Contains(full, fn.Pkg().Path()) {
		return false
	}
	return fn.FullName() == full
}

// key is funcKey, remembered.
func (p *Package) key(fn *types.Func) string {
	if k, ok := p.known[fn]; ok && k.key != "" {
		return k.key
	}
	return funcKey(fn)
}

// funcKey names a function in facts.
func funcKey(fn *types.Func) string { return fn.Origin().FullName() }
