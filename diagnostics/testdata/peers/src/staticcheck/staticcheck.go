// Package staticcheck has the cases of staticcheck.
package staticcheck

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

func use(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Millisecond):
		return nil
	}
}

// peers FN-26: a nil context is no signal that gets lost: staticcheck's.
func FN26() error {
	var c context.Context
	return use(c)
}

type server struct{}

func (*server) serve(ctx context.Context) error { return use(ctx) }

// peers FP-19: nil is the receiver.
func FP19(ctx context.Context) error { return (*server).serve(nil, ctx) }

// peers FN-27: a closed channel is always ready.
func FN27(ctx context.Context, xs []int) {
	ch := make(chan int)
	go func() {
		defer close(ch)
		for _, x := range xs {
			select {
			case ch <- x:
			case <-ctx.Done():
				return
			}
		}
	}()
	for {
		select {
		case v := <-ch: // want closedspin
			_ = v
		case <-ctx.Done():
			return
		}
	}
}

// peers FN-28: a default that does something burns a processor, but leaves
// when it is told to: silent.
func FN28Default(ctx context.Context) (n int) {
	for {
		select {
		case <-ctx.Done():
			return n
		default:
			n++
		}
	}
}

// peers FN-28: a defer in a loop that can be left.
func FN28Defer(ctx context.Context) {
	for use(ctx) == nil {
		c, stop := context.WithTimeout(ctx, time.Second)
		defer stop() // want deferinloop
		_ = use(c)
	}
}

// peers FN-28: an Add in the goroutine is no matter of contexts: silent.
func FN28Add(f func()) {
	var wg sync.WaitGroup
	go func() {
		f()
		wg.Add(1)
		defer wg.Done()
	}()
	wg.Wait()
}

// peers FN-29: the group's context.
func FN29(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return use(ctx) }) // want errgroupctx
	g.Go(func() error { return use(gctx) })
	return g.Wait()
}

// peers FN-29: the order of parameters and a longer way to write Err are
// matters of style: silent.
func FN29Style(n int, ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	default:
		return nil
	}
}
