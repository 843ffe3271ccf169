package fixer

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/internal/checker"
	"github.com/ctxls/ctxls/internal/workspace"
)

// newChecker returns a checker that has run on a module of these files, and
// its folder.
func newChecker(t *testing.T, files map[string]string) (*checker.Checker, string) {
	t.Helper()
	dir := t.TempDir()
	files["go.mod"] = "module example.com/m\n\ngo 1.25\n"
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	c, err := checker.New(checker.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := c.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c, dir
}

// Of many fixes those are left out that break a file or its package, whatever
// stands around them.
func TestPickLeavesOutBadFixes(t *testing.T) {
	const a, b = "package m\n\nvar a1 = 1\nvar a2 = 2\n", "package m\n\nvar b = a1\n"
	c, dir := newChecker(t, map[string]string{"a.go": a, "b.go": b})
	fileA, fileB := filepath.Join(dir, "a.go"), filepath.Join(dir, "b.go")
	at := func(file, text, word string, end int, newText string) diagnostics.Edit {
		start := strings.Index(text, word)
		return edit(file, start, start+end, newText)
	}
	fixes := Choose([]diagnostics.Finding{
		finding("good", fix(true, at(fileA, a, "1\n", 1, "10"))),
		finding("type", fix(true, at(fileA, a, "2\n", 1, "nosuch"))),
		finding("syntax", fix(true, at(fileB, b, "var", 0, ")"))),
		finding("elsewhere", fix(true, at(fileB, b, "a1", 2, "a2"), at(fileA, a, "a2", 2, "a3"))),
		finding("two files", fix(true, at(fileB, b, "b =", 1, "c"), at(fileA, a, "var a2", 0, "var a4 = 4\n"))),
	}, false)
	if len(fixes) != 5 {
		t.Fatalf("%d fixes were chosen", len(fixes))
	}
	r := newRound(c, nil)
	if err := r.pick(t.Context(), fixes); err != nil {
		t.Fatal(err)
	}
	var accepted []string
	for _, f := range r.accepted {
		accepted = append(accepted, f.Finding.Rule)
	}
	if want := []string{"good", "two files"}; !slices.Equal(accepted, want) {
		t.Errorf("accepted %v, want %v", accepted, want)
	}
	want := map[string]string{
		fileA: "package m\n\nvar a1 = 10\nvar a4 = 4\nvar a2 = 2\n",
		fileB: "package m\n\nvar c = a1\n",
	}
	got := make(map[string]string)
	for path, text := range r.texts {
		got[path] = string(text)
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	// The checker has exactly these texts now.
	result, err := c.Run(t.Context())
	if err != nil || len(result.Errors) > 0 {
		t.Errorf("afterwards: %v, %v", result.Errors, err)
	}
	for path, text := range want {
		if got, err := c.Text(path); err != nil || string(got) != text {
			t.Errorf("the checker has %q, %v; want %q", got, err, text)
		}
	}
}

// Errors that were there before are no reason against a fix, even when they
// move.
func TestPickMindsKnownErrors(t *testing.T) {
	const a = "package m\n\nvar a = 1\nvar b = nosuch\n"
	c, dir := newChecker(t, map[string]string{"a.go": a})
	file := filepath.Join(dir, "a.go")
	r := newRound(c, []workspace.Error{{File: file, Line: 4, Column: 9, Message: "undefined: nosuch"}})
	start := strings.Index(a, "var a")
	good := finding("good", fix(true, edit(file, start, start, "// A comment.\n")))
	bad := finding("bad", fix(true, edit(file, start+8, start+9, "nosuch")))
	if err := r.pick(t.Context(), Choose([]diagnostics.Finding{good, bad}, false)); err != nil {
		t.Fatal(err)
	}
	if len(r.accepted) != 1 || r.accepted[0].Finding.Rule != "good" {
		t.Errorf("accepted %v", r.accepted)
	}
}

func TestTidy(t *testing.T) {
	const (
		before = "package m\n\nvar (\n\ta = 1 // one\n\tb = 2 // two\n)\n"
		after  = "package m\n\nvar (\n\ta = 100 // one\n\tb = 2 // two\n)\n"
		want   = "package m\n\nvar (\n\ta = 100 // one\n\tb = 2   // two\n)\n"
	)
	if got, ok := tidy("a.go", []byte(before), []byte(after)); !ok || string(got) != want {
		t.Errorf("got %q, %v; want %q", got, ok, want)
	}
	// What was not formatted before is not formatted now.
	ugly := strings.ReplaceAll(after, " = ", "=")
	if got, ok := tidy("a.go", []byte(strings.ReplaceAll(before, " = ", "=")), []byte(ugly)); !ok || string(got) != ugly {
		t.Errorf("got %q, %v; want %q", got, ok, ugly)
	}
	if _, ok := tidy("a.go", []byte(before), []byte("package")); ok {
		t.Error("a text that does not parse was taken")
	}
}
