package ruletest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest/testmod"
)

// Proof runs a program with the bug, mends it with the first fix of each of
// the rule's findings, and runs it again. It returns what both runs printed.
// The source is that of a package main of one file. It can import what this
// project requires, in the same version: that is on disk already.
func Proof(t *testing.T, r *rule.Rule, source string, env ...string) (before, after string) {
	t.Helper()
	text, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	bug, file := program(t, text)
	pkgs, err := packages.Load(&packages.Config{Mode: packages.LoadAllSyntax, Dir: bug}, ".")
	if err != nil {
		t.Fatal(err)
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{rule.Analyzer(r)}, pkgs, nil)
	if err != nil {
		t.Fatal(err)
	}
	var edits []rule.Edit
	for _, root := range graph.Roots {
		if root.Err != nil {
			t.Fatal(root.Err)
		}
		for _, f := range root.Result.(*rule.Result).Findings {
			if len(f.Fixes) == 0 {
				t.Fatalf("%s:%d: %s: no fix is offered", filepath.Base(source), f.Range.Start.Line, f.Message)
			}
			edits = append(edits, f.Fixes[0].Edits...)
		}
	}
	if len(edits) == 0 {
		t.Fatalf("%s finds nothing in %s", r.Name, source)
	}
	for _, e := range edits {
		if e.Range.File != file {
			t.Fatalf("a fix edits %s", e.Range.File)
		}
	}
	mended, _ := program(t, apply(text, edits))
	return run(t, bug, env), run(t, mended, env)
}

// program writes a module of one file.
func program(t *testing.T, text []byte) (dir, file string) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(dir, "main.go")
	mod, sum := testmod.Files(t, "proof")
	for name, data := range map[string][]byte{file: text, filepath.Join(dir, "go.mod"): mod, filepath.Join(dir, "go.sum"): sum} {
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir, file
}

// run builds and runs the program in dir. One that hangs is killed, and what
// it printed until then returned.
func run(t *testing.T, dir string, env []string) string {
	t.Helper()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", "proof.exe", ".")
	build.Dir = dir
	build.Env = append(os.Environ(), env...)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(dir, "proof.exe"))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil && ctx.Err() == nil {
		t.Fatalf("run the program: %v\n%s", err, out)
	}
	return string(out)
}
