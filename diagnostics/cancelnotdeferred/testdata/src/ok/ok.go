package ok

import (
	"context"
	"log"
	"net/http"
	"time"
)

// N1: deferred.
func deferred(p context.Context, f func(context.Context)) {
	defer func() { _ = recover() }()
	ctx, cancel := context.WithCancel(p)
	defer cancel()
	f(ctx)
}

// N2: nobody recovers: the process ends.
func nobody(p context.Context, f func(context.Context)) {
	ctx, cancel := context.WithCancel(p)
	f(ctx)
	cancel()
}

// N3: nothing in between can panic.
func calm(p context.Context, n int) int {
	defer func() { _ = recover() }()
	_, cancel := context.WithCancel(p)
	n += double(n)
	cancel()
	return n
}

func double(n int) int { return 2 * n }

// N4: the request's context is cancelled by net/http.
func handler(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), time.Second)
	work(ctx)
	cancel()
}

func work(context.Context) { log.Print("work") }

// N5: the parent is a context whose cancel is deferred.
func nested(p context.Context, f func(context.Context)) {
	defer func() { _ = recover() }()
	parent, stop := context.WithCancel(p)
	defer stop()
	ctx, cancel := context.WithCancel(parent)
	f(ctx)
	cancel()
}

// N6: a goroutine's panic isn't recovered by who started it.
func launches(p context.Context, f func(context.Context)) {
	defer func() { _ = recover() }()
	go func() {
		ctx, cancel := context.WithCancel(p)
		f(ctx)
		cancel()
	}()
}

// N7: handed on.
func kept(p context.Context, keep func(context.CancelFunc)) {
	defer func() { _ = recover() }()
	_, cancel := context.WithCancel(p)
	keep(cancel)
}

// N8: a path lacks it: that is lostcancel's.
func lost(p context.Context, f func(context.Context) error) {
	defer func() { _ = recover() }()
	ctx, cancel := context.WithCancel(p)
	if f(ctx) != nil {
		return
	}
	cancel()
}

// N9: a deferred closure that calls it.
func closure(p context.Context, f func(context.Context)) {
	defer func() { _ = recover() }()
	var cancel context.CancelFunc
	defer func() { cancel() }()
	var ctx context.Context
	ctx, cancel = context.WithCancel(p)
	f(ctx)
}

// N10: a recover that isn't deferred recovers nothing.
func useless(p context.Context, f func(context.Context)) {
	_ = recover()
	ctx, cancel := context.WithCancel(p)
	f(ctx)
	cancel()
}

// N11: called at once.
func atOnce(p context.Context) {
	defer func() { _ = recover() }()
	ctx, cancel := context.WithCancel(p)
	cancel()
	work(ctx)
}

// N12: in a goroutine of its own.
func own(p context.Context, f func(context.Context)) {
	defer func() { _ = recover() }()
	ctx, cancel := context.WithCancel(p)
	go func() {
		<-ctx.Done()
		cancel()
	}()
	f(ctx)
}

// N13: built-ins and conversions.
func builtins(p context.Context, names []string) int {
	defer func() { _ = recover() }()
	_, cancel := context.WithCancel(p)
	n := len(append(names, string(rune(7))))
	cancel()
	return n
}

type counter struct{ n int }

func (c *counter) add(k int) { c.n += k }

// N14: a method that can't panic.
func method(p context.Context, c *counter) {
	defer func() { _ = recover() }()
	_, cancel := context.WithCancel(p)
	c.add(1)
	cancel()
}

// N15: panics itself, and nobody recovers.
func panics(p context.Context, f func(context.Context) bool) {
	ctx, cancel := context.WithCancel(p)
	if f(ctx) {
		panic("no")
	}
	cancel()
}
