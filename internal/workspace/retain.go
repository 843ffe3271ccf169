package workspace

import (
	"context"
	"go/ast"
	"go/token"
	"slices"
	"sync"

	"golang.org/x/tools/go/analysis"
)

// Packages with open files are kept type-checked, with what their analyzers
// need to go on from there, so that an edit in function bodies costs the file
// that it is in and not its package. See update.go.
const (
	mostRetained = 6       // packages
	mostSource   = 8 << 20 // bytes of a package's sources
	mostUpdates  = 100     // of one package: each leaves scopes and positions behind
)

// Updatable is implemented by results of analyzers that can be brought up to
// date more cheaply than by a new run.
type Updatable interface {
	// Update returns the result for pass, whose files are those of the pass
	// that the result is from but for some, which were replaced by others that
	// differ in function bodies and comments alone; all package-level objects
	// are the same. It returns nil when it takes a run. In either case the old
	// result isn't used again. Once ctx is done the result may be incomplete,
	// and good for nothing but another Update.
	Update(ctx context.Context, pass *analysis.Pass, replaced map[*ast.File]*ast.File) any

	// CanStay reports whether a function, unchanged in a file that is replaced,
	// may keep the objects and scopes of the old text, whose positions are old.
	CanStay(fn *ast.FuncDecl) bool
}

// retained is a package as the newest analysis left it. It has one owner at a
// time.
type retained struct {
	id      string
	node    *node
	imports digest // what its imports offer
	deps    map[string]*declared

	sources []*source
	texts   [][]byte
	decls   []digest // of each file, what importers can see
	tokens  []*token.File
	own     *declared // which tokens may belong to
	c       *checked
	results map[*analysis.Analyzer]any
	updates int
}

// keeper holds the retained packages, the newest last.
type keeper struct {
	mu   sync.Mutex
	list []*retained
}

// take hands over the package, if it is there, to a new owner.
func (k *keeper) take(id string) *retained {
	k.mu.Lock()
	defer k.mu.Unlock()
	i := slices.IndexFunc(k.list, func(r *retained) bool { return r.id == id })
	if i < 0 {
		return nil
	}
	r := k.list[i]
	k.list = slices.Delete(k.list, i, i+1)
	return r
}

// put keeps a package in place of an older state of it, and returns those that
// are no longer kept.
func (k *keeper) put(r *retained) []*retained {
	k.mu.Lock()
	defer k.mu.Unlock()
	var gone []*retained
	k.list = slices.DeleteFunc(k.list, func(old *retained) bool {
		if old.id == r.id {
			gone = append(gone, old)
		}
		return old.id == r.id
	})
	k.list = append(k.list, r)
	if len(k.list) > mostRetained {
		gone = append(gone, k.list[0])
		k.list = slices.Delete(k.list, 0, 1)
	}
	return gone
}

// Retain makes the next edit in the packages with these IDs a cheap one, as far
// as they have open files: their results may have come from the cache, which
// has no types. It returns early when ctx is cancelled.
func (s *Snapshot) Retain(ctx context.Context, ids []string) error {
	var todo []string
	for _, id := range ids {
		n := s.graph.nodes[id]
		if n != nil && !s.w.kept.has(id) && s.retainable(s.state(n)) {
			todo = append(todo, id)
		}
	}
	if len(todo) == 0 {
		return ctx.Err()
	}
	return s.analyze(ctx, todo, nil, nil, true)
}

// retainable reports whether a package is worth keeping.
func (s *Snapshot) retainable(st *state) bool {
	return !s.w.opts.Whole && st.size <= mostSource && slices.ContainsFunc(st.files, func(file string) bool { return s.overlays[file] != nil })
}

func (k *keeper) has(id string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.ContainsFunc(k.list, func(r *retained) bool { return r.id == id })
}

// retain keeps what a full analysis has made of a package with open files, if
// that was without fault. It reports whether the package took over p.
func (r *analysisRun) retain(st *state, p *parsed, c *checked, imp *importer, x *execution) bool {
	if !r.retainable(st) || usesCgo(c.files) || len(p.files) != len(st.files) {
		return false
	}
	h := newHasher("imports")
	r.hashImports(h, st.node)
	kept := &retained{
		id: st.id, node: st.node, imports: h.sum(), deps: imp.decls,
		sources: st.sources, decls: p.decls, texts: p.texts, tokens: p.tokens,
		c: c, results: x.updatable(),
	}
	if p.shared {
		kept.tokens, kept.own = nil, st.current()
	}
	r.w.keep(kept)
	return true
}

func (w *Workspace) keep(r *retained) {
	for _, gone := range w.kept.put(r) {
		w.forget(gone)
	}
}

// forget drops the positions of a package that is no longer kept.
func (w *Workspace) forget(r *retained) {
	for _, tok := range r.tokens {
		w.fset.RemoveFile(tok)
	}
}
