// Package flow is the engine: what a function does with contexts, cancel
// functions, channels and goroutines. It builds SSA for a package and
// summarises each function bottom-up over the strongly connected components
// of the call graph, to a fixed point; summaries cross packages as facts.
//
// It knows no LSP, no driver and no file system.
package flow

import (
	"go/ast"
	"go/types"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"
)

// Analyzer computes the function summaries of a package. Its result is a
// [*Package], its fact a [PackageSummary].
var Analyzer = NewAnalyzer(Options{})

// Package is the engine's view of one package.
type Package struct {
	Pass  *analysis.Pass
	SSA   *ssa.Package
	Funcs []*Func // in source order

	Lost []string // functions that the engine failed on, with the reason

	carried

	mu          sync.Mutex
	interrupted func() bool // see Interrupted

	focus map[*ast.File]bool // see Focus

	summarised bool // what is known of the functions won't change any more
	user       userModel
	bySSA      map[*ssa.Function]*Func // every body, literals included, to its declared function
	byObj      map[*types.Func]*Func
	summaries  map[string]*Summary // of this package's functions, by funcKey
	imported   map[*types.Package]*PackageSummary
	known      map[*types.Func]knownFunc
	uses       map[useKey]ParamUse
	perBody    map[*ssa.Function]*bodyFacts
	noReturn   map[*types.Func]returning
	decls      map[*types.Func]*ast.FuncDecl
	launched   map[*ssa.Function][]Launch
	world      *world
	chans      *chanGraph
	heldBy     *holders
	ctxFlow    *contextFlow
	contexts   *tree
	conds      map[any]*condition
	syntax     map[*Func]*Syntax
	endings    map[endingKey]Ending
	joining    joining
	outside    map[*ssa.Function]bool // see reachesOut
	places     *places
	stranding  stranding
	panicking  map[*ssa.Function]bool   // under way
	entered    map[*ssa.Function][]bool // see enteredDone
	given      map[ast.Node]*givenContexts
	listened   map[*types.Var]bool  // the contexts of functions that ask whether they are done
	ended      map[*types.Var]bool  // see endedFields; built on first use
	lasting    map[*ssa.Select]bool // see serving
	waits      map[*ssa.Function][]Wait
	lists      map[*types.Var]*channel // see listOf
}

// Interrupted reports whether nobody wants to know what is found any more.
func (p *Package) Interrupted() bool { return p.interrupted != nil && p.interrupted() }

// Focus has the rules look at the functions of these files alone, for now; nil:
// at all. It is not to be called while rules run.
func (p *Package) Focus(files []*ast.File) {
	p.focus = nil
	for _, f := range files {
		if p.focus == nil {
			p.focus = make(map[*ast.File]bool)
		}
		p.focus[f] = true
	}
}

// Focused reports whether not all functions are looked at.
func (p *Package) Focused() bool { return p.focus != nil }

// InFocus reports whether the functions of a file are looked at.
func (p *Package) InFocus(file *ast.File) bool { return p.focus == nil || p.focus[file] }

// Lock gives the package to one caller until Unlock. Rules need it: much of the
// package is made on first use, and go vet runs analyzers at the same time.
func (p *Package) Lock() { p.mu.Lock() }

// Unlock lets the next one in.
func (p *Package) Unlock() { p.mu.Unlock() }

// Func is one declared function with the literals nested in it, or one
// outermost literal of a package-level initialiser (then Decl and Obj are nil).
type Func struct {
	Decl   *ast.FuncDecl
	File   *ast.File
	SSA    *ssa.Function
	Bodies []*ssa.Function // SSA and all literals below it, outermost first
	Obj    *types.Func

	isTest    bool
	serves    bool // in a package that is there for tests, outside of its own
	inDoubles bool // in a file that by its name has doubles for tests
	recursive bool // calls itself directly
	tooLarge  bool // to be looked at
}

// Name is the function's name as users know it: "F", "T.M", "(*T).M"; empty
// for package-level initialisers.
func (f *Func) Name() string {
	if f.Obj == nil {
		return ""
	}
	recv := f.Obj.Signature().Recv()
	if recv == nil {
		return f.Obj.Name()
	}
	name := types.TypeString(recv.Type(), func(*types.Package) string { return "" })
	if i := strings.IndexByte(name, '['); i >= 0 {
		name = name[:i]
	}
	if strings.HasPrefix(name, "*") {
		name = "(" + name + ")"
	}
	return name + "." + f.Obj.Name()
}

// IsTest reports whether f stands in a _test.go file, takes a testing.TB, has a
// literal that takes one, or is a method of what holds one.
func (f *Func) IsTest() bool { return f.isTest }

// HoldsTest reports whether f takes a testing.TB, or is a method of what holds
// one, a test's literal at the level of the package (ginkgo's), or of a package
// that is there for tests: it is a test itself, or part of one.
func (f *Func) HoldsTest() bool {
	return f.serves || f.Obj != nil && isTesting(f.Obj.Signature()) || f.Obj == nil && f.isTest
}

// Of returns the declared function that body belongs to, or nil when body is
// not of this package.
func (p *Package) Of(body *ssa.Function) *Func { return p.bySSA[body] }
