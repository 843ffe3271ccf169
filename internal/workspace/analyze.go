package workspace

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// cacheVersion changes when entries of the cache change their meaning.
const cacheVersion = "ctxls workspace 1"

// outcome is what came out of one package for one key. It does not change.
type outcome struct {
	key   digest
	out   digest // what importers depend on: declarations and facts, of imports too
	facts *factSet

	analysed bool // result and errors are there as well
	result   any
	errors   []Error

	changed bool // files were no longer what key says: of no further use
	lost    bool // an analyzer failed: not for the cache
}

// analysisRun is one call of Analyze.
type analysisRun struct {
	*Snapshot
	wanted   map[string]bool // by ID
	imported map[string]bool // packages that some other one imports
	each     func(PackageResult)
	early    func(Part)
	anew     bool // what is wanted isn't taken from memory or disk
	total    int

	mu   sync.Mutex
	done int
	outs map[string]*outcome

	reporting sync.Mutex
}

// Analyze analyses packages, their dependencies first and as far as their
// facts are needed. It calls each for every one of ids, one call at a time,
// as soon as its result is there; results are shared and not to be changed.
// It returns early when ctx is cancelled; all its goroutines have ended then.
func (s *Snapshot) Analyze(ctx context.Context, ids []string, each func(PackageResult)) error {
	return s.AnalyzeInParts(ctx, ids, nil, each)
}

// AnalyzeInParts is Analyze, but where files of a package were edited it may
// call early with what is found in them before the rest of the package is
// looked at. That may be told again, and functions of other files may still add
// to it. The calls of both functions are made one at a time; while early runs
// the package waits, so that it must not block for long.
func (s *Snapshot) AnalyzeInParts(ctx context.Context, ids []string, early func(Part), each func(PackageResult)) error {
	return s.analyze(ctx, ids, early, each, false)
}

// analyze does the work of Analyze; anew asks for an analysis of ids even where
// its result is known.
func (s *Snapshot) analyze(ctx context.Context, ids []string, early func(Part), each func(PackageResult), anew bool) error {
	ctx, end, err := s.w.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	r := &analysisRun{
		Snapshot: s, each: each, early: early, anew: anew,
		wanted: make(map[string]bool), imported: make(map[string]bool), outs: make(map[string]*outcome),
	}
	for _, id := range ids {
		if s.graph.nodes[id] == nil {
			return fmt.Errorf("package %s is not loaded", id)
		}
		r.wanted[id] = true
	}
	nodes := s.graph.closure(ids, r.needs)
	r.total = len(nodes)
	for _, n := range nodes {
		for _, dep := range n.deps {
			r.imported[dep] = true
		}
	}
	if err := inOrder(ctx, nodes, r.needs, r.process); err != nil {
		return fmt.Errorf("analysing: %w", err)
	}
	return nil
}

// needs are the packages whose outcomes that of n is made from.
func (r *analysisRun) needs(n *node) []string {
	if p := r.lender(n); p != nil {
		return append(slices.Clone(n.deps), p.id)
	}
	return n.deps
}

// lender returns the package whose facts are as good as those of n, or nil.
// What is recompiled for the tests of another package has the same bodies;
// only its types are others.
func (r *analysisRun) lender(n *node) *node {
	if r.wanted[n.id] {
		return nil
	}
	return r.graph.plain(n)
}

// process finds or makes the outcome of one package.
func (r *analysisRun) process(ctx context.Context, n *node) error {
	if lender := r.lender(n); lender != nil {
		r.borrow(n, lender)
		r.report(n, nil)
		return nil
	}
	st := r.state(n)
	key := r.key(st)
	out, err := r.obtain(ctx, st, key)
	if err != nil {
		return err
	}
	r.mu.Lock()
	r.outs[n.id] = out
	r.mu.Unlock()
	r.report(n, out)
	return nil
}

// obtain returns the outcome for a key: the one in memory, that of another
// call which is about to make it, the one on disk, or a new one.
func (r *analysisRun) obtain(ctx context.Context, st *state, key digest) (*outcome, error) {
	w := r.w
	wanted := r.wanted[st.id]
	for {
		w.mu.Lock()
		if out := w.outcomes[st.id]; out != nil && out.key == key && (out.analysed || !wanted) && !(wanted && r.anew) {
			w.mu.Unlock()
			return out, nil
		}
		busy := w.busy[key]
		if busy == nil {
			busy = newMaking()
			w.busy[key] = busy
			w.mu.Unlock()
			return r.makeOutcome(ctx, st, key, busy)
		}
		w.mu.Unlock()
		if err := r.await(ctx, st, busy); err != nil {
			return nil, err
		}
	}
}

