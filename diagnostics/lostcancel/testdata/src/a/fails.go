package a

import (
	"context"
	"errors"
)

// ready is a stub for what can fail one day.
func ready() error { return nil }

// check fails for some.
func check(n int) error {
	if n < 0 {
		return errors.New("negative")
	}
	return nil
}

func startsLater(ctx context.Context, n int) error {
	ctx, cancel := context.WithCancel(ctx) // want `cancel returned by context.WithCancel isn't called on the path that leaves at line 22`
	if err := ready(); err != nil {
		return err
	}
	if err := check(n); err != nil {
		return err
	}
	<-ctx.Done()
	cancel()
	return nil
}
