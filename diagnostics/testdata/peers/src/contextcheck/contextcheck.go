// Package contextcheck has the cases of contextcheck.
package contextcheck

import (
	"context"
	"database/sql"
	"log/slog"
	"net/http"
	"time"
)

func use(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Millisecond):
		return nil
	}
}

// peers FP-6: graceful shutdown.
func FP6(ctx context.Context, srv *http.Server) error {
	<-ctx.Done()
	c, stop := context.WithTimeout(context.Background(), time.Second)
	defer stop()
	return srv.Shutdown(c)
}

// peers FP-7: the fallback for nil.
func FP7(ctx context.Context) error {
	if ctx == nil {
		ctx = context.Background()
	}
	return use(ctx)
}

// peers FP-8: the author gives the context up.
func FP8(_ context.Context) error {
	return use(context.Background())
}

// peers FP-9: cleanup in a defer.
func FP9(ctx context.Context) error {
	defer func() {
		c, stop := context.WithTimeout(context.Background(), time.Second)
		defer stop()
		_ = use(c)
	}()
	return use(ctx)
}

// peers FP-10: what libraries do inside.
func FP10Listen(ctx context.Context) error {
	if err := use(ctx); err != nil {
		return err
	}
	return http.ListenAndServe("localhost:0", nil)
}

func FP10Do(ctx context.Context, c *http.Client) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost", nil)
	if err != nil {
		return err
	}
	resp, err := c.Do(r)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func FP10Rows(ctx context.Context, db *sql.DB) error {
	rows, err := db.QueryContext(ctx, "select 1")
	if err != nil {
		return err
	}
	return rows.Close()
}

// peers FP-10: slog has a sibling that takes the context: only a hint.
func FP10Log(ctx context.Context) error {
	slog.Info("started") // want hint ctxvariant
	return use(ctx)
}

func newRequestScope() context.Context {
	return context.WithValue(context.Background(), key{}, "scope")
}

type key struct{}

// peers FP-11: a helper of the house that detaches.
func FP11(ctx context.Context) error {
	if err := use(ctx); err != nil {
		return err
	}
	return use(newRequestScope())
}

// peers FP-12: detached on a condition.
func FP12(ctx context.Context, async bool) error {
	c := ctx
	if async {
		c = context.Background()
	}
	return use(c)
}

type loader interface{ load() error }

type file struct{}

func (file) load() error { return use(context.TODO()) }

// peers FN-11: an interface's method.
func FN11(ctx context.Context, l loader) error {
	if err := use(ctx); err != nil {
		return err
	}
	return l.load() // want information brokenchain
}

// peers FN-12: a method value, a map of funcs, a callback.
func FN12Value(ctx context.Context, f file) error {
	load := f.load
	if err := use(ctx); err != nil {
		return err
	}
	return load() // want information brokenchain
}

var loaders = map[string]func() error{"file": file{}.load}

func FN12Map(ctx context.Context, name string) error {
	if err := use(ctx); err != nil {
		return err
	}
	return loaders[name]() // want information brokenchain
}

func call(f func() error) error { return f() }

func FN12Callback(ctx context.Context, f file) error {
	if err := use(ctx); err != nil {
		return err
	}
	return call(f.load) // want information brokenchain
}

type opts struct{ Ctx context.Context }

func do(o opts) error { return use(o.Ctx) }

// peers FN-13: in a struct of options, and in a field.
func FN13(ctx context.Context) error {
	if err := use(ctx); err != nil {
		return err
	}
	return do(opts{Ctx: context.Background()}) // want brokenchain
}

type task struct{ ctx context.Context }

func (t *task) run() error { return use(t.ctx) }

// peers FN-13: a field may have a life of its own: silent, on purpose.
func (t *task) FN13(ctx context.Context) error {
	if err := use(ctx); err != nil {
		return err
	}
	t.ctx = context.Background()
	return t.run()
}

// peers FN-14: a function that returns a context is checked like any other.
// What it returns may be meant to outlive the one that it got.
func FN14(ctx context.Context, v string) (context.Context, error) {
	err := use(context.Background()) // want brokenchain
	return context.WithValue(ctx, key{}, v), err
}

// peers FN-15: a request outside of a handler.
func FN15(r *http.Request) error {
	return use(context.Background()) // want brokenchain
}

type appContext struct {
	context.Context
	user string
}

// peers FN-16: a type that embeds a context.
func FN16(c *appContext) error {
	return use(context.Background()) // want brokenchain
}

type appCtx interface {
	context.Context
	User() string
}

// peers FN-16: an interface that embeds it.
func FN16Interface(c appCtx) error {
	return use(context.Background()) // want brokenchain
}
