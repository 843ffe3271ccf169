// Package workspace loads Go packages and runs an analyzer on them: metadata
// from go/packages, then its own parallel type-check and analysis with facts
// for dependencies, early cut-off, and facts and results kept on disk.
//
// It knows no rule and no LSP.
package workspace

import (
	"golang.org/x/tools/go/analysis"
)

// Options configure a [Workspace].
type Options struct {
	Dir       string   // the folder that patterns are relative to
	Env       []string // of the go command; nil: os.Environ()
	BuildTags []string
	Tests     bool // load test files and external test packages too

	// Root runs on every package that is asked for; analyzers that it requires
	// and that have facts run on their dependencies as well. Its ResultType
	// must be encodable by gob, since results are kept on disk.
	Root *analysis.Analyzer

	// CacheDir is where facts and results are kept; "" for none.
	CacheDir string

	// Salt goes into every cache key: what else results depend on.
	Salt string

	// Progress, if not nil, is told how far a load or an analysis got. It is
	// called from several goroutines, never after the call that it belongs to.
	Progress func(Progress)
}

// Progress says how far a call got.
type Progress struct {
	Phase       string // "loading", "analysing"
	Done, Total int    // packages; Total 0: not known yet
}

// Error is a problem of the code or its build, with the place where known.
type Error struct {
	File         string // absolute; empty if unknown
	Line, Column int    // from 1; 0 if unknown
	Message      string
}

// PackageResult is what came out of one package.
type PackageResult struct {
	ID      string // as go list names it: "p", "p [p.test]", "p_test [p.test]"
	PkgPath string
	Files   []string // absolute
	Module  string   // path of its module; empty for std
	Errors  []Error  // list, parse and type errors
	Result  any      // of Options.Root; nil if it could not run
}

// Stats are counted over the life of a [Workspace].
type Stats struct {
	Packages   int // analysed or taken from the cache, dependencies included
	CacheHits  int
	CacheError string   // why the cache could not be used; empty: it could
	Lost       []string // packages on which an analyzer failed, with the reason
}

// Workspace is one build configuration of one folder. Its methods may be
// called from several goroutines.
type Workspace struct{ opts Options }

// New returns a workspace; it touches nothing yet.
func New(opts Options) *Workspace { return &Workspace{opts: opts} }
