package a

import (
	"context"
	"time"
)

type leader struct {
	running, asked bool
	tasks          func(context.Context)
}

// The flag that is set isn't the one that is asked for.
func (l *leader) lead(ctx context.Context, elected <-chan bool) {
	var stop context.CancelFunc
	for {
		select {
		case <-ctx.Done():
			if stop != nil {
				stop()
			}
			return
		case <-elected:
			if !l.running {
				var run context.Context
				run, stop = context.WithCancel(ctx) // want "stop returned by context.WithCancel isn't called before the next turn of the loop makes another one"
				l.tasks(run)
				l.asked = true
			}
		}
	}
}

// The flag is reset without a call.
func (l *leader) forget(ctx context.Context, elected <-chan bool) {
	var stop context.CancelFunc
	for mine := range elected {
		if mine && !l.running {
			var run context.Context
			run, stop = context.WithCancel(ctx) // want "stop returned by context.WithCancel isn't called before the next turn of the loop makes another one"
			l.tasks(run)
			l.running = true
		} else if !mine {
			l.running = false
		}
	}
	if stop != nil {
		stop()
	}
}

// The case is chosen again and again.
func killMore(ctx context.Context, kill func(context.Context), more <-chan struct{}, ended <-chan struct{}) {
	var cancel context.CancelFunc
	for {
		select {
		case <-more:
			var killing context.Context
			killing, cancel = context.WithTimeout(ctx, time.Second) // want "cancel returned by context.WithTimeout isn't called before the next turn of the loop makes another one"
			kill(killing)
		case <-ended:
			if cancel != nil {
				cancel()
			}
			return
		}
	}
}

// The parent is cancelled on the good path alone.
func timeoutWithCause(ctx context.Context, bad bool) error {
	ctx, cancel := context.WithCancelCause(ctx)              // want "cancel returned by context.WithCancelCause isn't called on the path that leaves"
	ctx, _ = context.WithTimeoutCause(ctx, time.Second, nil) // want "the cancel function returned by context.WithTimeoutCause is thrown away"
	if bad {
		return ctx.Err()
	}
	cancel(nil)
	return nil
}
