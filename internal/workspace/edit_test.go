package workspace

import (
	"errors"
	"fmt"
	"go/token"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestEditOfTheAPI(t *testing.T) {
	tr := newTree(t, chain)
	tr.sound(tr.analyze("./..."))

	// T is a new type now; c sees it through a and through b.
	for i := range 3 {
		tr.w.SetOverlay(tr.path("a/a.go"), fmt.Appendf(nil, `package a

type T struct{ n, m%d int }

func New() *T { return &T{n: 1} }

func (t *T) N() int { return t.n }

func Stop() {}

func Extra%d() {}
`, i, i))
		s := tr.snapshot("./...")
		ids := append(s.Importers("example.com/m/a"), "example.com/m/a")
		if want := []string{"example.com/m/b", "example.com/m/c", "example.com/m/a"}; !slices.Equal(ids, want) {
			t.Fatalf("affected: %q, want %q", ids, want)
		}
		// The importers first, so that nothing profits from the order.
		tr.sound(tr.analyzeIDs(s, "example.com/m/c"))
		tr.sound(tr.analyzeIDs(s, ids...))
	}

	// One that really breaks c, and its repair.
	tr.w.SetOverlay(tr.path("b/b.go"), []byte("package b\n\nimport \"example.com/m/a\"\n\nfunc Make() *a.T { return nil }\n\nfunc Take(int) {}\n\nfunc End() {}\n"))
	results := tr.analyze("./...")
	errs := results["example.com/m/c"].Errors
	if len(errs) != 1 || errs[0].File != tr.path("c/c.go") || errs[0].Line != 9 || !strings.Contains(errs[0].Message, "cannot use a.New()") {
		t.Errorf("errors of c: %+v", errs)
	}
	tr.w.SetOverlay(tr.path("b/b.go"), nil)
	tr.sound(tr.analyze("./..."))
}

func TestEditOfABody(t *testing.T) {
	tr := newTree(t, chain)
	tr.sound(tr.analyze("./..."))

	work := tr.work(func() {
		tr.replace("a/a.go", "return &T{1}", "t := &T{2}\n\treturn t")
		tr.sound(tr.analyze("./..."))
	})
	if work.Checked != 1 || work.Declared != 0 || work.Packages != 1 {
		t.Errorf("after an edit of a body %+v, want 1 package checked and no declarations", work)
	}
	if work.Loading != 0 {
		t.Errorf("an edit of a body asked the go command again")
	}
	work = tr.work(func() {
		tr.replace("a/a.go", "func New", "// New makes one.\nfunc New")
		tr.replace("a/a.go", "makes one", "makes a T")
		tr.sound(tr.analyze("./..."))
		tr.replace("a/a.go", "makes a T", "makes a new\n// T")
		tr.sound(tr.analyze("./..."))
	})
	if work.Checked > 4 || work.Loading != 0 {
		t.Errorf("after edits of a comment: %+v", work)
	}

	// Now a fact changes: importers must hear of it, others not.
	work = tr.work(func() {
		tr.replace("a/a.go", "func Stop() {}", "func Stop() { panic(1) }")
		results := tr.analyze("./...")
		tr.sound(results)
		if s := tr.summaryOf(results, "example.com/m/c"); !slices.Equal(s.Dead, []string{"G"}) {
			t.Errorf("c does not know that Stop never returns: %q", s.Dead)
		}
	})
	if work.Checked != 3 || work.Declared != 0 {
		t.Errorf("after an edit that changes a fact %+v, want 3 packages checked and no declarations", work)
	}
}

func TestMetadataIsReused(t *testing.T) {
	tr := newTree(t, chain)
	one := tr.snapshot("file=" + tr.path("b/b.go"))
	if got := one.Roots(); !slices.Equal(got, []string{"example.com/m/b"}) {
		t.Fatalf("roots of a file query: %q", got)
	}
	if got := one.Importers("example.com/m/a"); !slices.Equal(got, []string{"example.com/m/b"}) {
		t.Errorf("importers before all is loaded: %q", got)
	}
	tr.sound(tr.analyze("./..."))
	// What the files say now is new to nobody.
	for _, name := range []string{"a/a.go", "b/b.go", "c/c.go"} {
		text, _ := os.ReadFile(tr.path(name))
		tr.w.SetOverlay(tr.path(name), text)
	}

	steps := []struct {
		name string
		edit func()
		asks bool
	}{
		{"nothing", func() {}, false},
		{"save without a change", func() { tr.w.FilesChanged(tr.path("d/d.go")) }, false},
		{"body in the editor", func() { tr.edit("c/c.go", "return t.N()", "return t.N() + 1") }, false},
		{"half an import", func() { tr.edit("c/c.go", "import (", "import (\n\t\"") }, false},
		{"the whole import", func() { tr.edit("c/c.go", "import (\n\t\"", "import (\n\t_ \"strings\"\n\t") }, true},
		{"close without saving", func() { tr.w.SetOverlay(tr.path("c/c.go"), nil) }, true},
		{"a new file", func() { tr.write("d/e.go", "package d\n"); tr.w.FilesChanged(tr.path("d/e.go")) }, true},
		{"the new file's body", func() { tr.replace("d/e.go", "package d\n", "package d\n\nfunc E() {}\n") }, false},
		{"a test file", func() { tr.write("d/d_test.go", "package d\n"); tr.w.FilesChanged(tr.path("d/d_test.go")) }, true},
		{"a removed file", func() { os.Remove(tr.path("d/e.go")); tr.w.FilesChanged(tr.path("d/e.go")) }, true},
		{"a file of no package", func() {
			tr.write("d/testdata/x.go", "package x\n")
			tr.w.FilesChanged(tr.path("d/testdata/x.go"))
		}, true},
		{"the same again", func() { tr.w.FilesChanged(tr.path("d/testdata/x.go")) }, false},
		{"a build constraint", func() { tr.replace("d/d.go", "package d", "//go:build linux || !linux\n\npackage d") }, true},
		{"go.mod", func() { tr.replace("go.mod", "go 1.26", "go 1.25") }, true},
		{"go.mod unchanged", func() { tr.w.FilesChanged(tr.path("go.mod")) }, false},
		{"other files", func() { tr.write("README.md", "x"); tr.w.FilesChanged(tr.path("README.md")) }, false},
		{"a removed folder", func() { os.RemoveAll(tr.path("d")); tr.w.FilesChanged(tr.path("d")) }, true},
	}
	for _, step := range steps {
		step.edit()
		before := tr.w.Stats().Loading
		s := tr.snapshot("./...")
		if asked := tr.w.Stats().Loading != before; asked != step.asks {
			t.Errorf("%s: the go command was asked: %v, want %v", step.name, asked, step.asks)
		}
		tr.analyzeIDs(s, s.Roots()...)
	}
	tr.sound(tr.analyze("./..."))
}

// edit changes an open file.
func (t *tree) edit(name, old, new string) {
	t.Helper()
	text, err := t.snapshot("./...").Text(t.path(name))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("%s does not contain %q", name, old)
	}
	t.w.SetOverlay(t.path(name), []byte(strings.Replace(string(text), old, new, 1)))
}

