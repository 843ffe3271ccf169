package workspace

import (
	"fmt"
	"sync"
	"time"
)

// Stats are counted over the life of a [Workspace].
type Stats struct {
	Packages   int // analysed or taken from the cache, dependencies included
	CacheHits  int
	Declared   int      // packages whose declarations were type-checked
	Checked    int      // packages that were type-checked in full
	Updated    int      // packages of which some files were
	CacheError string   // why the cache could not be used; empty: it could
	Lost       []string // packages on which an analyzer failed, with the reason

	// Time a phase. Loading is wall time; the others are summed over the
	// workers.
	Loading, Hashing, TypeChecking, Analysis time.Duration
}

// recorder gathers the [Stats].
type recorder struct {
	mu    sync.Mutex
	stats Stats
}

func (r *recorder) add(f func(*Stats)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f(&r.stats)
}

func (r *recorder) snapshot() Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.stats
	s.Lost = append([]string(nil), s.Lost...)
	return s
}

// cacheError keeps the first reason.
func (r *recorder) cacheError(err error) {
	r.add(func(s *Stats) {
		if s.CacheError == "" {
			s.CacheError = err.Error()
		}
	})
}

// lost records that a package could not be analysed, or not wholly.
func (r *recorder) lost(id, what string, reason any) {
	message := fmt.Sprintf("%s: %s: %v", id, what, reason)
	r.add(func(s *Stats) { s.Lost = append(s.Lost, message) })
}

// since adds the time from start to a phase.
func (r *recorder) since(start time.Time, phase func(*Stats) *time.Duration) {
	d := time.Since(start)
	r.add(func(s *Stats) { *phase(s) += d })
}

func loadingTime(s *Stats) *time.Duration  { return &s.Loading }
func hashingTime(s *Stats) *time.Duration  { return &s.Hashing }
func checkingTime(s *Stats) *time.Duration { return &s.TypeChecking }
func analysisTime(s *Stats) *time.Duration { return &s.Analysis }
