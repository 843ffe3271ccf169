// Package bad has functions of errgroups that work under the context around
// the group.
package bad

import (
	"context"
	"net/http"
	"time"

	copied "example.com/copies/errgroup"
	"golang.org/x/sync/errgroup"
)

type client interface {
	Get(ctx context.Context, name string) error
}

func fetch(ctx context.Context, name string) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Second):
		return nil
	}
}

func inLoop(ctx context.Context, names []string) error {
	g, gctx := errgroup.WithContext(ctx)
	for _, name := range names {
		g.Go(func() error {
			return fetch(ctx, name) // want "ctx isn't cancelled when another function of g fails: use gctx, which errgroup.WithContext returns at line 28"
		})
	}
	_ = gctx
	return g.Wait()
}

func blank(ctx context.Context, c client, names []string) error {
	g, _ := errgroup.WithContext(ctx)
	for _, name := range names {
		g.Go(func() error {
			return c.Get(ctx, name) // want "the context that errgroup.WithContext returns at line 39 is thrown away"
		})
	}
	return g.Wait()
}

// peers FN-29: staticcheck and others know nothing of an errgroup's context.
func listens(ctx context.Context, srv *http.Server) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(srv.ListenAndServe)
	g.Go(func() error {
		<-ctx.Done() // want "ctx isn't cancelled when another function of g fails"
		return srv.Shutdown(context.WithoutCancel(ctx))
	})
	g.Go(func() error { return fetch(gctx, "a") })
	return g.Wait()
}

func derives(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		tctx, cancel := context.WithTimeout(ctx, time.Second) // want "ctx isn't cancelled when another function of g fails"
		defer cancel()
		return fetch(tctx, "a")
	})
	g.Go(func() error { return fetch(gctx, "b") })
	return g.Wait()
}

func several(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		if err := fetch(ctx, "a"); err != nil { // want "ctx isn't cancelled when another function of g fails"
			return err
		}
		return fetch(ctx, "b")
	})
	g.Go(func() error { return fetch(gctx, "c") })
	return g.Wait()
}

func nested(ctx context.Context, names []string) error {
	g, gctx := errgroup.WithContext(ctx)
	for _, name := range names {
		g.Go(func() error {
			retry := func() error { return fetch(ctx, name) } // want "ctx isn't cancelled"
			for retry() != nil {
				if gctx.Err() != nil {
					return gctx.Err()
				}
			}
			return nil
		})
	}
	g.Go(func() error { return fetch(gctx, "x") })
	return g.Wait()
}

func request(w http.ResponseWriter, r *http.Request) {
	g, ctx := errgroup.WithContext(r.Context())
	g.Go(func() error { return fetch(ctx, "a") })
	g.Go(func() error {
		return fetch(r.Context(), "b") // want "r.Context.. isn't cancelled when another function of g fails: use ctx"
	})
	if err := g.Wait(); err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
	}
}

type server struct {
	ctx context.Context
	c   client
}

func (s *server) run() error {
	g, ctx := errgroup.WithContext(s.ctx)
	g.Go(func() error { return s.c.Get(ctx, "a") })
	g.Go(func() error {
		return s.c.Get(s.ctx, "b") // want "s.ctx isn't cancelled when another function of g fails: use ctx"
	})
	g.Go(s.loop) // want "s.ctx isn't cancelled when another function of g fails"
	return g.Wait()
}

func (s *server) loop() error { return s.c.Get(s.ctx, "c") }

func variable(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	work := func() error {
		return fetch(ctx, "a") // want "ctx isn't cancelled"
	}
	g.Go(work)
	g.Go(func() error { return fetch(gctx, "b") })
	return g.Wait()
}

func helped(ctx context.Context, names []string) error {
	g, gctx := errgroup.WithContext(ctx)
	for _, name := range names {
		start(ctx, g, name) // want "ctx isn't cancelled when another function of g fails"
	}
	start(gctx, g, "last")
	return g.Wait()
}

func start(ctx context.Context, g *errgroup.Group, name string) {
	g.Go(func() error { return fetch(ctx, name) })
}

func made(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(task(ctx, "a")) // want "ctx isn't cancelled when another function of g fails"
	g.Go(task(gctx, "b"))
	return g.Wait()
}

func task(ctx context.Context, name string) func() error {
	return func() error { return fetch(ctx, name) }
}

func shadowed(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		gctx, cancel := context.WithTimeout(gctx, time.Second)
		defer cancel()
		if err := fetch(gctx, "a"); err != nil {
			return err
		}
		return fetch(ctx, "b") // want "ctx isn't cancelled when another function of g fails"
	})
	g.Go(func() error { return fetch(gctx, "b") })
	return g.Wait()
}

func declared(ctx context.Context) error {
	var g, gctx = errgroup.WithContext(ctx)
	g.Go(func() error { return fetch(ctx, "a") }) // want "ctx isn't cancelled"
	g.Go(func() error { return fetch(gctx, "b") })
	return g.Wait()
}

func copy(ctx context.Context) error {
	g, gctx := copied.WithContext(ctx)
	g.Go(func() error { return fetch(ctx, "a") }) // want "ctx isn't cancelled"
	g.Go(func() error { return fetch(gctx, "b") })
	return g.Wait()
}

func limited[T any](ctx context.Context, xs []T, f func(context.Context, T) error) error {
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(4)
	for _, x := range xs {
		if gctx.Err() != nil {
			break
		}
		g.TryGo(func() error {
			return f(ctx, x) // want "ctx isn't cancelled"
		})
	}
	return g.Wait()
}

func newGroup(ctx context.Context) (*errgroup.Group, context.Context) {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(2)
	return g, ctx
}

func wrapped(ctx context.Context) error {
	g, gctx := newGroup(ctx)
	g.Go(func() error { return fetch(ctx, "a") }) // want "ctx isn't cancelled"
	g.Go(func() error { return fetch(gctx, "b") })
	return g.Wait()
}

func stored(ctx context.Context) error {
	type job struct{ ctx context.Context }
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		j := job{ctx: ctx} // want "ctx isn't cancelled"
		return fetch(j.ctx, "a")
	})
	g.Go(func() error { return fetch(gctx, "b") })
	return g.Wait()
}

func (e *elsewhere) method(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return fetch(ctx, "a") }) // want "ctx isn't cancelled"
	g.Go(func() error {
		return fetch(gctx, "b")
	})
	return g.Wait()
}

// waitEnd only waits: for the wrong context it waits too long.
func waitEnd(ctx context.Context) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

func ended(ctx context.Context) bool { return ctx.Err() != nil }

func waitsElsewhere(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return waitEnd(ctx) }) // want "ctx isn't cancelled when another function of g fails"
	g.Go(func() error { return fetch(gctx, "b") })
	return g.Wait()
}

func pollsElsewhere(ctx context.Context, step func() error) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		for !ended(ctx) { // want "ctx isn't cancelled when another function of g fails"
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
	g.Go(func() error { return fetch(gctx, "b") })
	return g.Wait()
}

type tables interface {
	RestoreTable(ctx context.Context, name string) error
}

// The names of work may begin like those of ends.
func restores(ctx context.Context, t tables, names []string) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return fetch(gctx, "a") })
	for _, name := range names {
		g.Go(func() error { return t.RestoreTable(ctx, name) }) // want `ctx isn't cancelled when another function of g fails`
	}
	return g.Wait()
}
