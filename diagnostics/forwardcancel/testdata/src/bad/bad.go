package bad

import (
	"context"
	"errors"
	"log"
	"net/http"
	"time"
)

func work(ctx context.Context) error { return ctx.Err() }

func redundant(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	go func() { <-parent.Done(); cancel() }() // want `this goroutine calls cancel once parent is done, but the context of cancel derives from it and is done by then: nothing is left to forward, and the goroutine stays until parent ends`
	return work(ctx)
}

func redundantDeferred(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, time.Second)
	defer cancel()
	go func() { // want `nothing is left to forward`
		defer cancel()
		<-parent.Done()
	}()
	return work(ctx)
}

func deeper(parent context.Context) error {
	mid := context.WithValue(parent, "k", 1)
	ctx, cancel := context.WithCancelCause(mid)
	defer cancel(nil)
	go func() { // want `nothing is left to forward`
		<-parent.Done()
		cancel(context.Cause(parent))
	}()
	return work(ctx)
}

func own(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	go func() { // want `nothing is left to forward`
		<-ctx.Done()
		cancel()
	}()
	return work(ctx)
}

func logs(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	go func() { // want `nothing is left to forward`
		<-parent.Done()
		log.Print("stopping: ", parent.Err())
		cancel()
	}()
	return work(ctx)
}

func unrelated(parent, base context.Context) error {
	ctx, cancel := context.WithCancel(base)
	defer cancel()
	go func() { // want `this goroutine only waits for parent to call cancel, and stays until then even when nobody needs it any more: context.AfterFunc does it without one`
		<-parent.Done()
		cancel()
	}()
	return work(ctx)
}

func cause(parent, base context.Context) error {
	ctx, cancel := context.WithCancelCause(base)
	defer cancel(nil)
	go func() { // want `context.AfterFunc does it without one`
		<-parent.Done()
		cancel(errors.New("the parent ended"))
	}()
	return work(ctx)
}

func selects(parent, base context.Context) error {
	ctx, cancel := context.WithCancel(base)
	defer cancel()
	go func() { // want `this goroutine only waits for parent to call cancel: context.AfterFunc does it without one`
		select {
		case <-parent.Done():
			cancel()
		case <-ctx.Done():
		}
	}()
	return work(ctx)
}

func selectsRedundant(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	go func() { // want `nothing is left to forward`
		select {
		case <-parent.Done():
			cancel()
		case <-ctx.Done():
			return
		}
	}()
	return work(ctx)
}

func forward(ctx context.Context, cancel context.CancelFunc) {
	<-ctx.Done()
	cancel()
}

func named(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	go forward(parent, cancel) // want `nothing is left to forward`
	return work(ctx)
}

func namedUnrelated(parent, base context.Context) error {
	ctx, cancel := context.WithCancel(base)
	defer cancel()
	go forward(parent, cancel) // want `context.AfterFunc does it without one`
	return work(ctx)
}

func arguments(parent, base context.Context) error {
	ctx, cancel := context.WithCancel(base)
	defer cancel()
	go func(c context.Context, f context.CancelFunc) { // want `context.AfterFunc does it without one`
		<-c.Done()
		f()
	}(parent, cancel)
	return work(ctx)
}

func handler(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	go func() { // want `nothing is left to forward`
		<-r.Context().Done()
		cancel()
	}()
	work(ctx)
}

type server struct {
	stop context.CancelFunc
}

func (s *server) field(ctx context.Context) {
	go func() { // want `this goroutine only waits for ctx to call s.stop`
		<-ctx.Done()
		s.stop()
	}()
}

// The context that it waits for ends with the function, and so does the other.
func boundedToo(parent context.Context) error {
	outer, end := context.WithCancel(parent)
	defer end()
	ctx, cancel := context.WithCancel(outer)
	defer cancel()
	go func() { // want `nothing is left to forward`
		<-outer.Done()
		cancel()
	}()
	return work(ctx)
}

// Its context is cancelled on one way only.
func sometimesBounded(parent context.Context, kill context.CancelFunc) error {
	ctx, cancel := context.WithCancel(parent)
	go func() { // want `context.AfterFunc does it without one`
		<-ctx.Done()
		kill()
	}()
	if err := work(ctx); err != nil {
		cancel()
		return err
	}
	return nil
}
