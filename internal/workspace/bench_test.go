package workspace

import (
	"fmt"
	"os"
	"testing"
	"time"
)

// The packages of our own module graph are the input.
const benchPattern = "golang.org/x/tools/go/packages"

func benchWorkspace(b *testing.B, cache string) (*Workspace, *Snapshot) {
	b.Helper()
	w := New(Options{Dir: ".", Root: testRoot, CacheDir: cache})
	s, err := w.Snapshot(b.Context(), benchPattern)
	if err != nil {
		b.Fatal(err)
	}
	return w, s
}

func benchAnalyze(b *testing.B, s *Snapshot) {
	b.Helper()
	err := s.Analyze(b.Context(), s.Roots(), func(r PackageResult) {
		if r.Result == nil {
			b.Errorf("%s has no result: %v", r.ID, r.Errors)
		}
	})
	if err != nil {
		b.Fatal(err)
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		w, _ := benchWorkspace(b, "")
		w.Close()
	}
}

// BenchmarkDeclarations type-checks all dependencies without bodies.
func BenchmarkDeclarations(b *testing.B) {
	for b.Loop() {
		w, s := benchWorkspace(b, "")
		if _, err := s.declareAll(b.Context(), s.Roots()); err != nil {
			b.Fatal(err)
		}
		w.Close()
	}
}

// BenchmarkCold loads, type-checks and analyses with nothing in the cache.
func BenchmarkCold(b *testing.B) {
	for b.Loop() {
		w, s := benchWorkspace(b, "")
		benchAnalyze(b, s)
		w.Close()
	}
}

// BenchmarkWarm is a second run on an unchanged tree.
func BenchmarkWarm(b *testing.B) {
	dir := b.TempDir()
	w, s := benchWorkspace(b, dir)
	benchAnalyze(b, s)
	w.Close()
	for b.Loop() {
		w, s := benchWorkspace(b, dir)
		benchAnalyze(b, s)
		w.Close()
	}
}

// BenchmarkSave edits a body, as an editor does.
func BenchmarkSave(b *testing.B) {
	w, s := benchWorkspace(b, "")
	defer w.Close()
	benchAnalyze(b, s)
	file := s.graph.nodes[s.Roots()[0]].files[0]
	text, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	i := 0
	for b.Loop() {
		i++
		w.SetOverlay(file, fmt.Appendf(text[:len(text):len(text)], "\nfunc _() { println(%d) }\n", i))
		s, err := w.Snapshot(b.Context(), benchPattern)
		if err != nil {
			b.Fatal(err)
		}
		benchAnalyze(b, s)
	}
}

// BenchmarkStd analyses the standard library, cold and then from the cache.
func BenchmarkStd(b *testing.B) {
	for b.Loop() {
		dir := b.TempDir()
		for _, run := range []string{"cold", "warm"} {
			start := time.Now()
			w := New(Options{Dir: ".", Root: testRoot, CacheDir: dir})
			s, err := w.Snapshot(b.Context(), "std")
			if err != nil {
				b.Fatal(err)
			}
			benchAnalyze(b, s)
			if lost := w.Stats().Lost; len(lost) > 0 {
				b.Errorf("lost: %q", lost)
			}
			w.Close()
			b.ReportMetric(time.Since(start).Seconds(), run+"-s/op")
		}
	}
}
