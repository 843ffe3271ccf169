package fixer

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func newFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestWriteKeepsModeAndLink(t *testing.T) {
	path := newFile(t, "a.go", "old")
	if err := os.Chmod(path, 0o751); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link.go")
	if err := os.Symlink(path, link); err != nil {
		t.Skip(err)
	}
	if err := (File{link, []byte("old"), []byte("new")}).Write(); err != nil {
		t.Fatal(err)
	}
	if got := read(t, path); got != "new" {
		t.Errorf("the file holds %q", got)
	}
	info, err := os.Lstat(path)
	if err != nil || info.Mode() != 0o751 {
		t.Errorf("the mode became %v, %v", info.Mode(), err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link became %v, %v", info.Mode(), err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestWriteRefuses(t *testing.T) {
	t.Run("a read-only file", func(t *testing.T) {
		path := newFile(t, "a.go", "old")
		if err := os.Chmod(path, 0o444); err != nil {
			t.Fatal(err)
		}
		err := File{path, []byte("old"), []byte("new")}.Write()
		if !errors.Is(err, errReadOnly) {
			t.Errorf("got %v", err)
		}
		if got := read(t, path); got != "old" {
			t.Errorf("the file holds %q", got)
		}
	})
	t.Run("a changed file", func(t *testing.T) {
		path := newFile(t, "a.go", "edited")
		if err := (File{path, []byte("old"), []byte("new")}).Write(); err == nil {
			t.Error("no error")
		}
		if got := read(t, path); got != "edited" {
			t.Errorf("the file holds %q", got)
		}
	})
	t.Run("a missing file", func(t *testing.T) {
		if err := (File{filepath.Join(t.TempDir(), "a.go"), nil, []byte("new")}).Write(); err == nil {
			t.Error("no error")
		}
	})
}

// git apply must turn the old text into the new one, whatever the name and
// the line endings.
func TestDiffApplies(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip(err)
	}
	long := strings.Repeat("line\n", 20)
	for name, texts := range map[string][2]string{
		"a.go":            {long + "x\n" + long, long + "y\nz\n" + long},
		"sub/b.go":        {"package b\n", "package b\n\nvar x int\n"},
		"with space.go":   {"a\n", "b\n"},
		"quo\"te\\.go":    {"a\n", "b\n"},
		"ünï.go":          {"a\n", "b\n"},
		"crlf.go":         {"a\r\nb\r\n", "a\r\nx\r\nb\r\n"},
		"no newline.go":   {"a\nb", "a\nb\nc"},
		"newline.go":      {"a\nb", "a\nb\n"},
		"empty.go":        {"", "a\n"},
		"tab\there.go":    {"a\n", "b\n"},
		"two/hunks/at.go": {"1\n" + long + "2\n", "one\n" + long + "two\n"},
		"joined.go":       {"1\nx\n2\nx\n3\n" + long + "4\n", "one\n1\nx\ntwo\nx\n" + long + "four\n"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(texts[0]), 0o666); err != nil {
				t.Fatal(err)
			}
			diff := File{path, []byte(texts[0]), []byte(texts[1])}.Diff(dir)
			cmd := exec.CommandContext(t.Context(), "git", "apply", "--verbose", "-")
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
			cmd.Stdin = strings.NewReader(diff)
			if out, err := cmd.CombinedOutput(); err != nil || strings.Contains(string(out), "offset") {
				t.Fatalf("git apply: %v\n%s\n%s", err, out, diff)
			}
			if got := read(t, path); got != texts[1] {
				t.Errorf("got %q, want %q\n%s", got, texts[1], diff)
			}
		})
	}
}
