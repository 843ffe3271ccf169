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
