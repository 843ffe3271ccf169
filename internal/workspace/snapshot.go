package workspace

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// Snapshot is an immutable view of the workspace: the metadata of packages,
// and the contents of files.
type Snapshot struct {
	w        *Workspace
	id       uint64
	env      *goEnv
	graph    *graph
	overlays map[string]*source
	load     *load

	mu     sync.Mutex
	states map[string]*state // by package ID
}

// Snapshot returns the current state, with the packages that patterns match.
// It asks the go command only if it never was asked for these patterns, or if
// imports, package clauses, the set of files or the go.mod changed since.
// Without patterns it loads the package in the workspace's folder.
//
// The error is a [*LoadError] or [ErrNoPackages] when there is nothing to
// analyse.
func (w *Workspace) Snapshot(ctx context.Context, patterns ...string) (*Snapshot, error) {
	ctx, end, err := w.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	if err := w.plan.err; err != nil {
		return nil, err
	}
	if len(patterns) == 0 {
		patterns = []string{"."}
	}
	if err := acquire(ctx, w.loading); err != nil {
		return nil, err
	}
	defer func() { <-w.loading }()

	w.mu.Lock()
	gen, overlays, version := w.gen, w.overlays, w.version
	l := gen.loads[patternKey(patterns)]
	if gen.started.IsZero() {
		gen.started = time.Now()
	}
	w.mu.Unlock()
	if l == nil {
		if l, err = w.load(ctx, gen, overlays, patterns); err != nil {
			return nil, err
		}
	}
	return &Snapshot{
		w: w, id: version, env: gen.env, graph: gen.graph, overlays: overlays, load: l,
		states: make(map[string]*state),
	}, nil
}

// ID grows with every change; snapshots of equal state have equal IDs.
func (s *Snapshot) ID() uint64 { return s.id }

// Roots returns the IDs of the packages that the patterns matched: the widest
// variant of each, without generated test mains.
func (s *Snapshot) Roots() []string { return slices.Clone(s.load.roots) }

// Errors returns what the go command had to say about no loaded package.
func (s *Snapshot) Errors() []Error { return slices.Clone(s.load.errors) }

func (n *node) modulePath() string {
	if n.module == nil {
		return ""
	}
	return n.module.Path
}

// Containing returns the IDs of the loaded packages that file is part of, the
// widest variants only.
func (s *Snapshot) Containing(file string) []string {
	return s.graph.containing(filepath.Clean(file))
}

// Importers returns the IDs of the packages that import any of ids, directly
// or not, among those that some pattern has matched so far.
func (s *Snapshot) Importers(ids ...string) []string { return s.graph.transitiveImporters(ids) }

// Sources returns the files behind the loaded packages that may change: their
// Go files and go.mod files, but for those of the standard library and of the
// module cache.
func (s *Snapshot) Sources() []string {
	var files []string
	for _, n := range s.graph.nodes {
		if n.std || n.frozen {
			continue
		}
		files = append(files, n.files...)
		if n.module != nil && n.module.GoMod != "" {
			files = append(files, n.module.GoMod)
		}
	}
	slices.Sort(files)
	return slices.Compact(files)
}

// Text returns the content of file as it is analysed. It fails for a file
// that is no longer what it was when the snapshot looked at it.
func (s *Snapshot) Text(file string) ([]byte, error) {
	file = filepath.Clean(file)
	src, check := s.overlays[file], false
	if src == nil {
		if src = s.seen(file); src != nil {
			check = true
		} else {
			src = new(source) // not analysed, or in the module cache: what is there now
		}
	}
	text, err := s.w.text(file, src, check)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	return slices.Clone(text), nil
}

// seen returns what the snapshot has read of a file on disk, or nil.
func (s *Snapshot) seen(file string) *source {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range s.graph.allContaining(file) {
		if st := s.states[id]; st != nil && !st.frozen {
			return st.sources[slices.Index(st.files, file)]
		}
	}
	return nil
}

// state is what a snapshot knows about the contents of one package.
type state struct {
	*node
	sources []*source // of files
	content digest    // of files, names and bytes
	extra   digest    // of files that are not Go
	size    int       // of files together; 0 for frozen ones

	mu   sync.Mutex
	decl *declared     // nil: not made yet
	busy chan struct{} // closed when who makes decl is done; nil: nobody does
}

// state returns the state of a package, reading its files if need be.
func (s *Snapshot) state(n *node) *state {
	s.mu.Lock()
	st := s.states[n.id]
	s.mu.Unlock()
	if st != nil {
		return st
	}
	if st = s.unchanged(n); st != nil {
		return s.adopt(st)
	}
	start := time.Now()
	st = &state{node: n}
	wantShape := !n.std && !n.frozen
	h := newHasher("files")
	for _, file := range n.files {
		src := s.file(n, file, wantShape)
		st.sources = append(st.sources, src)
		h.string(file)
		h.digest(src.hash)
		st.size += src.size
	}
	st.content = h.sum()
	h = newHasher("other")
	for _, file := range n.other {
		h.string(file)
		h.digest(s.file(n, file, false).hash)
	}
	st.extra = h.sum()
	s.w.stats.since(start, hashingTime)
	return s.adopt(st)
}

// adopt makes st the state of its package, unless there is one by now.
func (s *Snapshot) adopt(st *state) *state {
	s.mu.Lock()
	old := s.states[st.id]
	if old == nil {
		s.states[st.id] = st
	}
	s.mu.Unlock()
	if old != nil {
		return old
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	s.w.states[st.id] = st
	return st
}

// unchanged returns a state like the one that another snapshot had of the
// package, if all its files have the same content still.
func (s *Snapshot) unchanged(n *node) *state {
	w := s.w
	w.mu.Lock()
	defer w.mu.Unlock()
	old := w.states[n.id]
	if old == nil || old.node != n || len(n.other) > 0 && !n.frozen {
		return nil
	}
	for i, file := range n.files {
		now := s.overlays[file]
		if now == nil && !n.frozen {
			now = w.disk[file]
		}
		if was := old.sources[i]; n.frozen && was.frozen && now == nil {
			continue
		} else if now != was {
			return nil
		}
	}
	return &state{node: n, sources: old.sources, content: old.content, extra: old.extra, size: old.size}
}

// file returns the content of a file of n. Modules in the module cache never
// change, so that their version stands for their bytes.
func (s *Snapshot) file(n *node, file string, wantShape bool) *source {
	if n.frozen && s.overlays[file] == nil {
		h := newHasher("frozen")
		h.string(n.module.Path)
		h.string(n.module.Version)
		h.string(file)
		return &source{hash: h.sum(), frozen: true}
	}
	return s.w.source(file, s.overlays, wantShape)
}
