package bad

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

// Only one of the errors is asserted before it is returned.
func assertedLate(ctx context.Context, t *testing.T) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		err := fetch(ctx, "a") // want `ctx isn't cancelled when another function of g fails`
		require.NoError(t, err)
		return err
	})
	g.Go(func() error {
		err := fetch(gctx, "b")
		if err != nil {
			return err
		}
		require.NoError(t, err)
		return nil
	})
	return g.Wait()
}

// The group is waited for only at the end, whatever stands before.
func waitsLate(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	defer func() { _ = g.Wait() }()
	g.Go(func() error { return fetch(ctx, "a") }) // want `ctx isn't cancelled when another function of g fails`
	g.Go(func() error { return fetch(gctx, "b") })
	return g.Wait()
}
