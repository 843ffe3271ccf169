package report

import (
	"fmt"
	"io"
	"time"

	"github.com/ctxls/ctxls/internal/checker"
)

// WriteStats writes what a run cost.
func WriteStats(w io.Writer, s checker.Stats) {
	ms := func(d time.Duration) time.Duration { return d.Round(time.Millisecond) }
	fmt.Fprintf(w, "packages     %d, %d of them from the cache\n", s.Packages, s.CacheHits)
	fmt.Fprintf(w, "functions    %d\n", s.Functions)
	fmt.Fprintf(w, "load         %v\n", ms(s.Load))
	fmt.Fprintf(w, "analyse      %v\n", ms(s.Analyse))
	fmt.Fprintf(w, "  hashing    %v (all workers)\n", ms(s.Hashing))
	fmt.Fprintf(w, "  types      %v (all workers)\n", ms(s.TypeChecking))
	fmt.Fprintf(w, "  rules      %v (all workers)\n", ms(s.Analysis))
	fmt.Fprintf(w, "select       %v\n", ms(s.Select))
	if peak, ok := peakMemory(); ok {
		fmt.Fprintf(w, "peak memory  %d MiB\n", peak>>20)
	}
	if s.CacheError != "" {
		fmt.Fprintf(w, "no cache     %s\n", s.CacheError)
	}
	for _, lost := range append(s.Stats.Lost, s.Lost...) {
		fmt.Fprintf(w, "lost         %s\n", lost)
	}
}
