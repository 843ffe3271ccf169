package bad

import (
	"context"
	"testing"

	"example.com/must"
)

// A requirement that holds ends nothing.
func required(t *testing.T, ctx context.Context, jobs chan int) {
	for {
		select {
		case <-ctx.Done(): // want `this case doesn't leave the loop`
			must.NoError(t, nil)
			must.Eq(t, ctx.Err(), context.Canceled)
		case j := <-jobs:
			handle(j)
		}
	}
}
