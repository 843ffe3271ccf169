// Package workspace loads Go packages and runs an analyzer on them: metadata
// from go/packages, then its own parallel type-check and analysis with facts
// for dependencies, early cut-off, and facts and results kept on disk.
//
// It knows no rule and no LSP.
//
// # How it works
//
// A [Workspace] holds the metadata graph, the texts of open files and what
// was computed so far. A [Snapshot] is an immutable view of them. Analysing a
// package goes through three steps, and each is skipped when its inputs are
// those of an earlier run, in this process or on disk:
//
//   - its key: a hash of the file contents, the configuration, and of what
//     each direct import offers (exported declarations and facts);
//   - type-checking: against the declarations of its imports, which are
//     checked from source without function bodies, once for all importers;
//   - the analyzers: all that the root analyzer requires on packages that
//     were asked for, those with facts alone on dependencies.
//
// The position of an object of another package is not part of the key: an
// analyzer that needs one must carry it in a fact.
package workspace

import (
	"context"
	"errors"
	"go/token"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

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

	// Whole analyses packages as a whole, whatever changed in them. Results are
	// the same; tests compare.
	Whole bool

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

// ErrNoPackages says that patterns matched no package at all.
var ErrNoPackages = errors.New("no packages matched")

var errClosed = errors.New("the workspace is closed")

// Workspace is one build configuration of one folder. Its methods may be
// called from several goroutines.
type Workspace struct {
	opts  Options
	plan  *plan
	fset  *token.FileSet
	store *store
	stats recorder

	cpu     chan struct{} // tokens for the work that fills a core
	large   chan struct{} // the token for a package that fills memory
	loading chan struct{} // the token for asking the go command

	done  context.Context // ends when the workspace is closed
	close context.CancelFunc
	calls sync.WaitGroup

	mu       sync.Mutex
	closed   bool
	version  uint64
	overlays map[string]*source // open files; copied on write
	disk     map[string]*source // files read from disk
	shapes   map[string]shape   // what the metadata depends on, by file
	gen      *generation
	decls    map[string]*declared // the newest declarations by package ID
	outcomes map[string]*outcome  // the newest outcome by package ID
	busy     map[digest]*making   // keys of outcomes that are being made

	// What the newest snapshots knew, so that the next one need not hash it all.
	states map[string]*state
	keys   map[string]*keyed

	kept keeper
}

// New returns a workspace; it touches nothing yet.
func New(opts Options) *Workspace {
	if abs, err := filepath.Abs(opts.Dir); err == nil {
		opts.Dir = abs
	}
	opts.BuildTags = slices.Clone(opts.BuildTags)
	w := &Workspace{
		opts:     opts,
		plan:     newPlan(opts.Root),
		fset:     token.NewFileSet(),
		cpu:      make(chan struct{}, runtime.GOMAXPROCS(0)),
		large:    make(chan struct{}, 1),
		loading:  make(chan struct{}, 1),
		version:  1,
		overlays: make(map[string]*source),
		disk:     make(map[string]*source),
		shapes:   make(map[string]shape),
		gen:      new(generation),
		decls:    make(map[string]*declared),
		outcomes: make(map[string]*outcome),
		busy:     make(map[digest]*making),
		states:   make(map[string]*state),
		keys:     make(map[string]*keyed),
	}
	w.done, w.close = context.WithCancel(context.Background())
	w.store = newStore(opts.CacheDir, &w.stats)
	return w
}

// begin registers a call, so that Close waits for it and ends it early.
func (w *Workspace) begin(ctx context.Context) (context.Context, func(), error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil, nil, errClosed
	}
	w.calls.Add(1)
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(w.done, func() { cancel(errClosed) })
	return ctx, func() {
		stop()
		cancel(nil)
		w.calls.Done()
	}, nil
}

// Close ends calls that are under way, waits for them, and bounds the size of
// the cache.
func (w *Workspace) Close() error {
	w.mu.Lock()
	closed := w.closed
	w.closed = true
	w.mu.Unlock()
	if closed {
		return nil
	}
	w.close()
	w.calls.Wait()
	return w.store.close()
}

// Stats returns what was counted so far.
func (w *Workspace) Stats() Stats { return w.stats.snapshot() }

// SetOverlay makes text the content of the file in place of what is on disk;
// nil removes it.
func (w *Workspace) SetOverlay(path string, text []byte) {
	path = filepath.Clean(path)
	w.mu.Lock()
	defer w.mu.Unlock()
	old := w.overlays[path]
	if text == nil && old == nil || text != nil && old != nil && string(text) == string(old.text) {
		return
	}
	w.note(path)
	overlays := maps.Clone(w.overlays)
	if text == nil {
		delete(overlays, path)
		delete(w.disk, path) // it may have been saved since
	} else {
		overlays[path] = newSource(path, slices.Clone(text))
	}
	w.overlays = overlays
	w.changed(path)
}

// FilesChanged tells that files were written, made or removed on disk.
func (w *Workspace) FilesChanged(paths ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, path := range paths {
		path = filepath.Clean(path)
		delete(w.disk, path)
		w.changed(path)
	}
}

// changed notes a new content of path, and gives up the metadata when it can
// depend on that.
func (w *Workspace) changed(path string) {
	w.version++
	if w.stale(path) {
		w.renew()
	}
}

// renew starts a new generation of metadata.
func (w *Workspace) renew() {
	w.version++
	w.prune()
	w.gen = new(generation)
}

// prune forgets what was computed for packages that are gone. A generation
// that was only asked for single files says nothing about the others.
func (w *Workspace) prune() {
	if !w.gen.whole {
		return
	}
	gone := func(id string) bool { return w.gen.graph.nodes[id] == nil }
	maps.DeleteFunc(w.decls, func(id string, _ *declared) bool { return gone(id) })
	maps.DeleteFunc(w.outcomes, func(id string, _ *outcome) bool { return gone(id) })
	maps.DeleteFunc(w.states, func(id string, _ *state) bool { return gone(id) })
	maps.DeleteFunc(w.keys, func(id string, _ *keyed) bool { return gone(id) })
}
