// Package ok has functions of errgroups that listen to their group, or need
// not.
package ok

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/sourcegraph/conc/pool"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

func fetch(ctx context.Context, name string) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Second):
		return nil
	}
}

func right(ctx context.Context, names []string) error {
	g, gctx := errgroup.WithContext(ctx)
	for _, name := range names {
		g.Go(func() error { return fetch(gctx, name) })
	}
	return g.Wait()
}

func shadowing(ctx context.Context, names []string) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, name := range names {
		g.Go(func() error { return fetch(ctx, name) })
	}
	return g.Wait()
}

func inner(ctx context.Context, names []string) error {
	for range 3 {
		g, ctx := errgroup.WithContext(ctx)
		for _, name := range names {
			g.Go(func() error { return fetch(ctx, name) })
		}
		if err := g.Wait(); err != nil {
			return err
		}
	}
	return nil
}

func assigned(ctx context.Context, names []string) error {
	var g *errgroup.Group
	g, ctx = errgroup.WithContext(ctx)
	for _, name := range names {
		g.Go(func() error { return fetch(ctx, name) })
	}
	return g.Wait()
}

type key struct{}

func values(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		slog.InfoContext(ctx, "begins", "user", ctx.Value(key{}))
		return fetch(gctx, "a")
	})
	g.Go(func() error { return fetch(gctx, "b") })
	return g.Wait()
}

func detached(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return fetch(context.WithoutCancel(ctx), "a") })
	g.Go(func() error { return fetch(gctx, "b") })
	return g.Wait()
}

func cleanup(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer fetch(ctx, "release")
		defer func() { fetch(ctx, "release more") }()
		return fetch(gctx, "a")
	})
	g.Go(func() error { return fetch(gctx, "b") })
	return g.Wait()
}

func afterDone(ctx context.Context, srv *http.Server) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(srv.ListenAndServe)
	g.Go(func() error {
		<-gctx.Done()
		tctx, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		return srv.Shutdown(tctx)
	})
	return g.Wait()
}

func tellsApart(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		err := fetch(gctx, "a")
		if err != nil && ctx.Err() == nil {
			return errors.Join(err, errors.New("another one failed"))
		}
		return err
	})
	g.Go(func() error {
		select {
		case <-ctx.Done():
			return errors.New("the caller gave up")
		case <-gctx.Done():
			return nil
		}
	})
	return g.Wait()
}

func outside(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return fetch(gctx, "a") })
	g.Go(func() error { return fetch(gctx, "b") })
	if err := g.Wait(); err != nil {
		return err
	}
	return fetch(ctx, "after")
}

func neverFails(ctx context.Context, names []string) error {
	g, _ := errgroup.WithContext(ctx)
	for _, name := range names {
		g.Go(func() error {
			if err := fetch(ctx, name); err != nil {
				slog.Error("fetch", "err", err)
			}
			return nil
		})
	}
	return g.Wait()
}

func alone(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return fetch(ctx, "a") })
	_ = gctx
	return g.Wait()
}

func noContext(ctx context.Context, names []string) error {
	var g errgroup.Group
	for _, name := range names {
		g.Go(func() error { return fetch(ctx, name) })
	}
	return g.Wait()
}

func pools(ctx context.Context, names []string) error {
	p := pool.New().WithContext(ctx)
	for _, name := range names {
		p.Go(func(context.Context) error { return fetch(ctx, name) })
	}
	return p.Wait()
}

func twoPhases(ctx context.Context, names []string) error {
	g, gctx := errgroup.WithContext(ctx)
	for _, name := range names {
		g.Go(func() error { return fetch(gctx, name) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	g, gctx = errgroup.WithContext(ctx)
	for _, name := range names {
		g.Go(func() error { return fetch(gctx, name) })
	}
	return g.Wait()
}

func helped(ctx context.Context, names []string) error {
	g, gctx := errgroup.WithContext(ctx)
	for _, name := range names {
		start(gctx, g, name)
	}
	return g.Wait()
}

func start(ctx context.Context, g *errgroup.Group, name string) {
	g.Go(func() error { return fetch(ctx, name) })
}

func root(names []string) error {
	g, gctx := errgroup.WithContext(context.Background())
	for _, name := range names {
		g.Go(func() error { return fetch(gctx, name) })
	}
	return g.Wait()
}

func other(ctx, elsewhere context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return fetch(elsewhere, "a") })
	g.Go(func() error { return fetch(gctx, "b") })
	return g.Wait()
}

func fallback(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		if ctx == nil {
			return errors.New("no context")
		}
		return fetch(gctx, "a")
	})
	g.Go(func() error { return fetch(gctx, "b") })
	return g.Wait()
}

type Logger struct{}

func (*Logger) Info(string) {}

// G is how some packages name the logger of a context.
var G func(ctx context.Context) *Logger

func logger(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		G(ctx).Info("begins")
		return fetch(gctx, "a")
	})
	g.Go(func() error { return fetch(gctx, "b") })
	return g.Wait()
}

func ended(ctx context.Context) bool { return ctx.Err() != nil }

func timeLeft(ctx context.Context) time.Duration {
	if at, ok := ctx.Deadline(); ok {
		return time.Until(at)
	}
	return time.Minute
}

// asksBoth tells by the outer context whose end it was.
func asksBoth(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		err := fetch(gctx, "a")
		if err != nil && !ended(ctx) {
			return errors.Join(err, errors.New("another one failed"))
		}
		return err
	})
	g.Go(func() error { return fetch(gctx, "b") })
	return g.Wait()
}

// deadline is the same for the group.
func deadline(ctx context.Context, work func(time.Duration) error) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		if _, ok := ctx.Deadline(); !ok {
			return errors.New("no deadline")
		}
		return work(timeLeft(ctx))
	})
	g.Go(func() error { return fetch(gctx, "b") })
	return g.Wait()
}

// asserted returns no error: one would have ended the test.
func asserted(ctx context.Context, t *testing.T) {
	g, _ := errgroup.WithContext(ctx)
	g.Go(func() error {
		err := fetch(ctx, "a")
		require.NoError(t, err)
		return err
	})
	g.Go(func() error {
		err := fetch(ctx, "b")
		require.NoError(t, err, "b")
		return err
	})
	require.NoError(t, g.Wait())
}

// again starts functions of a group that has ended, and its context with it.
func again(ctx context.Context, names []string) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return fetch(gctx, "a") })
	g.Go(func() error { return fetch(gctx, "b") })
	if err := g.Wait(); err != nil {
		return err
	}
	for _, name := range names {
		g.Go(func() error { return fetch(ctx, name) })
	}
	return g.Wait()
}

type lease interface {
	Release(ctx context.Context) error
}

// What gives something back isn't to be cut off by the failure of another.
func givesBack(ctx context.Context, l lease) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return fetch(gctx, "a") })
	g.Go(func() error { return l.Release(ctx) })
	return g.Wait()
}

// probe tells by a channel, and never fails.
func probe(ctx context.Context, name string, told chan<- error) error {
	if err := fetch(ctx, name); err != nil {
		told <- err
		return nil
	}
	told <- nil
	return nil
}

func probeAll(ctx context.Context, names []string, told chan<- error) error {
	g, _ := errgroup.WithContext(ctx)
	for _, name := range names {
		g.Go(func() error { return probe(ctx, name, told) })
	}
	return g.Wait()
}
