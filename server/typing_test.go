package server

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
)

// An edit ends the analysis of the older text at once, not only when it is
// time for its own, and what that had not come to is done then.
func TestEditEndsOlderWork(t *testing.T) {
	dir := module(t, map[string]string{"a/a.go": "package a\n", "a/a2.go": "package a\n", "b/b.go": "package b // LEAK\n"})
	f := new(fakes)
	opts := f.options()
	opts.Typing = 2 * time.Second
	p := dial(t, opts)
	p.initialize(dir, nil)
	uri, other := fileURI(dir+"/a/a.go"), fileURI(dir+"/a/a2.go")
	for _, uri := range []string{uri, other} {
		p.open(uri, 1, "package a\n")
		p.versioned(uri, 1)
	}
	if d := p.published(fileURI(dir + "/b/b.go")); len(d.Diagnostics) != 1 {
		t.Errorf("%+v", d)
	}
	entered, ended := make(chan struct{}), make(chan time.Time, 1)
	var once sync.Once
	f.setHook(func(ctx context.Context, what string) error {
		if what == "a" {
			once.Do(func() {
				close(entered)
				<-ctx.Done()
				ended <- time.Now()
			})
		}
		return ctx.Err()
	})
	p.replaceAll(uri, 2, "package a // LEAK\n")
	p.save(uri)
	<-entered
	start := time.Now()
	p.replaceAll(other, 2, "package a // LEAK\n")
	p.replaceAll(uri, 3, "package a // LEAK, LEAK\n")
	took := (<-ended).Sub(start)
	if took > opts.Typing/2 {
		t.Errorf("the older work ended after %v", took)
	}
	t.Logf("the older work ended after %v", took)
	if d := p.versioned(uri, 3); len(d.Diagnostics) != 2 {
		t.Errorf("%+v", d)
	}
	if d := p.versioned(other, 2); len(d.Diagnostics) != 1 {
		t.Errorf("%+v", d)
	}
}

func TestWorkerHoldsWhatAnEditBrokeOff(t *testing.T) {
	w := newWorker()
	var mu sync.Mutex
	var runs []string
	started, again := make(chan struct{}), make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	var loop sync.WaitGroup
	loop.Go(func() {
		w.loop(ctx, func(ctx context.Context, j job) job {
			mu.Lock()
			runs = append(runs, fmt.Sprint(j))
			first := len(runs) == 1
			mu.Unlock()
			if !first {
				close(again)
				return job{}
			}
			w.setAbout(j.focus)
			close(started)
			<-ctx.Done()
			return j
		}, func(cause any, stack []byte) { t.Errorf("%v\n%s", cause, stack) })
	})
	w.submit(job{focus: []string{"/m/a/a.go"}, importers: true, all: true})
	<-started
	w.submitLater(time.Hour, "/m/b/b.go") // of another package
	w.submitLater(time.Hour, "/m/a/b.go")
	eventually(t, "the end of the job", func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.held.all
	})
	w.submitLater(time.Millisecond, "/m/a/b.go")
	<-again
	cancel()
	loop.Wait()
	if want := []string{"{[/m/a/a.go] true true}", "{[/m/b/b.go /m/a/b.go /m/a/a.go] true true}"}; !slices.Equal(runs, want) {
		t.Errorf("%v, want %v", runs, want)
	}
}