func TestSnapshotIDs(t *testing.T) {
	tr := newTree(t, chain)
	first := tr.snapshot("./...")
	if again := tr.snapshot("./a"); again.ID() != first.ID() {
		t.Errorf("IDs %d and %d without a change between", first.ID(), again.ID())
	}
	path := tr.path("a/a.go")
	old, err := first.Text(path)
	if err != nil {
		t.Fatal(err)
	}
	buffer := []byte("package a // edited\n")
	tr.w.SetOverlay(path, buffer)
	copy(buffer, "XXXXXXX") // the workspace has its own copy
	next := tr.snapshot("./...")
	if next.ID() <= first.ID() {
		t.Errorf("ID %d after %d", next.ID(), first.ID())
	}
	if text, _ := next.Text(path); string(text) != "package a // edited\n" {
		t.Errorf("text of the edited file: %q", text)
	}
	if text, _ := first.Text(path); string(text) != string(old) {
		t.Errorf("the first snapshot changed: %q", text)
	}
	tr.w.SetOverlay(path, []byte("package a // edited\n"))
	if same := tr.snapshot("./..."); same.ID() != next.ID() {
		t.Errorf("ID %d, then %d, though nothing changed", next.ID(), same.ID())
	}
}

// Findings have offsets into the text that was analysed: no other may pass
// for it.
func TestTextOfAChangedFile(t *testing.T) {
	tr := newTree(t, chain)
	path := tr.path("a/a.go")
	s := tr.snapshot("./...")
	tr.analyzeIDs(s, s.Roots()...)
	old, err := s.Text(path)
	if err != nil {
		t.Fatal(err)
	}
	tr.write("a/a.go", "// Package a is another.\n"+string(old)) // and nobody tells
	if text, err := s.Text(path); !errors.Is(err, errChanged) || text != nil {
		t.Errorf("got %q, %v", text, err)
	}
	tr.w.FilesChanged(path)
	next := tr.snapshot("./...")
	tr.sound(tr.analyzeIDs(next, next.Roots()...))
	if text, err := next.Text(path); err != nil || string(text) == string(old) {
		t.Errorf("got %q, %v", text, err)
	}
}

