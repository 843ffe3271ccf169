// Package gosec has the cases of gosec's G118.
package gosec

import (
	"context"
	"net/http"
	"os"
	"os/signal"
	"time"

	"gosec/job"
)

func use(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Millisecond):
		return nil
	}
}

// peers FP-21: the other half.
func FP21(ctx context.Context) error {
	var j job.Job
	if err := job.Start(ctx, &j); err != nil {
		return err
	}
	defer j.Stop()
	return use(ctx)
}

type store[T any] struct {
	last T
	stop context.CancelFunc
}

// peers FP-22: a generic receiver.
func (s *store[T]) Start(ctx context.Context) error {
	c, stop := context.WithCancel(ctx)
	s.stop = stop
	return use(c)
}

func (s *store[T]) Close() { s.stop() }

// peers FP-23: sent over a channel.
func FP23(ctx context.Context, ch chan<- context.CancelFunc) error {
	c, stop := context.WithCancel(ctx)
	ch <- stop
	return use(c)
}

// peers FP-24: detached on purpose.
func FP24Shutdown(ctx context.Context, srv *http.Server) error {
	go func() {
		<-ctx.Done()
		_ = srv.Shutdown(context.Background())
	}()
	return srv.ListenAndServe()
}

type lease struct{}

func (lease) Release(ctx context.Context) error { return use(ctx) }

// peers FP-24: a release in the background, which nobody waits for.
func FP24Release(ctx context.Context, l lease) error {
	go l.Release(context.TODO())
	return use(ctx)
}

// peers FN-30: a call on one path.
func FN30(ctx context.Context, x int) error {
	c, stop := context.WithCancel(ctx) // want lostcancel
	if err := use(c); err != nil {
		return err
	}
	stop()
	return nil
}

// peers FN-31: the variants with a cause.
func FN31(ctx context.Context) error {
	c, _ := context.WithCancelCause(ctx)                   // want lostcancel
	d, _ := context.WithTimeoutCause(c, time.Second, nil)  // want lostcancel
	e, _ := context.WithDeadlineCause(d, time.Time{}, nil) // want lostcancel
	return use(e)
}

func scope(p context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(p, time.Second)
}

// peers FN-32: a wrapper.
func FN32(ctx context.Context) error {
	c, stop := scope(ctx) // want lostcancel
	if err := use(c); err != nil {
		return err
	}
	stop()
	return nil
}

// peers FN-33: NotifyContext.
func FN33(ctx context.Context) error {
	c, stop := signal.NotifyContext(ctx, os.Interrupt) // want lostcancel
	_ = stop
	return use(c)
}

type registry struct{ stops map[string]context.CancelFunc }

// peers FN-34: in a map that nobody calls the elements of.
func (r *registry) FN34(ctx context.Context, name string) error {
	c, stop := context.WithCancel(ctx)
	r.stops[name] = stop // want strandedcancel
	return use(c)
}

var keep []context.CancelFunc

// peers FN-34: in a slice that nobody calls the elements of.
func FN34Slice(ctx context.Context) error {
	c, stop := context.WithCancel(ctx)
	keep = append(keep, stop) // want strandedcancel
	return use(c)
}

// peers FN-35: a loop that blocks on a channel.
func FN35(ctx context.Context, next func() int, handle func(int)) error {
	ch := make(chan int)
	go func() {
		for {
			select {
			case ch <- next():
			case <-ctx.Done():
				return
			}
		}
	}()
	go func() {
		for {
			v := <-ch // want deafgoroutine
			if v == 0 {
				return
			}
			handle(v)
		}
	}()
	return use(ctx)
}

// peers FN-35: a loop that nothing ends.
func FN35Endless(ctx context.Context, handle func()) error {
	if err := use(ctx); err != nil {
		return err
	}
	for { // want deafloop
		handle()
		time.Sleep(time.Second)
	}
}

// peers FN-35: a loop that can be left, but sleeps under the context.
func FN35Poll(ctx context.Context, ready func() bool) error {
	if err := use(ctx); err != nil {
		return err
	}
	for {
		if ready() {
			return nil
		}
		time.Sleep(time.Second) // want information deafsleep
	}
}

// peers FN-36: a goroutine that uses no context, under one that ends.
func FN36(ctx context.Context, f func() int) error {
	ch := make(chan int)
	go func() {
		ch <- f() // want abandonedsend
	}()
	select {
	case <-ch:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
