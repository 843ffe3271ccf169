package server

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.lsp.dev/protocol"
)

// What is found in an edited file is told before the rest of its package is
// known, to clients that are pushed to and to those that ask, unless functions
// of other files have a say in it.
func TestEarly(t *testing.T) {
	for _, pulls := range []bool{false, true} {
		for _, word := range []string{"", "APART"} {
			name := "pushed" + word
			if pulls {
				name = "pulled" + word
			}
			t.Run(name, func(t *testing.T) {
				text := func(leaks int) string { return "package m // " + word + strings.Repeat(" LEAK", leaks) + "\n" }
				dir := module(t, map[string]string{"a.go": text(1)})
				release := make(chan struct{})
				var runs atomic.Int32
				var held atomic.Bool
				f := &fakes{early: true, hook: func(ctx context.Context, what string) error {
					if !strings.HasPrefix(what, "rest of ") {
						return nil
					}
					runs.Add(1)
					if !held.Load() {
						return nil
					}
					select {
					case <-release:
						return nil
					case <-ctx.Done():
						return context.Cause(ctx)
					}
				}}
				opts := f.options()
				opts.Typing = time.Nanosecond
				p := dial(t, opts)
				document := map[string]any{}
				if pulls {
					document["diagnostic"] = map[string]any{}
				}
				workspace := map[string]any{"diagnostics": map[string]any{"refreshSupport": true}}
				p.initialize(dir, map[string]any{"textDocument": document, "workspace": workspace})
				uri := fileURI(dir + "/a.go")
				sees := func(version int) int {
					if pulls {
						return len(p.pull(uri).Items)
					}
					return len(p.versioned(uri, version).Diagnostics)
				}
				p.open(uri, 1, text(1))
				if got := sees(1); got != 1 {
					t.Fatalf("%d findings in the first text, want 1", got)
				}
				before := runs.Load()
				for last := before - 1; before != last; before = runs.Load() { // what the worker finds is known as well
					last = before
					time.Sleep(100 * time.Millisecond)
				}

				held.Store(true)
				latest := 10 * time.Second // the answer comes before, or the test fails
				if word != "" {
					latest = 200 * time.Millisecond
				}
				timer := time.AfterFunc(latest, func() {
					held.Store(false)
					close(release)
				})
				p.replaceAll(uri, 2, text(2))
				if got := sees(2); got != 2 {
					t.Errorf("%d findings, want 2", got)
				}
				if got, want := held.Load(), word == ""; got != want {
					t.Errorf("told before the rest was known: %v, want %v", got, want)
				}
				if timer.Stop() {
					close(release)
				}
			})
		}
	}
}

// What the worker has found out is not forgotten over an early answer that
// comes later.
func TestEarlyAnswerAfterTheLastWord(t *testing.T) {
	version := protocol.NewOptional(int32(2))
	last, err := newReport(nil, []protocol.Diagnostic{{Message: protocol.String("this leaks")}})
	if err != nil {
		t.Fatal(err)
	}
	first := noDiagnostics
	last.version, first.version = version, version
	k := newReports()
	k.learn("a.go", last)
	k.answeredEarly("a.go", first)
	if !k.news() {
		t.Error("the client isn't asked to come again")
	}
	if k.known["a.go"].id != last.id {
		t.Error("the last word is forgotten")
	}
}
