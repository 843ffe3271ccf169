package ok

import (
	"context"
	"iter"
	"os"
	"testing"
	"time"
)

func use(context.Context) error { return nil }
func bad(context.Context) bool  { return false }

// N1: a literal called in each turn.
func perTurn(p context.Context, xs []int) {
	for range xs {
		func() {
			ctx, cancel := context.WithCancel(p)
			defer cancel()
			use(ctx)
		}()
	}
}

// N2: the loop is left after the defer.
func leaves(p context.Context, ch <-chan int) error {
	for x := range ch {
		if x < 0 {
			continue
		}
		ctx, cancel := context.WithCancel(p)
		defer cancel()
		return use(ctx)
	}
	return nil
}

// N3: left by a break.
func breaks(p context.Context, xs []int) {
	for _, x := range xs {
		if x > 0 {
			ctx, cancel := context.WithCancel(p)
			defer cancel()
			use(ctx)
			break
		}
	}
}

// N4: no loop.
func once(p context.Context) {
	ctx, cancel := context.WithCancel(p)
	defer cancel()
	for use(ctx) != nil {
	}
}

// N5: the context is made before the loop; its cancel may run many times.
func before(p context.Context, xs []int) {
	ctx, cancel := context.WithCancel(p)
	for range xs {
		defer cancel()
		use(ctx)
	}
}

// N6: three turns.
func few(p context.Context) {
	for range 3 {
		ctx, cancel := context.WithTimeout(p, time.Second)
		defer cancel()
		if use(ctx) == nil {
			return
		}
	}
}

// N7: eight turns, counted by hand.
func eight(p context.Context) {
	for i := 1; i <= 8; i++ {
		ctx, cancel := context.WithTimeout(p, time.Second)
		defer cancel()
		use(ctx)
	}
}

// N8: the elements of a literal.
func elements(p context.Context) {
	for range []string{"a", "b", "c"} {
		ctx, cancel := context.WithCancel(p)
		defer cancel()
		use(ctx)
	}
	names := map[string]int{"a": 1, "b": 2}
	for range names {
		ctx, cancel := context.WithCancel(p)
		defer cancel()
		use(ctx)
	}
}

// N9: of an array.
func array(p context.Context, xs [4]int) {
	for range xs {
		ctx, cancel := context.WithCancel(p)
		defer cancel()
		use(ctx)
	}
}

// N10: two loops of few turns.
func twice(p context.Context) {
	for range 2 {
		for range 4 {
			ctx, cancel := context.WithCancel(p)
			defer cancel()
			use(ctx)
		}
	}
}

// N11: something else is deferred.
func others(files []*os.File) {
	for _, f := range files {
		defer f.Close()
	}
}

// N12: the call is made at the end of the turn.
func byHand(p context.Context, xs []int) {
	for range xs {
		ctx, cancel := context.WithCancel(p)
		use(ctx)
		cancel()
	}
}

// N13: one closure, which calls what the variable holds at exit.
func rearm(p context.Context) {
	ctx, stop := context.WithTimeout(p, time.Second)
	defer func() { stop() }()
	for use(ctx) == nil {
		stop()
		ctx, stop = context.WithTimeout(p, time.Second)
	}
}

// N14: a goroutine for each, which defers in its own function.
func goroutines(p context.Context, xs []int) {
	for range xs {
		go func() {
			ctx, cancel := context.WithCancel(p)
			defer cancel()
			use(ctx)
		}()
	}
}

// N15: subtests.
func subtests(t *testing.T, names []string) {
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			use(ctx)
		})
	}
}

// N16: a range over a function whose body always leaves.
func first(p context.Context, seq iter.Seq[int]) error {
	for range seq {
		ctx, cancel := context.WithCancel(p)
		defer cancel()
		return use(ctx)
	}
	return nil
}

// N17: a deferred literal that only mentions it.
func mentions(p context.Context, xs []int) {
	for range xs {
		ctx, cancel := context.WithCancel(p)
		defer func() { _ = cancel }()
		use(ctx)
		cancel()
	}
}

// N18: a loop that is only there to be left.
func retry(p context.Context) error {
	for {
		if bad(p) {
			time.Sleep(time.Second)
			continue
		}
		ctx, cancel := context.WithCancel(p)
		defer cancel()
		if bad(ctx) {
			panic("no")
		}
		return nil
	}
}

// N19: a bound that a variable holds.
func bound(p context.Context) {
	tries := 5
	for i := 0; i < tries; i++ {
		ctx, cancel := context.WithCancel(p)
		defer cancel()
		use(ctx)
	}
}

// N19: the fallback of a race is started once, by a timer, or at once when the
// timer can be stopped before it fires.
func race(p context.Context, results chan error) error {
	fallback := time.NewTimer(time.Second)
	defer fallback.Stop()
	for {
		select {
		case <-fallback.C:
			ctx, cancel := context.WithCancel(p)
			defer cancel()
			go use(ctx)
		case err := <-results:
			if err == nil {
				return nil
			}
			if bad(p) && fallback.Stop() {
				fallback.Reset(0)
			}
		}
	}
}

// N20: time.After is called before the loop, and the timer is captured.
func late(p context.Context, ch chan int) {
	after := time.After(time.Second)
	timer := time.NewTimer(time.Second)
	defer func() { timer.Stop() }()
	for {
		select {
		case <-after:
			ctx, cancel := context.WithCancel(p)
			defer cancel()
			use(ctx)
		case <-timer.C:
			if bad(p) {
				ctx, cancel := context.WithCancel(p)
				defer cancel()
				use(ctx)
			}
		case x := <-ch:
			if x < 0 {
				return
			}
		}
	}
}
