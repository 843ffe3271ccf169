package server

import (
	"context"
	"sync/atomic"
	"testing"
	"time"
)

// With typingDelay off, nothing is analysed before a file is saved, neither by
// itself nor for a client that pulls after each edit.
func TestOnSaveOnly(t *testing.T) {
	for _, pulls := range []bool{false, true} {
		name := "pushed"
		if pulls {
			name = "pulled"
		}
		t.Run(name, func(t *testing.T) {
			dir := module(t, map[string]string{"a.go": "package m // LEAK\n", ".ctxls.yaml": "typingDelay: off\n"})
			var runs atomic.Int32
			f := &fakes{hook: func(_ context.Context, what string) error {
				if what != "load" {
					runs.Add(1)
				}
				return nil
			}}
			opts := f.options()
			opts.Typing = time.Nanosecond
			p := dial(t, opts)
			document := map[string]any{"codeLens": map[string]any{}}
			if pulls {
				document["diagnostic"] = map[string]any{}
			}
			p.initialize(dir, map[string]any{"textDocument": document})
			uri := fileURI(dir + "/a.go")
			sees := func(version, want int) {
				t.Helper()
				if pulls {
					if r := p.pull(uri); len(r.Items) != want {
						t.Errorf("version %d: %+v, want %d", version, r.Items, want)
					}
				} else if d := p.versioned(uri, version); len(d.Diagnostics) != want {
					t.Errorf("version %d: %+v, want %d", version, d.Diagnostics, want)
				}
			}
			p.open(uri, 1, "package m // LEAK\n")
			sees(1, 1)
			before := runs.Load()
			for last := before - 1; before != last; before = runs.Load() { // the job of the open document may be running still
				last = before
				time.Sleep(100 * time.Millisecond)
			}
			var waiting []string
			for version := 2; version < 5; version++ {
				p.replaceAll(uri, version, "package m // LEAK, LEAK\n")
				if pulls {
					waiting = append(waiting, p.send("textDocument/diagnostic", pullParams(uri)))
				}
				p.send("textDocument/codeLens", map[string]any{"textDocument": map[string]any{"uri": uri}})
				time.Sleep(10 * time.Millisecond) // a run of the nanosecond before would be seen
			}
			if !pulls {
				p.none("diagnostics", method("textDocument/publishDiagnostics"))
			}
			if n := runs.Load() - before; n != 0 {
				t.Errorf("%d packages were analysed before the save", n)
			}
			p.save(uri)
			if pulls { // the one that waits has the answer
				for _, id := range waiting[:2] {
					if _, err := p.response(id); code(err) != -32801 {
						t.Errorf("%v, want that the text is outdated", err)
					}
				}
				if r := p.report(waiting[2]); len(r.Items) != 2 {
					t.Errorf("after the save: %+v", r)
				}
			}
			sees(4, 2)
			p.replaceAll(uri, 5, "package m\n")
			p.save(uri)
			sees(5, 0)
		})
	}
}

// An edit that comes before a save is analysed doesn't take its findings away.
func TestEditRightAfterSave(t *testing.T) {
	dir := module(t, map[string]string{"a.go": "package m\n", ".ctxls.yaml": "typingDelay: off\n"})
	f := new(fakes)
	p := dial(t, f.options())
	p.initialize(dir, nil)
	uri := fileURI(dir + "/a.go")
	p.open(uri, 1, "package m\n")
	p.versioned(uri, 1)
	entered, edited := make(chan struct{}, 16), make(chan struct{})
	f.setHook(func(ctx context.Context, what string) error {
		if what == "load" {
			return nil
		}
		entered <- struct{}{}
		select {
		case <-edited:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	p.replaceAll(uri, 2, "package m // LEAK\n")
	p.save(uri)
	<-entered
	p.replaceAll(uri, 3, "package m // LEAK, LEAK\n")
	if _, err := p.call("textDocument/hover", map[string]any{"textDocument": map[string]any{"uri": uri}, "position": map[string]any{"line": 0, "character": 0}}); err != nil {
		t.Log(err) // it is asked for its place in the order alone: the edit has been taken in
	}
	close(edited)
	d := p.published(uri)
	if len(d.Diagnostics) != 1 || d.Version != nil {
		t.Errorf("%+v", d)
	}
}
