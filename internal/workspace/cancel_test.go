package workspace

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestNoGoCommand(t *testing.T) {
	tr := newTree(t, chain)
	t.Setenv("PATH", t.TempDir())
	if _, err := tr.w.Snapshot(t.Context(), "./..."); err == nil || err.Error() != "the go command was not found: install Go and put it on the PATH" {
		t.Errorf("error %v", err)
	}
}

func TestCancelledLoad(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell script in place of go")
	}
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		t.Skip(err)
	}
	tr := newTree(t, chain)
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "go"), fmt.Appendf(nil, "#!/bin/sh\nexec %s 60\n", sleep), 0o777); err != nil {
		t.Fatal(err)
	}
	path := os.Getenv("PATH")
	t.Setenv("PATH", bin)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := tr.w.Snapshot(ctx, "./..."); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	if d := time.Since(start); d > 3*time.Second {
		t.Errorf("a cancelled load took %v", d)
	}
	t.Setenv("PATH", path)
	tr.sound(tr.analyze("./..."))
}

func TestCancelledAnalysis(t *testing.T) {
	tr := newTree(t, chain)
	s := tr.snapshot("./...")
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	err := s.Analyze(ctx, s.Roots(), func(PackageResult) { calls++; cancel() })
	if !errors.Is(err, context.Canceled) || calls == 0 || calls == 4 {
		t.Errorf("error %v after %d results", err, calls)
	}
	tr.sound(tr.analyze("./..."))
	if err := s.Analyze(t.Context(), []string{"example.com/none"}, nil); err == nil || !strings.Contains(err.Error(), "package example.com/none is not loaded") {
		t.Errorf("error %v for a package that is not loaded", err)
	}
}

// A panic on one of the goroutines ends the call, and nothing else.
func TestPanickingCallback(t *testing.T) {
	tr := newTree(t, chain)
	s := tr.snapshot("./...")
	err := s.Analyze(t.Context(), s.Roots(), func(PackageResult) { panic("no more") })
	if err == nil || !strings.Contains(err.Error(), "panic: no more (cancel_test.go:") {
		t.Errorf("error %v", err)
	}
	tr.sound(tr.analyze("./..."))

	progress := func(p Progress) {
		if p.Phase == "analysing" {
			panic("no progress")
		}
	}
	tr = newTree(t, chain, func(o *Options) { o.Progress = progress })
	s = tr.snapshot("./...")
	if err := s.Analyze(t.Context(), s.Roots(), nil); err == nil || !strings.Contains(err.Error(), "panic: no progress") {
		t.Errorf("error %v", err)
	}
}

func TestPanicInOrder(t *testing.T) {
	nodes := []*node{{id: "a"}, {id: "b"}}
	err := inOrder(t.Context(), nodes, imported, func(_ context.Context, n *node) error {
		var st *state
		return fmt.Errorf("unreachable: %v", st.content)
	})
	if err == nil || !strings.Contains(err.Error(), "nil pointer dereference") {
		t.Errorf("error %v", err)
	}
}

func TestClose(t *testing.T) {
	tr := newTree(t, chain)
	s := tr.snapshot("./...")
	started := make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		ended <- s.Analyze(background(), s.Roots(), func(PackageResult) {
			select {
			case <-started:
			default:
				close(started)
			}
			time.Sleep(20 * time.Millisecond)
		})
	}()
	<-started
	if err := tr.w.Close(); err != nil {
		t.Error(err)
	}
	select {
	case err := <-ended:
		if !errors.Is(err, errClosed) {
			t.Errorf("error %v of an analysis when the workspace is closed", err)
		}
	case <-time.After(time.Second):
		t.Error("Close did not wait for the analysis")
	}
	if _, err := tr.w.Snapshot(t.Context(), "./..."); !errors.Is(err, errClosed) {
		t.Errorf("error %v after Close", err)
	}
	if err := tr.w.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
}
