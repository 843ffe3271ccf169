// Package old has contexts of golang.org/x/net/context.
package old

import (
	"time"

	"golang.org/x/net/context"
)

func use(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }

func thrownAway(ctx context.Context) error {
	tctx, _ := context.WithTimeout(ctx, time.Second) // want "the cancel function returned by context.WithTimeout is thrown away"
	return use(tctx)
}

func oneReturn(ctx context.Context, quick bool) error {
	cctx, cancel := context.WithCancel(ctx) // want "cancel returned by context.WithCancel isn't called"
	if quick {
		return nil
	}
	defer cancel()
	return use(cctx)
}

func right(ctx context.Context) error {
	tctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return use(tctx)
}

func handedOn(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithCancel(ctx)
}

type CancelFunc func()

// namesake is no cancel function: a type of that name is in many packages.
func namesake() CancelFunc { return func() {} }

func ignores() {
	_ = namesake()
}
