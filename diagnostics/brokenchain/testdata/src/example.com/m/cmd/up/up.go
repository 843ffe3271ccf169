// Package up is part of a command line.
package up

import "context"

func wait(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }

// The context ends with the process, for all that is seen.
func Up(ctx context.Context) error {
	return wait(context.Background()) // want `wait gets context.Background\(\) though ctx is at hand`
}
