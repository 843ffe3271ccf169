// Package vet has the cases of vet's lostcancel.
package vet

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"testing"
	"time"
)

// use needs a context that is alive, and returns.
func use(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Millisecond):
		return nil
	}
}

var done func() bool

// peers FP-1: a deferred closure above the assignment runs what the variable
// holds at the end.
func FP1(ctx context.Context) error {
	var stop context.CancelFunc
	defer func() {
		if stop != nil {
			stop()
		}
	}()
	var c context.Context
	c, stop = context.WithCancel(ctx)
	return use(c)
}

// peers FP-2: the re-arm loop.
func FP2(ctx context.Context, d time.Duration) {
	c, stop := context.WithTimeout(ctx, d)
	defer func() { stop() }()
	for use(c) == nil {
		if done() {
			return
		}
		stop()
		c, stop = context.WithTimeout(ctx, d)
	}
}

// peers FP-3: a retry with goto and one deferred closure.
func FP3(ctx context.Context) error {
	var stop context.CancelFunc
	defer func() {
		if stop != nil {
			stop()
		}
	}()
	tries := 0
retry:
	c, cancel := context.WithTimeout(ctx, time.Second)
	if stop != nil {
		stop()
	}
	stop = cancel
	if err := use(c); err != nil {
		if tries++; tries < 3 {
			goto retry
		}
		return err
	}
	return nil
}

// peers FP-4: the parent's deferred cancel frees the child: a hint.
func FP4(ctx context.Context) {
	root, stopAll := context.WithCancel(ctx)
	defer stopAll()
	c, stop := context.WithCancel(root) // want hint lostcancel
	if use(c) != nil {
		return
	}
	stop()
}

// peers FP-5: correlated branches: a hint.
func FP5(ctx context.Context, deep bool) {
	c := ctx
	var stop func()
	if deep {
		c, stop = context.WithCancel(c) // want hint lostcancel
	}
	_ = use(c)
	if deep {
		stop()
	}
}

func drop(context.CancelFunc) {}

// peers FN-1: a mention is not a call.
func FN1Blank(ctx context.Context) {
	c, stop := context.WithCancel(ctx) // want lostcancel
	_ = stop
	_ = use(c)
}

func FN1Nil(ctx context.Context) {
	c, stop := context.WithCancel(ctx) // want lostcancel
	if stop == nil {
		return
	}
	_ = use(c)
}

func FN1Closure(ctx context.Context) {
	c, stop := context.WithCancel(ctx) // want lostcancel
	end := func() { stop() }
	_ = end
	_ = use(c)
}

func FN1Defer(ctx context.Context) {
	c, stop := context.WithCancel(ctx) // want lostcancel
	defer func() { _ = stop }()
	_ = use(c)
}

func FN1Drop(ctx context.Context) {
	c, stop := context.WithCancel(ctx) // want lostcancel
	drop(stop)
	_ = use(c)
}

func scope(p context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(p, time.Second)
}

// peers FN-2: a wrapper.
func FN2(p context.Context) {
	c, _ := scope(p) // want lostcancel
	_ = use(c)
}

// peers FN-3: NotifyContext.
func FN3(p context.Context) {
	c, _ := signal.NotifyContext(p, os.Interrupt) // want lostcancel
	_ = use(c)
}

// peers FN-3: the stop function of AfterFunc frees nothing by itself: silent,
// on purpose.
func FN3AfterFunc(p context.Context, f func()) {
	context.AfterFunc(p, f)
}

var mk = context.WithCancel

// peers FN-4: a func value.
func FN4(p context.Context) {
	c, _ := mk(p) // want lostcancel
	_ = use(c)
}

type kept struct {
	ctx  context.Context
	stop context.CancelFunc
}

// peers FN-5: a field that nothing ever calls.
func FN5(s *kept, p context.Context) {
	s.ctx, s.stop = context.WithCancel(p) // want strandedcancel
}

var stopAll context.CancelFunc

// peers FN-5: a package variable that nothing ever calls.
func FN5Var(p context.Context) error {
	c, stop := context.WithCancel(p)
	stopAll = stop // want strandedcancel
	return use(c)
}

// peers FN-6: overwritten in a loop.
func FN6(p context.Context, xs []int) {
	var stop func()
	for range xs {
		var c context.Context
		c, stop = context.WithCancel(p) // want lostcancel
		_ = use(c)
	}
	stop()
}

// peers FN-7: an endless loop has no return, and loses one each turn. That
// it doesn't hear p is another defect.
func FN7(p context.Context) {
	for { // want deafloop
		c, stop := context.WithTimeout(p, time.Second) // want lostcancel
		if use(c) != nil {
			continue
		}
		stop()
	}
}

// peers FN-8: overwritten before the call.
func FN8(p context.Context) error {
	c, stop := context.WithCancel(p) // want lostcancel
	if err := use(c); err != nil {
		println(err)
	}
	c, stop = context.WithCancel(p)
	defer stop()
	return use(c)
}

// peers FN-10: a panic that somebody recovers skips a cancel that isn't
// deferred.
func FN10(p context.Context, f func()) {
	defer func() { _ = recover() }()
	c, stop := context.WithCancel(p) // want hint cancelnotdeferred
	f()
	_ = use(c)
	stop()
}

// peers FN-10: a test that ends by Fatal takes its process with it, and so
// does a panic that nobody recovers: silent.
func FN10Fatal(t *testing.T, p context.Context) {
	c, stop := context.WithCancel(p)
	if err := use(c); err != nil {
		t.Fatal(err)
	}
	stop()
}

func FN10Goexit(p context.Context) {
	c, stop := context.WithCancel(p)
	if use(c) != nil {
		panic("no use")
	}
	stop()
	runtime.Goexit()
}
