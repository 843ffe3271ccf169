package demo

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ctxls/ctxls/examples"
	"github.com/ctxls/ctxls/internal/term"
	"github.com/ctxls/ctxls/server"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The demo shows each bug and its end, and the programs behave afterwards.
func TestRun(t *testing.T) {
	dir, cache := t.TempDir(), t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if err := writeSample(dir); err != nil {
		t.Fatal(err)
	}
	before := make(map[string]string)
	for _, name := range examples.Names {
		before[name] = lastLine(t, dir, name)
	}
	var out bytes.Buffer
	err := Run(ctx, &out, Options{Server: server.Options{CacheDir: cache}, Paint: term.Painter{Colour: true}, Dir: dir})
	if err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, name := range examples.Names {
		if !strings.Contains(out.String(), name+"/main.go:") || !strings.Contains(out.String(), "--- a/"+name+"/main.go") {
			t.Errorf("the demo shows no finding or no diff of %s", name)
		}
	}
	if t.Failed() {
		t.Log(out.String())
	}
	for _, test := range []struct{ name, before, after string }{
		{"lostcancel", "MiB are still in use", "0 MiB are still in use"},
		{"discardeddone", "served for 0s", "served for 300ms"},
		{"donenoexit", "the loop still turns", "the loop was left"},
		{"deafsleep", "known after 2s", "known after 100ms"},
		{"deafgoroutine", "goroutines: 2", "goroutines: 1"},
		{"deadctx", "shutdown: context deadline exceeded", "shutdown: <nil>"},
		{"deafloop", "still trying", "gave up: context deadline exceeded"},
		{"abandonedsend", "goroutines: 101", "goroutines: 1"},
		{"closedspin", "thousands of times", "handled 3 times"},
	} {
		after := lastLine(t, dir, test.name)
		if !strings.Contains(before[test.name], test.before) || !strings.Contains(after, test.after) || before[test.name] == after {
			t.Errorf("%s: printed %q and then %q", test.name, before[test.name], after)
		}
	}
}

// lastLine builds and runs a program of the sample.
func lastLine(t *testing.T, dir, name string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "run", "./"+name)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("go run %s: %v\n%s", name, err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}

func TestRunFails(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Run(ctx, new(bytes.Buffer), Options{Dir: t.TempDir()}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if err := Run(t.Context(), new(bytes.Buffer), Options{Dir: filepath.Join(t.TempDir(), "nosuch")}); err == nil {
		t.Error("no folder: no error")
	}
}
