package bad

import (
	"context"
	"database/sql"
	"net/http"
	"os"
	"os/signal"
	"time"
)

func work(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Second):
		return nil
	}
}

func plain(ctx context.Context) error {
	tctx, cancel := context.WithTimeout(ctx, time.Second) // want `nothing uses tctx: work gets its parent, ctx, at line 25, and doesn't hear of its end`
	defer cancel()
	_ = tctx
	return work(ctx)
}

func blank(ctx context.Context) error {
	_, cancel := context.WithTimeout(ctx, time.Second) // want `nothing uses the context that context.WithTimeout makes: work gets its parent, ctx, at line 31`
	defer cancel()
	return work(ctx)
}

func query(ctx context.Context, db *sql.DB) (*sql.Rows, error) {
	_, cancel := context.WithDeadline(ctx, time.Now().Add(time.Second)) // want `db.QueryContext gets its parent, ctx`
	defer cancel()
	return db.QueryContext(ctx, "select 1")
}

func method(w http.ResponseWriter, r *http.Request) {
	_, cancel := context.WithTimeout(r.Context(), time.Second) // want `work gets its parent, r.Context\(\)`
	defer cancel()
	if err := work(r.Context()); err != nil {
		http.Error(w, err.Error(), 500)
	}
}

func signals(ctx context.Context) error {
	_, stop := signal.NotifyContext(ctx, os.Interrupt) // want `nothing uses the context that signal.NotifyContext makes`
	defer stop()
	return work(ctx)
}

func inGoroutine(ctx context.Context) {
	_, cancel := context.WithCancel(ctx) // want `work gets its parent, ctx`
	go func() {
		defer cancel()
		work(ctx)
	}()
}

type stopper interface{ Stop(context.Context) error }

func byInterface(ctx context.Context, s stopper) error {
	_, cancel := context.WithTimeout(ctx, time.Second) // want `s.Stop gets its parent, ctx`
	defer cancel()
	return s.Stop(ctx)
}

func branch(ctx context.Context, quick bool) error {
	_, cancel := context.WithTimeout(ctx, time.Second) // want `work gets its parent, ctx, at line 74`
	defer cancel()
	if quick {
		return work(ctx)
	}
	return work(ctx)
}

func scope(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, time.Second)
}

func wrapper(ctx context.Context) error {
	_, cancel := scope(ctx) // want `nothing uses the context that scope makes`
	defer cancel()
	return work(ctx)
}

func captured(ctx context.Context) error {
	_, cancel := context.WithCancelCause(ctx) // want `work gets its parent, ctx`
	defer cancel(nil)
	do := func() error { return work(ctx) }
	return do()
}

func declared(ctx context.Context) error {
	var tctx, cancel = context.WithTimeout(ctx, time.Second) // want `nothing uses tctx`
	defer cancel()
	_ = tctx
	return work(ctx)
}

func generic[T stopper](ctx context.Context, s T) error {
	_, cancel := context.WithTimeout(ctx, time.Second) // want `s.Stop gets its parent, ctx`
	defer cancel()
	return s.Stop(ctx)
}