// Positions of replaced files must go, or a day of saves fills the memory.
func TestPositionsAreBounded(t *testing.T) {
	tr := newTree(t, chain)
	tr.sound(tr.analyze("./..."))
	count := func() int {
		n := 0
		for range 3 {
			runtime.GC()
			time.Sleep(10 * time.Millisecond) // cleanups run beside us
		}
		tr.w.fset.Iterate(func(*token.File) bool { n++; return true })
		return n
	}
	before := count()
	for i := range 20 {
		tr.w.SetOverlay(tr.path("a/a.go"), fmt.Appendf(nil, "package a\n\ntype T struct{ n, x%d int }\n\nfunc New() *T { return new(T) }\n\nfunc (t *T) N() int { return %d }\n\nfunc Stop() {}\n", i/2, i))
		tr.sound(tr.analyze("./..."))
	}
	if after := count(); after > before+6 {
		t.Errorf("%d files in the FileSet before 20 edits, %d after", before, after)
	}
}

func TestAllResultsEqualAFreshRun(t *testing.T) {
	tr := newTree(t, withTests)
	tr.sound(tr.analyze("./..."))
	tr.replace("p/p.go", "func F() T { return T{} }", "func F() T { panic(0) }")
	tr.analyze("./p")
	tr.replace("q/q.go", "return p.F()", "x := p.F()\n\treturn x")
	edited := tr.analyze("./...")
	tr.open()
	fresh := tr.analyze("./...")
	for _, id := range slices.Sorted(maps.Keys(fresh)) {
		if a, b := fmt.Sprintf("%+v", *tr.summaryOf(edited, id)), fmt.Sprintf("%+v", *tr.summaryOf(fresh, id)); a != b {
			t.Errorf("%s: after edits %s, fresh %s", id, a, b)
		}
	}
}

// A list that saw a file half written must not stand once the file is whole,
// although the workspace itself only ever saw it whole.
func TestListOfHalfWrittenFile(t *testing.T) {
	tr := newTree(t, chain)
	tr.sound(tr.analyze("./..."))
	whole, err := os.ReadFile(tr.path("a/a.go"))
	if err != nil {
		t.Fatal(err)
	}
	tr.write("a/a.go", "")
	tr.replace("b/b.go", "package b\n", "package b\n\nimport _ \"errors\"\n") // makes it ask again
	if broken := tr.analyze("./..."); len(broken["example.com/m/a"].Errors) == 0 {
		t.Fatal("an empty file is no error")
	}
	tr.write("a/a.go", string(whole))
	tr.w.FilesChanged(tr.path("a/a.go"))
	tr.sound(tr.analyze("./..."))
}
