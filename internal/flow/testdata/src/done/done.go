package done

import (
	"context"
	"errors"
)

// here marks a place; the test reports those that run after done.
func here() {}

func receive(ctx context.Context) {
	here()
	<-ctx.Done()
	here() // want "done"
	func() {
		here() // want "done"
	}()
	defer func() {
		here() // want "done"
	}()
}

func oneBranch(ctx context.Context, wait bool) {
	if wait {
		<-ctx.Done()
		here() // want "done"
	}
	here()
}

func bothBranches(ctx context.Context, err error) {
	if err != nil {
		<-ctx.Done()
	} else if ctx.Err() == nil {
		return
	}
	here() // want "done"
}

func errBranch(ctx context.Context) {
	if err := ctx.Err(); err != nil {
		here() // want "done"
		return
	}
	here()
	if ctx.Err() == nil {
		here()
	} else {
		here() // want "done"
	}
	if context.Cause(ctx) != nil {
		here() // want "done"
	}
}

func selectCase(ctx context.Context, ch chan int) {
	done := ctx.Done()
	for {
		select {
		case <-ch:
			here()
		case <-done:
			here() // want "done"
			return
		default:
			here()
		}
	}
}

func selectAlone(ctx context.Context) {
	select {
	case <-ctx.Done():
		here() // want "done"
	}
	here() // want "done"
}

func errorsIs(ctx context.Context, err error) {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		here() // want "done"
		return
	}
	if err == context.Canceled {
		here() // want "done"
	}
	if err != nil {
		here()
	}
	switch {
	case errors.Is(err, context.Canceled):
		here() // want "done"
	case isCanceled(err):
		here() // want "done"
	default:
		here()
	}
	switch ctx.Err() {
	case context.Canceled:
		here() // want "done"
	}
	if !errors.Is(err, context.Canceled) {
		here()
	}
}

func isCanceled(err error) bool { return errors.Is(err, context.Canceled) }

func afterFunc(ctx context.Context) {
	context.AfterFunc(ctx, func() {
		here() // want "done"
	})
	stop := context.AfterFunc(ctx, func() {
		_ = ctx
		here() // want "done"
	})
	defer stop()
	here()
}

func goroutine(ctx context.Context) {
	go func() {
		<-ctx.Done()
		here() // want "done"
	}()
	go func() { here() }()
	here()
}

func capturedChannel(ctx context.Context) {
	done := ctx.Done()
	go func() {
		<-done
		here() // want "done"
	}()
}

func rangeOver(ctx context.Context) {
	for range ctx.Done() {
	}
	here() // want "done"
}

func loop(ctx context.Context, step func() bool) {
	for ctx.Err() == nil {
		here()
		if step() {
			return
		}
	}
	here() // want "done"
}

type group struct{}

func (group) Done() <-chan struct{} { return nil }

func notAContext(g group, stop chan struct{}) {
	<-g.Done()
	here()
	<-stop
	here()
}
