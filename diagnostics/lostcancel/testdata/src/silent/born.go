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
	ctx, _ = context.WithDeadline(context.Background(), time.Time{})
	use(ctx)
}
