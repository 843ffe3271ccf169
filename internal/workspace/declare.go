package workspace

import (
	"context"
	"go/token"
	"go/types"
	"runtime"
	"slices"
	"time"
)

// declared is the type information that importers of a package see: checked
// from source without function bodies. Instances refer to those of their own
// imports, so that one is of use only as long as all of these are the same:
// two instances of a type are two types.
type declared struct {
	id      string
	content digest // of the files; a hint that nothing changed
	decl    digest // of the files without bodies and comments
	deps    []*declared
	pkg     *types.Package
}

// declareAll makes the declarations of packages and of all that they import.
func (s *Snapshot) declareAll(ctx context.Context, ids []string) (map[string]*declared, error) {
	var todo []*node
	for _, n := range s.graph.closure(ids, imported) {
		if st := s.state(n); st.current() == nil {
			todo = append(todo, n)
		}
	}
	err := inOrder(ctx, todo, imported, func(ctx context.Context, n *node) error {
		_, err := s.declare(ctx, s.state(n))
		return err
	})
	if err != nil {
		return nil, err
	}
	decls := make(map[string]*declared, len(ids))
	for _, id := range ids {
		if decls[id], err = s.declare(ctx, s.state(s.graph.nodes[id])); err != nil {
			return nil, err
		}
	}
	return decls, nil
}

// current returns the declarations if they are there.
func (st *state) current() *declared {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.decl
}

// declare returns the declarations of a package, making them if nobody has.
func (s *Snapshot) declare(ctx context.Context, st *state) (*declared, error) {
	for {
		d, busy := st.begin()
		if d != nil {
			return d, nil
		}
		if busy == nil {
			return s.makeDeclared(ctx, st, nil)
		}
		select {
		case <-busy:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// declareFrom makes the declarations from syntax that is there, unless
// somebody has or does. It does not wait for others: the caller holds a cpu
// token, and they may need it. Those of the imports must be there.
func (s *Snapshot) declareFrom(ctx context.Context, st *state, p *parsed) error {
	if d, busy := st.begin(); d != nil || busy != nil {
		return nil
	}
	_, err := s.makeDeclared(ctx, st, p)
	return err
}

// begin returns the declarations, or a channel that is closed when who makes
// them is done, or neither: then it is for the caller to make them.
func (st *state) begin() (*declared, <-chan struct{}) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.decl != nil || st.busy != nil {
		return st.decl, st.busy
	}
	st.busy = make(chan struct{})
	return nil, nil
}

// makeDeclared is called by whom begin has chosen. p is the syntax, if the
// caller has it; then the caller holds a cpu token.
func (s *Snapshot) makeDeclared(ctx context.Context, st *state, p *parsed) (d *declared, err error) {
	defer func() {
		st.mu.Lock()
		st.decl = d
		close(st.busy)
		st.busy = nil
		st.mu.Unlock()
	}()
	imp := &importer{n: st.node, decls: make(map[string]*declared)}
	var deps []*declared
	for _, id := range st.deps {
		dep, err := s.declare(ctx, s.state(s.graph.nodes[id]))
		if err != nil {
			return nil, err
		}
		imp.decls[id] = dep
		deps = append(deps, dep)
	}
	w := s.w
	w.mu.Lock()
	old := w.decls[st.id]
	if old != nil && !slices.Equal(old.deps, deps) {
		old = nil
	}
	same := old != nil && old.content == st.content
	w.mu.Unlock()
	if same {
		return old, nil
	}

	if p == nil {
		if err := acquire(ctx, w.cpu); err != nil {
			return nil, err
		}
		defer func() { <-w.cpu }()
		p = s.parse(st)
		defer func() { w.release(p) }()
	}
	if old != nil && old.decl == p.decl {
		// Bodies changed, or comments: to importers it is the same package.
		d = old
	} else {
		d = s.checkDeclarations(st, p, imp)
		d.deps = deps
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !p.changed {
		d.content = st.content
	}
	w.decls[st.id] = d
	return d, nil
}

// checkDeclarations type-checks without bodies. Errors are not reported here:
// they come up when the package itself is analysed.
func (s *Snapshot) checkDeclarations(st *state, p *parsed, imp *importer) (d *declared) {
	start := time.Now()
	defer s.w.stats.since(start, checkingTime)
	s.w.stats.add(func(stats *Stats) { stats.Declared++ })
	d = &declared{id: st.id, decl: p.decl, pkg: types.NewPackage(st.pkgPath, st.name)}
	defer func() {
		if r := recover(); r != nil {
			s.w.stats.lost(st.id, "type-checking", r)
			d.pkg = types.NewPackage(st.pkgPath, st.name)
			d.pkg.MarkComplete()
		}
	}()
	cfg := s.config(st.node, imp)
	cfg.IgnoreFuncBodies = true
	types.NewChecker(cfg, s.w.fset, d.pkg, nil).Files(p.files)
	// Positions live as long as anything that points to the package.
	p.shared = true
	fset := s.w.fset
	runtime.AddCleanup(d.pkg, func(tokens []*token.File) {
		for _, tok := range tokens {
			fset.RemoveFile(tok)
		}
	}, p.tokens)
	return d
}
