package workspace

import (
	"bytes"
	"encoding/gob"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// entries returns the files of the cache that hold data.
func entries(t *testing.T, dir string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Dir(path) != dir {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestSecondRunOnlyHashes(t *testing.T) {
	dir := t.TempDir()
	cached := func(o *Options) { o.CacheDir = dir }
	tr := newTree(t, withTests, cached)
	first := tr.analyze("./...")
	tr.sound(first)
	tr.w.Close()

	tr.open(cached)
	second := tr.analyze("./...")
	tr.sound(second)
	stats := tr.w.Stats()
	if stats.Checked != 0 || stats.Declared != 0 || stats.CacheHits != stats.Packages || stats.Packages < 10 {
		t.Errorf("the second run did %+v", stats)
	}
	for id := range first {
		a, b := *tr.summaryOf(first, id), *tr.summaryOf(second, id)
		if !slices.Equal(a.Dead, b.Dead) || !slices.Equal(a.Bodies, b.Bodies) || len(a.Depths) != len(b.Depths) || a.SSA != b.SSA {
			t.Errorf("%s: first %+v, second %+v", id, a, b)
		}
	}
	tr.w.Close()

	// One body is edited while nobody runs: one package and its test
	// variant are analysed, with types made as needed.
	tr.open(cached)
	tr.replace("p/p.go", "return T{}", "var t T\n\treturn t")
	tr.sound(tr.analyze("./..."))
	if stats := tr.w.Stats(); stats.Checked != 2 {
		t.Errorf("after an edit of a body: %+v", stats)
	}
	tr.w.Close()

	// Another salt, or other tags, share nothing.
	tr.open(cached, func(o *Options) { o.Salt = "x" })
	tr.sound(tr.analyze("./p"))
	if stats := tr.w.Stats(); stats.CacheHits != 0 {
		t.Errorf("with another salt: %+v", stats)
	}
}

func TestErrorsAreCachedToo(t *testing.T) {
	dir := t.TempDir()
	cached := func(o *Options) { o.CacheDir = dir }
	tr := newTree(t, "-- go.mod --\nmodule example.com/m\n-- p/p.go --\npackage p\n\nfunc F() { undefined() }\n", cached)
	for range 2 {
		r := tr.analyze("./...")["example.com/m/p"]
		if len(r.Errors) != 1 || r.Errors[0].File != tr.path("p/p.go") || r.Errors[0].Line != 3 {
			t.Errorf("errors %+v", r.Errors)
		}
		tr.w.Close()
		tr.open(cached)
	}
	// The same text in another folder has other places.
	other := newTree(t, "-- go.mod --\nmodule example.com/m\n-- p/p.go --\npackage p\n\nfunc F() { undefined() }\n", cached)
	if r := other.analyze("./...")["example.com/m/p"]; len(r.Errors) != 1 || r.Errors[0].File != other.path("p/p.go") {
		t.Errorf("errors in another folder: %+v", r.Errors)
	}
}

func TestBrokenCacheIsAMiss(t *testing.T) {
	breakers := map[string]func(t *testing.T, file string){
		"empty": func(t *testing.T, file string) { must(t, os.Truncate(file, 0)) },
		"short": func(t *testing.T, file string) {
			info, err := os.Stat(file)
			must(t, err)
			must(t, os.Truncate(file, info.Size()/2))
		},
		"flipped": func(t *testing.T, file string) {
			data, err := os.ReadFile(file)
			must(t, err)
			if len(data) > 0 {
				data[len(data)/2] ^= 0x55
			}
			must(t, os.WriteFile(file, data, 0o666))
		},
		"removed": func(t *testing.T, file string) { must(t, os.Remove(file)) },
	}
	for name, breakFile := range breakers {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			cached := func(o *Options) { o.CacheDir = dir }
			tr := newTree(t, chain, cached)
			tr.sound(tr.analyze("./..."))
			tr.w.Close()
			for _, file := range entries(t, dir) {
				breakFile(t, file)
			}
			tr.open(cached)
			results := tr.analyze("./...")
			tr.sound(results)
			if stats := tr.w.Stats(); stats.CacheHits != 0 || stats.Checked != 4 {
				t.Errorf("with a broken cache: %+v", stats)
			}
			tr.w.Close()
			tr.open(cached) // it was mended by the way
			tr.sound(tr.analyze("./..."))
			if stats := tr.w.Stats(); stats.CacheHits != 4 || stats.CacheError != "" {
				t.Errorf("after a broken cache: %+v", stats)
			}
		})
	}
}

// An entry whose frame is sound while the facts in it are not is a miss too:
// importers would else find less, and keep that.
func TestBrokenFactsAreAMiss(t *testing.T) {
	var empty bytes.Buffer
	must(t, gob.NewEncoder(&empty).Encode([]gobFact{{Object: "F"}}))
	for name, facts := range map[string][]byte{"garbage": []byte("no facts"), "nothing": empty.Bytes()} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			cached := func(o *Options) { o.CacheDir = dir }
			tr := newTree(t, chain, cached)
			first := tr.analyze("./...")
			for _, out := range tr.w.outcomes {
				tr.w.store.put(subkey(out.key, "facts"), factsEntry{out.out, facts})
			}
			tr.w.Close()
			tr.open(cached)
			second := tr.analyze("./...")
			tr.sound(second)
			if stats := tr.w.Stats(); stats.CacheHits != 0 || stats.Checked != 4 {
				t.Errorf("with broken facts: %+v", stats)
			}
			for id := range first {
				if a, b := tr.summaryOf(first, id), tr.summaryOf(second, id); !maps.Equal(a.Depths, b.Depths) {
					t.Errorf("%s: depths %v, then %v", id, a.Depths, b.Depths)
				}
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestUnusableCache(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(file, nil, 0o666))
	tr := newTree(t, chain, func(o *Options) { o.CacheDir = filepath.Join(file, "cache") })
	tr.sound(tr.analyze("./..."))
	if stats := tr.w.Stats(); !strings.Contains(stats.CacheError, "making the cache folder: ") || stats.Checked != 4 {
		t.Errorf("with a file in place of the folder: %+v", stats)
	}

	// A folder where entries can't be written: root may write to read-only
	// ones, but not to files in place of folders.
	dir := t.TempDir()
	cached := func(o *Options) { o.CacheDir = dir }
	tr = newTree(t, chain, cached)
	tr.snapshot("./...")
	tr.w.store.open()
	subs, err := os.ReadDir(dir)
	must(t, err)
	for _, sub := range subs {
		if sub.IsDir() {
			must(t, os.Remove(filepath.Join(dir, sub.Name())))
			must(t, os.WriteFile(filepath.Join(dir, sub.Name()), nil, 0o666))
		}
	}
	tr.sound(tr.analyze("./..."))
	if stats := tr.w.Stats(); !strings.Contains(stats.CacheError, "writing to the cache: ") || strings.Contains(stats.CacheError, "\n") {
		t.Errorf("without room to write: %+v", stats)
	}
	must(t, tr.w.Close())

	readOnly := t.TempDir()
	must(t, os.Chmod(readOnly, 0o555))
	tr = newTree(t, chain, func(o *Options) { o.CacheDir = readOnly })
	tr.sound(tr.analyze("./..."))
	if os.Geteuid() != 0 && tr.w.Stats().CacheError == "" {
		t.Error("nothing is said of a read-only folder")
	}
	must(t, tr.w.Close())
	must(t, os.Chmod(readOnly, 0o777))
}

func TestCacheIsBounded(t *testing.T) {
	dir := t.TempDir()
	tr := newTree(t, withTests, func(o *Options) { o.CacheDir = dir })
	tr.sound(tr.analyze("./..."))
	size := func() (total int64) {
		for _, file := range entries(t, dir) {
			info, err := os.Stat(file)
			must(t, err)
			total += info.Size()
		}
		return total
	}
	before := size()
	// What was used last stays.
	files := entries(t, dir)
	for _, file := range files[1:] {
		must(t, os.Chtimes(file, time.Now(), time.Now().Add(-2*time.Hour)))
	}
	tr.w.store.limit = before / 2
	must(t, tr.w.Close())
	if after := size(); after > before/2 || after == 0 {
		t.Errorf("%d bytes before, %d after, with a bound of %d", before, after, before/2)
	}
	if _, err := os.Stat(files[0]); err != nil {
		t.Errorf("the newest entry is gone: %v", err)
	}
}

// Two processes may share the folder; two workspaces are as good.
func TestSharedCache(t *testing.T) {
	dir := t.TempDir()
	cached := func(o *Options) { o.CacheDir = dir }
	trees := []*tree{newTree(t, chain, cached), newTree(t, chain, cached), newTree(t, withTests, cached)}
	done := make(chan error)
	for _, tr := range trees {
		s := tr.snapshot("./...")
		go func() {
			err := s.Analyze(background(), s.Roots(), func(r PackageResult) {
				if r.Result == nil {
					t.Errorf("%s has no result", r.ID)
				}
			})
			tr.w.Close()
			done <- err
		}()
	}
	for range trees {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func TestDeletedCache(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	cached := func(o *Options) { o.CacheDir = dir }
	tr := newTree(t, chain, cached)
	tr.sound(tr.analyze("./a"))
	must(t, os.RemoveAll(dir))
	tr.sound(tr.analyze("./..."))
	must(t, tr.w.Close())
	if stats := tr.w.Stats(); stats.CacheError != "" {
		t.Errorf("after the folder was deleted: %+v", stats)
	}
	tr.open(cached)
	tr.sound(tr.analyze("./..."))
	if stats := tr.w.Stats(); stats.CacheHits != 3 {
		t.Errorf("the folder was not filled again: %+v", stats)
	}
}
