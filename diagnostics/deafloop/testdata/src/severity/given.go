package severity

import (
	"context"
	"time"
)

func ask(ctx context.Context) error { return try(context.WithoutCancel(ctx)) }

// A caller gives it a context that is done.
func settles(ctx context.Context) {
	for { // want "this loop"
		refresh()
		_ = ask(ctx)
		time.Sleep(time.Second)
	}
}

func stops(ctx context.Context) {
	<-ctx.Done()
	settles(ctx)
}
