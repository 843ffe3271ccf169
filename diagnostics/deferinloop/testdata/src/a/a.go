package a

import (
	"context"
	"errors"
	"iter"
	"os"
	"os/signal"
	"time"

	"a/lib"
)

var errBad = errors.New("bad")

func use(context.Context) error { return nil }
func bad(context.Context) bool  { return false }

// P1: over a slice of any length.
func overSlice(p context.Context, xs []string) {
	for range xs {
		ctx, cancel := context.WithTimeout(p, time.Second)
		defer cancel() // want `the deferred call of cancel runs when the function returns, not at the end of each turn of the loop of line 21: its contexts pile up`
		use(ctx)
	}
}

// P2: a loop that only an error leaves.
func poll(p context.Context) error {
	for {
		ctx, cancel := context.WithTimeout(p, time.Second)
		defer cancel() // want `contexts pile up`
		if err := use(ctx); err != nil {
			return err
		}
		time.Sleep(time.Second)
	}
}

// P3: a literal around the call.
func literal(p context.Context, n int) {
	for i := 0; i < n; i++ {
		ctx, cancel := context.WithCancel(p)
		defer func() { // want `contexts pile up`
			cancel()
		}()
		use(ctx)
	}
}

// P4: in a block of the loop's body, with a continue.
func nested(p context.Context, xs []int) {
	for _, x := range xs {
		if x < 0 {
			continue
		}
		if x > 3 {
			ctx, cancel := context.WithCancel(p)
			defer cancel() // want `contexts pile up`
			if bad(ctx) {
				// Nobody needs the rest.
				continue
			}
			use(ctx)
		}
	}
}

// P5: a wrapper of another package.
func wrapper(p context.Context, ch <-chan int) {
	for range ch {
		ctx, stop := lib.Scope(p)
		defer stop() // want `the deferred call of stop runs when`
		use(ctx)
	}
}

// P6: a loop by goto.
func jump(p context.Context) error {
	n := 0
again:
	ctx, cancel := context.WithCancel(p)
	defer cancel() // want `the deferred call of cancel doesn't run at the end of the turn`
	if use(ctx) != nil {
		if n++; n < 100 {
			goto again
		}
		return errBad
	}
	return nil
}

// P7: the body of a range over a function: its defers belong to the function
// around it.
func overFunc(p context.Context, seq iter.Seq[int]) {
	for x := range seq {
		ctx, cancel := context.WithCancelCause(p)
		defer cancel(nil) // want `contexts pile up`
		if x > 0 {
			use(ctx)
		}
	}
}

// P8: a literal that has the loop in it.
func inLiteral(p context.Context, xs map[string]int) func() {
	return func() {
		for k := range xs {
			ctx, cancel := context.WithTimeoutCause(p, time.Second, errors.New(k))
			defer cancel() // want `contexts pile up`
			use(ctx)
		}
	}
}

// P9: more turns than a few, though counted.
func counted(p context.Context) {
	for i := 0; i < 1000; i++ {
		ctx, cancel := signal.NotifyContext(p, os.Interrupt)
		defer cancel() // want `contexts pile up`
		use(ctx)
	}
	for range 3 {
		for range 4 {
			ctx, cancel := context.WithCancel(p)
			defer cancel() // want `the loop of line 124`
			use(ctx)
		}
	}
}

// P10: of generic code, and with a closing function for what is deferred.
func generic[T any](p context.Context, xs []T) {
	finish := func(stop context.CancelFunc) { stop() }
	for range xs {
		ctx, cancel := context.WithCancel(p)
		defer finish(cancel) // want `contexts pile up`
		use(ctx)
	}
}

// P11: with something else deferred, which must not run earlier.
func others(p context.Context, files []*os.File) {
	for _, f := range files {
		ctx, cancel := context.WithCancel(p)
		defer cancel() // want `contexts pile up`
		defer f.Close()
		use(ctx)
	}
}

// P12: each connection of a server.
func serve(p context.Context, accept func() (func(context.Context), error)) error {
	for {
		handle, err := accept()
		if err != nil {
			return err
		}
		ctx, cancel := context.WithCancel(p)
		defer cancel() // want `contexts pile up`
		go handle(ctx)
	}
}

// P13: a break of the select, not of the loop.
func selects(p context.Context, ch <-chan int) {
	for {
		ctx, cancel := context.WithCancel(p)
		defer cancel() // want `contexts pile up`
		select {
		case <-ch:
			break
		case <-ctx.Done():
		}
	}
}

// P14: in one line, with comments around it.
func comments(p context.Context, xs []int) {
	// Each of them.
	for range xs { // in turn
		// A while for each.
		ctx, cancel := context.WithTimeout(p, time.Second) // a second
		defer cancel()                                     // want `contexts pile up`
		use(ctx)                                           // once
		// That was it.
	}
}

type client struct{ timeout time.Duration }

func (c *client) scope(p context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(p, c.timeout)
}

// P15: a method value, kept in a variable first.
func (c *client) all(p context.Context, xs []int) (err error) {
	scope := c.scope
	for range xs {
		ctx, cancel := scope(p)
		stop := cancel
		defer stop() // want `contexts pile up`
		if err = use(ctx); err != nil {
			return
		}
	}
	return nil
}

// P16: the outer loop has no bound.
func outer(p context.Context, ch chan int) {
	for x := range ch {
		for range 2 {
			ctx, cancel := context.WithCancel(p)
			defer cancel() // want `contexts pile up`
			if x > 0 {
				break
			}
			use(ctx)
		}
	}
}

// P17: a timer that each turn starts again.
func again(p context.Context, stop chan int) {
	timer := time.NewTimer(time.Second)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			ctx, cancel := context.WithCancel(p)
			defer cancel() // want `contexts pile up`
			use(ctx)
			timer.Reset(time.Second)
		case <-stop:
			return
		}
	}
}

// P18: after a Stop that came too late, the timer fires once more.
func stopped(p context.Context, stop chan int) {
	timer := time.NewTimer(time.Second)
	for {
		select {
		case <-timer.C:
			ctx, cancel := context.WithCancel(p)
			defer cancel() // want `contexts pile up`
			use(ctx)
		case x := <-stop:
			if x < 0 {
				return
			}
			if !timer.Stop() {
				timer.Reset(time.Second)
			}
		}
	}
}

// P19: another timer for each turn.
func timers(p context.Context, stop chan int) {
	for {
		select {
		case <-time.After(time.Second):
			ctx, cancel := context.WithCancel(p)
			defer cancel() // want `contexts pile up`
			use(ctx)
		case <-stop:
			return
		}
	}
}

// P20: somebody else has the timer too.
func shared(p context.Context, give func(*time.Timer)) {
	timer := time.NewTimer(time.Second)
	give(timer)
	for {
		<-timer.C
		ctx, cancel := context.WithCancel(p)
		defer cancel() // want `contexts pile up`
		use(ctx)
	}
}

// P21: the other case runs in every turn.
func beside(p context.Context, ch, stop chan int) {
	once := time.After(time.Second)
	for {
		select {
		case <-once:
		case <-ch:
			ctx, cancel := context.WithCancel(p)
			defer cancel() // want `contexts pile up`
			use(ctx)
		case <-stop:
			return
		}
	}
}

// P22: the timer fires once, and then another loop turns.
func inner(p context.Context, ch chan int, stop chan int) {
	once := time.After(time.Second)
	for {
		select {
		case <-once:
			for range ch {
				ctx, cancel := context.WithCancel(p)
				defer cancel() // want `contexts pile up`
				use(ctx)
			}
		case <-stop:
			return
		}
	}
}
