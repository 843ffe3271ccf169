package ok

import (
	"context"
	"math"
	"time"
)

var (
	shortestWait = float64(10)
	longestWait  = float64(50_000_000)
)

// The backoff is capped at 50 ms.
func capped(ctx context.Context, busy func() bool) error {
	wait := shortestWait
	for busy() {
		if err := ctx.Err(); err != nil {
			return err
		}
		time.Sleep(time.Duration(wait) * time.Nanosecond)
		wait *= 1.1
		wait = math.Min(wait, longestWait)
	}
	return nil
}

// Only a context without an end comes to the sleep.
func endless(ctx context.Context, try func() error, pause time.Duration) error {
	for {
		err := try()
		if err == nil {
			return nil
		}
		if done := ctx.Done(); done != nil {
			select {
			case <-done:
				return err
			case <-time.After(pause):
				continue
			}
		}
		time.Sleep(pause)
	}
}
