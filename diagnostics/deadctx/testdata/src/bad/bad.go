package bad

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"time"

	"golang.org/x/sync/errgroup"
)

func work(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Second):
		return nil
	}
}

// The classic.
func serve(ctx context.Context, srv *http.Server) error {
	go srv.ListenAndServe()
	<-ctx.Done()
	return srv.Shutdown(ctx) // want `ctx is already done when srv.Shutdown gets it: the receive waits until it is done at line 28`
}

func inGoroutine(ctx context.Context, srv *http.Server) error {
	go func() {
		<-ctx.Done()
		if err := srv.Shutdown(ctx); err != nil { // want `ctx is already done when srv.Shutdown gets it: the receive waits until it is done at line 34`
			panic(err)
		}
	}()
	return srv.ListenAndServe()
}

func derived(ctx context.Context, srv *http.Server) error {
	<-ctx.Done()
	sctx, cancel := context.WithTimeout(ctx, 5*time.Second) // want `ctx is already done when context.WithTimeout gets it`
	defer cancel()
	return srv.Shutdown(sctx)
}

func notified(srv *http.Server) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	go srv.ListenAndServe()
	<-ctx.Done()
	stop()
	return srv.Shutdown(ctx) // want `ctx is already done when srv.Shutdown gets it: it is cancelled at line 53`
}

func stopped(srv *http.Server) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := work(ctx)
	stop()
	return errors.Join(err, srv.Shutdown(ctx)) // want `ctx is already done when srv.Shutdown gets it: it is cancelled at line 60`
}

func group(ctx context.Context, db *sql.DB) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return work(gctx) })
	if err := g.Wait(); err != nil {
		return err
	}
	return db.PingContext(gctx) // want `gctx is already done when db.PingContext gets it: Wait cancels it at line 67`
}

func inCase(ctx context.Context, db *sql.DB, ticks <-chan time.Time) {
	for {
		select {
		case <-ticks:
			work(ctx)
		case <-ctx.Done():
			db.ExecContext(ctx, "unlock") // want `ctx is already done when db.ExecContext gets it: the case is chosen once it is done at line 78`
			return
		}
	}
}

func inBranch(ctx context.Context, db *sql.DB) error {
	if err := ctx.Err(); err != nil {
		db.ExecContext(ctx, "unlock") // want `the branch is taken once it is done`
		return err
	}
	return work(ctx)
}

func byIs(ctx context.Context, db *sql.DB) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		_, err := db.ExecContext(ctx, "unlock") // want `the branch is taken once it is done`
		return err
	}
	return nil
}

func cancelled(ctx context.Context) error {
	tctx, cancel := context.WithTimeout(ctx, time.Second)
	err := work(tctx)
	cancel()
	if err != nil {
		err = work(tctx) // want `tctx is already done when work gets it: it is cancelled at line 104`
	}
	return err
}

func order(ctx context.Context, srv *http.Server) error {
	ctx, cancel := context.WithCancel(ctx)
	defer srv.Shutdown(ctx) // want `ctx is already done when srv.Shutdown gets it: a cancel deferred later runs first at line 114`
	defer cancel()
	return work(ctx)
}

func orderInLiteral(ctx context.Context, srv *http.Server) error {
	ctx, cancel := context.WithCancel(ctx)
	defer func() {
		srv.Shutdown(ctx) // want `a cancel deferred later runs first`
	}()
	defer cancel()
	return work(ctx)
}

func maybeTimeout(ctx context.Context, d time.Duration, srv *http.Server) error {
	if d > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, d)
		defer cancel()
	}
	<-ctx.Done()
	return srv.Shutdown(ctx) // want `the receive waits`
}

func afterFunc(ctx context.Context, srv *http.Server) {
	context.AfterFunc(ctx, func() {
		srv.Shutdown(ctx) // want `ctx is already done when srv.Shutdown gets it`
	})
}

type value struct{}

func valued(ctx context.Context, srv *http.Server) error {
	<-ctx.Done()
	vctx := context.WithValue(ctx, value{}, 1)
	return srv.Shutdown(vctx) // want `vctx is already done`
}

type server struct {
	ctx context.Context
	srv *http.Server
}

func (s *server) run() {
	<-s.ctx.Done()
	s.srv.Shutdown(s.ctx) // want `s.ctx is already done when s.srv.Shutdown gets it`
}

type stopper interface{ Stop(context.Context) error }

func byInterface(ctx context.Context, s stopper) error {
	<-ctx.Done()
	return s.Stop(ctx) // want `ctx is already done when s.Stop gets it`
}

func command(ctx context.Context) error {
	<-ctx.Done()
	return exec.CommandContext(ctx, "sync").Run() // want `ctx is already done when exec.CommandContext gets it`
}

func generic[T stopper](ctx context.Context, all []T) {
	<-ctx.Done()
	for _, s := range all {
		s.Stop(ctx) // want `ctx is already done when s.Stop gets it`
	}
}

func shutDown(ctx context.Context, srv *http.Server) error { return srv.Shutdown(ctx) }

func wrapped(ctx context.Context, srv *http.Server) error {
	ctx, cancel := scope(ctx)
	work(ctx)
	cancel()
	return shutDown(ctx, srv) // want `ctx is already done when shutDown gets it`
}

func scope(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, time.Second)
}

type handler interface {
	HandleCancel(context.Context)
	CloseNow(context.Context) error
}

// A hint: nothing is known of what the method does.
func unknown(ctx context.Context, h handler) {
	context.AfterFunc(ctx, func() {
		h.HandleCancel(ctx) // want `ctx is already done when h.HandleCancel gets it: AfterFunc runs this once it is done`
	})
}

// A hint: what closes may well close whatever its context says.
func closes(ctx context.Context, h handler) error {
	<-ctx.Done()
	return h.CloseNow(ctx) // want `ctx is already done when h.CloseNow gets it`
}
