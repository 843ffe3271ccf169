package tiers

import (
	"context"
	"os"
	"os/signal"
)

// Only a signal makes the receiver leave: the process ends then.
func interrupted(work func() error) error {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	done := make(chan error)
	go func() {
		done <- work() // want `goroutine can block for ever as it wants to send to done: its receiver can leave first`
	}()
	select {
	case <-stop:
		return os.ErrClosed
	case err := <-done:
		return err
	}
}

// The loop ends with a context that nobody is seen to end.
func serving(ctx context.Context, next func() int) {
	values := make(chan int)
	go func() {
		for {
			values <- next() // want `goroutine can block for ever as it wants to send to values: its receiver can leave first`
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return
		case <-values:
		}
	}
}

// Serve hands on what it is given.
func Serve(ctx context.Context, next func() int) { serving(ctx, next) }

// Here it is seen.
func servingFor(ctx context.Context, next func() int) {
	ctx, cancel := context.WithTimeout(ctx, 1)
	defer cancel()
	values := make(chan int)
	go func() {
		for {
			values <- next() // want `goroutine can block for ever as it wants to send to values: its receiver can leave first`
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return
		case <-values:
		}
	}
}
