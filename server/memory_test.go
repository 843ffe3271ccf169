package server

import (
	"fmt"
	"runtime"
	"testing"
	"time"
)

// Saves leave nothing behind, however many there are.
func TestMemoryOverSaves(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const first, last = 100, 400
	dir := module(t, map[string]string{"a.go": lostText, "b/b.go": lostText})
	path := dir + "/a.go"
	p := dial(t, Options{CacheDir: stdCache, Typing: time.Millisecond})
	p.initialize(dir, nil)
	p.open(fileURI(path), 1, lostText)
	p.versioned(fileURI(path), 1)
	p.published(fileURI(dir + "/b/b.go")) // all else is analysed
	heap := func() uint64 {
		p.mu.Lock()
		p.inbox = nil
		p.mu.Unlock()
		runtime.GC()
		runtime.GC() // what finalizers have let go
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	var before uint64
	for n := 1; n <= last; n++ {
		p.saved(path, n+1, lostText+fmt.Sprintf("\nfunc f%d() {}\n", n))
		p.versioned(fileURI(path), n+1)
		if n == first {
			before = heap()
		}
	}
	after := heap()
	t.Logf("%d kB after %d saves, %d kB after %d", before>>10, first, after>>10, last)
	if after > before+before/5 {
		t.Errorf("%d kB after %d saves, %d kB after %d", before>>10, first, after>>10, last)
	}
}
