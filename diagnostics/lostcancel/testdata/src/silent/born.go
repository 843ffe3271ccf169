package silent

import (
	"context"
	"time"
)

// Their time is up: there is nothing to cancel.
func bornDone(use func(context.Context)) {
	ctx, _ := context.WithTimeout(context.Background(), -time.Second)
	use(ctx)
	ctx, _ = context.WithDeadline(context.Background(), time.Now())
	use(ctx)
	ctx, _ = context.WithDeadline(context.Background(), time.Now().Add(-time.Hour))
	use(ctx)
}

// A time that is made from itself.
func goesBack(ctx context.Context, use func(context.Context)) {
	var at time.Time
	defer func() { _ = at }()
	for range 3 {
		at = at.Add(-time.Second)
	}
	ctx, cancel := context.WithDeadline(ctx, at)
	defer cancel()
	use(ctx)
}
