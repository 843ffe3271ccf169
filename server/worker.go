package server

import (
	"context"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"time"
)

// job says what has to be analysed. Jobs that meet are merged.
type job struct {
	focus     []string // files whose packages come first
	importers bool     // then those that import them
	all       bool     // then all other packages
}

func (j job) empty() bool { return len(j.focus) == 0 && !j.all }

// merge joins an older job to j, whose files stay first.
func (j job) merge(older job) job {
	for _, f := range older.focus {
		if !slices.Contains(j.focus, f) {
			j.focus = append(slices.Clip(j.focus), f)
		}
	}
	j.importers = j.importers || older.importers
	j.all = j.all || older.all
	return j
}

// worker runs one job at a time. A newer job cancels the one that runs, whose
// unfinished part is then done after it.
type worker struct {
	wake chan struct{} // capacity 1

	mu      sync.Mutex
	pending job
	cancel  context.CancelFunc // of the job that runs, nil if none does
	loading bool               // what is loaded now serves the next job too
	typing  *time.Timer
	typed   []string // files that were edited since the timer was set
	about   []string // files whose packages are analysed now
	held    job      // what an edit broke off, until the timer fires
	stopped bool
}

func newWorker() *worker { return &worker{wake: make(chan struct{}, 1)} }

func (w *worker) submit(j job) {
	w.mu.Lock()
	defer w.mu.Unlock()
	// What was typed in these files is analysed now, and not once more later.
	w.typed = slices.DeleteFunc(w.typed, func(path string) bool { return slices.Contains(j.focus, path) })
	if len(w.typed) == 0 {
		j, w.held = j.merge(w.held), job{}
	}
	w.add(j)
}

func (w *worker) add(j job) {
	if w.stopped {
		return
	}
	w.pending = j.merge(w.pending)
	if w.cancel != nil && !w.loading {
		w.cancel()
	}
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// submitLater submits the file's package when no edit has come for that long.
// What is analysed of it now is of no use any more: it ends at once, and the
// job goes on then.
func (w *worker) submitLater(delay time.Duration, path string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopped {
		return
	}
	if !slices.Contains(w.typed, path) {
		w.typed = append(w.typed, path)
	}
	inPackage := func(file string) bool { return filepath.Dir(file) == filepath.Dir(path) }
	if w.cancel != nil && slices.ContainsFunc(w.about, inPackage) {
		w.cancel()
	}
	if w.typing != nil {
		w.typing.Reset(delay)
		return
	}
	w.typing = time.AfterFunc(delay, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if len(w.typed) > 0 {
			w.add(job{focus: w.typed}.merge(w.held))
			w.typed, w.held = nil, job{}
		}
	})
}

// setAbout says whose packages are analysed now; nil: nobody's in particular.
func (w *worker) setAbout(files []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.about = files
}

// setLoading brackets the part of a job that is not cancelled by the next one.
// It reports whether the job should go on.
func (w *worker) setLoading(on bool) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.loading = on
	if !on && !w.pending.empty() && w.cancel != nil {
		w.cancel()
		return false
	}
	return true
}

// loop runs jobs until ctx ends. run returns what it did not finish.
func (w *worker) loop(ctx context.Context, run func(context.Context, job) job, failed func(cause any, stack []byte)) {
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.stopped = true
		if w.typing != nil {
			w.typing.Stop()
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.wake:
		}
		if ctx.Err() != nil {
			return
		}
		w.step(ctx, run, failed)
	}
}

func (w *worker) step(ctx context.Context, run func(context.Context, job) job, failed func(cause any, stack []byte)) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w.mu.Lock()
	j := w.pending
	if j.empty() {
		w.mu.Unlock()
		return
	}
	w.pending, w.cancel = job{}, cancel
	w.mu.Unlock()
	var rest job
	defer func() {
		if cause := recover(); cause != nil {
			failed(cause, debug.Stack())
			rest = job{} // it would only fail again
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		edited := len(w.about) > 0 && len(w.typed) > 0
		w.cancel, w.loading, w.about = nil, false, nil
		switch {
		case ctx.Err() == nil || rest.empty():
		case edited && w.pending.empty():
			w.held = w.held.merge(rest)
		default:
			w.pending = w.pending.merge(rest)
			select {
			case w.wake <- struct{}{}:
			default:
			}
		}
	}()
	rest = run(ctx, j)
}
