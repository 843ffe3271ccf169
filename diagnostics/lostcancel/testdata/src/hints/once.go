package main

import (
	"context"
	"sync"
	"time"
)

type leader struct {
	running bool
	tasks   func(context.Context)
}

// What is running isn't started again.
func (l *leader) lead(ctx context.Context, elected <-chan bool) {
	var run context.Context
	var stop context.CancelFunc
	var wg sync.WaitGroup
	for {
		select {
		case <-ctx.Done():
			if stop != nil {
				stop()
			}
			wg.Wait()
			return
		case mine := <-elected:
			if mine {
				if !l.running {
					run, stop = context.WithCancel(ctx) // want "stop returned by context.WithCancel isn't called before the next turn"
					wg.Go(func() { l.tasks(run) })
					l.running = true
				}
			} else if l.running {
				stop()
				l.running = false
			}
		}
	}
}

// A nil channel isn't chosen a second time.
func killOnce(ctx context.Context, kill func(context.Context), ended, late <-chan struct{}) {
	var cancel context.CancelCauseFunc
	done := ctx.Done()
	for {
		select {
		case <-done:
			done = nil
			var killing context.Context
			killing, cancel = context.WithCancelCause(context.Background())  // want "cancel returned by context.WithCancelCause isn't called before the next turn"
			killing, _ = context.WithTimeoutCause(killing, time.Second, nil) // want "thrown away"
			kill(killing)
		case <-ended:
			if cancel != nil {
				cancel(nil)
			}
			return
		case <-late:
			if cancel != nil {
				cancel(nil)
			}
			return
		}
	}
}

// A flag tells whether there is one.
func flagged(ctx context.Context, much bool, work func(context.Context)) {
	var cancel context.CancelFunc
	limited := false
	if much {
		ctx, cancel = context.WithTimeout(ctx, time.Second) // want "cancel returned by context.WithTimeout isn't called"
		limited = true
	}
	work(ctx)
	if limited {
		cancel()
	}
}

// The timeout ends with the parent, which is cancelled by its cause.
func timeoutWithCause(ctx context.Context, wake func()) error {
	ctx, cancel := context.WithCancelCause(ctx)
	ctx, _ = context.WithTimeoutCause(ctx, time.Second, nil) // want "thrown away"
	defer func() { cancel(context.Canceled) }()
	go func() {
		<-ctx.Done()
		wake()
	}()
	return ctx.Err()
}