// makeOutcome reads or computes an outcome, while others wait for m.
func (r *analysisRun) makeOutcome(ctx context.Context, st *state, key digest, m *making) (out *outcome, err error) {
	w := r.w
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if out != nil && !out.changed {
			w.outcomes[st.id] = out
		}
		delete(w.busy, key)
		close(m.done)
	}()
	hit := 1
	if !(r.anew && r.wanted[st.id]) {
		out = r.fromCache(st, key)
	}
	if out == nil {
		hit = 0
		if out, err = r.compute(ctx, st, key, m); err != nil {
			return nil, err
		}
		if !out.changed && !out.lost {
			r.toCache(st.id, key, out)
		}
	}
	w.stats.add(func(stats *Stats) {
		stats.Packages++
		stats.CacheHits += hit
	})
	return out, nil
}

// report hands over the outcome, one at a time.
func (r *analysisRun) report(n *node, out *outcome) {
	r.reporting.Lock()
	defer r.reporting.Unlock()
	r.done++
	if r.w.opts.Progress != nil {
		r.w.opts.Progress(Progress{"analysing", r.done, r.total})
	}
	if r.wanted[n.id] && r.each != nil {
		r.each(PackageResult{
			ID: n.id, PkgPath: n.pkgPath, Files: slices.Clone(n.files), Module: n.modulePath(),
			Errors: slices.Clone(out.errors), Result: out.result,
		})
	}
}

// outcome returns that of a package that is done.
func (r *analysisRun) outcome(id string) *outcome {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.outs[id]
}

// largePackage is the size in bytes of the sources above which packages are
// analysed one at a time: with types and SSA, 100 times that is in memory.
const largePackage = 3 << 20

// acquire takes a token.
func acquire(ctx context.Context, tokens chan<- struct{}) error {
	select {
	case tokens <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// compute type-checks and analyses a package.
func (r *analysisRun) compute(ctx context.Context, st *state, key digest, m *making) (out *outcome, err error) {
	w := r.w
	wanted := r.wanted[st.id]
	defer func() {
		if reason := recover(); reason != nil {
			w.stats.lost(st.id, "reading", reason)
			out, err = &outcome{key: key, out: subkey(key, "lost"), facts: new(factSet), analysed: wanted, lost: true}, nil
		}
	}()
	analyzers := w.plan.facts
	if wanted {
		analyzers = w.plan.full
	}
	imp := &importer{n: st.node}
	if len(analyzers) > 0 {
		if imp.decls, err = r.declareAll(ctx, st.deps); err != nil {
			return nil, err
		}
	}
	if st.size > largePackage {
		if err := acquire(ctx, w.large); err != nil {
			return nil, err
		}
		defer func() { <-w.large }()
	}
	if err := acquire(ctx, w.cpu); err != nil {
		return nil, err
	}
	defer func() { <-w.cpu }()
	if wanted {
		if out := r.update(ctx, st, key, m); out != nil {
			return out, context.Cause(ctx)
		}
	}
	p := r.parse(st)
	defer func() {
		if !p.retained {
			w.release(p)
		}
	}()
	if len(analyzers) > 0 && r.imported[st.id] {
		// Its importers come next: use the syntax while it is there.
		if err := r.declareFrom(ctx, st, p); err != nil {
			return nil, err
		}
	}
	out = &outcome{key: key, facts: new(factSet), analysed: wanted, changed: p.changed}
	if wanted {
		out.errors = append(slices.Clone(st.errors), p.errors...)
	}
	if len(analyzers) > 0 && len(p.errors) == 0 {
		out.lost = !r.checkAndRun(ctx, st, p, imp, out)
	}
	out.errors = tidy(out.errors)
	out.out = r.offers(st, p.decl, out)
	return out, context.Cause(ctx)
}

// checkAndRun fills in the outcome of a package that parses. It reports
// whether nothing was lost.
func (r *analysisRun) checkAndRun(ctx context.Context, st *state, p *parsed, imp *importer, out *outcome) (ok bool) {
	defer func() {
		if reason := recover(); reason != nil {
			r.w.stats.lost(st.id, "type-checking", reason)
			ok = false
		}
	}()
	if ctx.Err() != nil {
		return false // the outcome is thrown away
	}
	c, errs := r.check(st, p, imp)
	if ctx.Err() != nil {
		return false
	}
	if out.analysed {
		out.errors = append(out.errors, errs...)
	}
	if c == nil {
		return true
	}
	start := time.Now()
	defer r.w.stats.since(start, analysisTime)
	x := newExecution(r, st, c)
	ok = x.execute(ctx, out)
	if ok && len(errs) == 0 && out.analysed && !p.changed && ctx.Err() == nil {
		p.retained = r.retain(st, p, c, imp, x)
	}
	return ok
}

// tidy drops what another step has said of the same place, and sorts the rest.
func tidy(errs []Error) []Error {
	seen := make(map[Error]bool)
	errs = slices.DeleteFunc(errs, func(e Error) bool {
		place := e
		if e.Line > 0 {
			place.Message = ""
		}
		known := seen[place]
		seen[place] = true
		return known
	})
	slices.SortStableFunc(errs, func(a, b Error) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return errs
}
