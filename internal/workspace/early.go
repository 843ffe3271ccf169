package workspace

import (
	"context"
	"go/ast"
	"maps"
	"slices"

	"golang.org/x/tools/go/analysis"
)

// Focuser is implemented by updatable results that can have the analyzers which
// require them look at some files before the others.
type Focuser interface {
	Updatable

	// Focus has them look at these files alone; nil: at all.
	Focus(files []*ast.File)
}

// Resumer is implemented by results that were made while the focus was on some
// files. Resume returns the result for all; the receiver stays as it is.
type Resumer interface {
	Resume(pass *analysis.Pass) (any, error)
}

// Part is what is found in some files of a package before the rest is known.
type Part struct {
	ID     string
	Files  []string // that were edited
	Result any      // of the root analyzer, under a focus on them
}

// making is an outcome that somebody makes, and others wait for.
type making struct {
	done  chan struct{}
	early chan struct{} // closed once part is there, if ever
	part  Part
}

func newMaking() *making {
	return &making{done: make(chan struct{}), early: make(chan struct{})}
}

// await waits until somebody else has made the outcome, or failed.
func (r *analysisRun) await(ctx context.Context, st *state, m *making) error {
	early := m.early
	if r.early == nil || !r.wanted[st.id] {
		early = nil
	}
	for {
		select {
		case <-early:
			early = nil
			r.reportEarly(m.part)
		case <-m.done:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (r *analysisRun) reportEarly(part Part) {
	if r.early == nil {
		return
	}
	r.reporting.Lock()
	defer r.reporting.Unlock()
	r.early(part)
}

// tellEarly hands over what was found in the new files to all who want it.
func (u *update) tellEarly(st *state, m *making, result any, replaced map[*ast.File]*ast.File) {
	m.part = Part{ID: st.id, Result: result}
	for file := range maps.Values(replaced) {
		m.part.Files = append(m.part.Files, u.w.fset.File(file.FileStart).Name())
	}
	slices.Sort(m.part.Files)
	close(m.early)
	u.reportEarly(m.part)
}

// begin runs analyzers on the files that are new. What they say is kept for
// them to go on from, unless one of them can't say anything yet.
func (x *execution) begin(ctx context.Context, f Focuser, analyzers []*analysis.Analyzer) {
	f.Focus(slices.Collect(maps.Values(x.replaced)))
	defer f.Focus(nil)
	before := maps.Clone(x.results)
	begun := make(map[*analysis.Analyzer]any)
	for _, a := range analyzers {
		result, err := x.one(ctx, a)
		if err != nil || ctx.Err() != nil {
			break
		}
		begun[a], x.results[a] = result, result
	}
	result, ok := begun[x.run.w.plan.root]
	x.results, x.begun = before, begun
	if ok {
		x.early(result)
	}
}
