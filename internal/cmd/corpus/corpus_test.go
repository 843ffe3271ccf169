//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ctxls/ctxls/internal/cmd/internal/program"
)

func TestTake(t *testing.T) {
	l := label{Class: "goroutine-no-done", Verdict: bug, File: "a/b.go", Line: 40, Func: "(*T).Run"}
	tests := []struct {
		name    string
		finding program.Finding
		want    bool
	}{
		{"the place", program.Finding{Rule: "deafgoroutine", File: "a/b.go", Line: 40, Function: "other"}, true},
		{"near, in the function", program.Finding{Rule: "abandonedsend", File: "a/b.go", Line: 52, Function: "(*T).Run"}, true},
		{"near, in the function of a generic type", program.Finding{Rule: "deafloop", File: "a/b.go", Line: 28, Function: "(*T[K, V]).Run"}, true},
		{"too far", program.Finding{Rule: "deafgoroutine", File: "a/b.go", Line: 53, Function: "(*T).Run"}, false},
		{"near, in another function", program.Finding{Rule: "deafgoroutine", File: "a/b.go", Line: 44, Function: "(*U).Run"}, false},
		{"another file", program.Finding{Rule: "deafgoroutine", File: "a/c.go", Line: 40, Function: "(*T).Run"}, false},
		{"another class", program.Finding{Rule: "lostcancel", File: "a/b.go", Line: 40, Function: "(*T).Run"}, false},
		{"on its path", program.Finding{Rule: "deafgoroutine", File: "a/c.go", Line: 4, Related: []program.Note{{Place: program.Place{File: "a/b.go", Line: 40}}}}, true},
	}
	for _, test := range tests {
		l.matches = nil
		if l.take(test.finding); (len(l.matches) == 1) != test.want {
			t.Errorf("%s: taken: %v, want %v", test.name, !test.want, test.want)
		}
	}
	l.Verdict, l.matches = correct, nil
	if l.take(tests[len(tests)-1].finding); l.matches != nil {
		t.Error("a step of a path at correct code is no report of it")
	}
}

func TestHintsAreNoReports(t *testing.T) {
	l := label{Class: "lost-cancel", Verdict: bug, File: "a.go", Line: 1}
	l.take(program.Finding{Rule: "lostcancel", Severity: "hint", File: "a.go", Line: 1})
	if l.reported() || l.outcome() != "hint" {
		t.Errorf("a hint of a rule of the default set counts as %q", l.outcome())
	}
	l.take(program.Finding{Rule: "lostcancel", Severity: "warning", File: "a.go", Line: 2})
	if !l.reported() {
		t.Error("a warning does not count")
	}
}

// TestCheckout exports a commit from a store and makes a module of it.
func TestCheckout(t *testing.T) {
	projects, work := t.TempDir(), t.TempDir()
	write := func(name, text string) {
		t.Helper()
		file := filepath.Join(work, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	git := func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", append([]string{"-c", "user.name=x", "-c", "user.email=x@example.com"}, args...)...)
		cmd.Dir = work
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %s: %v\n%s", args[0], err, out)
		}
		return strings.TrimSpace(string(out))
	}
	write("main.go", "package main\n\nimport _ \"example.org/old/lib\"\n\nfunc main() {}\n")
	write("lib/lib.go", "package lib\n\nimport _ \"fmt\"\n")
	git("init", "-q")
	git("add", ".")
	git("commit", "-q", "-m", "x")
	commit := git("rev-parse", "HEAD")
	git("clone", "-q", "--bare", work, filepath.Join(projects, "someone+old", "repo"))

	c := &corpus{projects: []string{projects}, checkouts: t.TempDir()}
	root, err := c.checkout(t.Context(), "someone/old", commit)
	if err != nil {
		t.Fatal(err)
	}
	g := &group{repo: "someone/old", commit: commit}
	for range 2 { // the second time the module is there
		envs, err := module(root, root, g)
		if err != nil {
			t.Fatal(err)
		}
		if len(envs) != 1 || !slices.Equal(envs[0], online) {
			t.Errorf("environments %q", envs)
		}
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	if got, _, _ := strings.Cut(string(mod), "\n"); got != "module example.org/old" {
		t.Errorf("the module is %q", got)
	}
	if _, err := c.checkout(t.Context(), "someone/old", strings.Repeat("0", 40)); err == nil {
		t.Error("a commit that is not there is checked out")
	}
	if _, err := c.checkout(t.Context(), "someone/else", commit); err == nil {
		t.Error("a project that is not there is checked out")
	}
}
