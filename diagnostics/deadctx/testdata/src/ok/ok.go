package ok

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"testing"
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

// peers FP-6: a fresh context for the clean-up.
func fresh(ctx context.Context, srv *http.Server) error {
	<-ctx.Done()
	sctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return srv.Shutdown(sctx)
}

func detached(ctx context.Context, srv *http.Server) error {
	<-ctx.Done()
	sctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	return srv.Shutdown(sctx)
}

func logs(ctx context.Context) {
	<-ctx.Done()
	slog.InfoContext(ctx, "stopped", "why", context.Cause(ctx))
}

type key struct{}

func user(ctx context.Context) string { s, _ := ctx.Value(key{}).(string); return s }

func values(ctx context.Context) error {
	<-ctx.Done()
	return fmt.Errorf("%s: %w", user(ctx), ctx.Err())
}

func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

func asks(ctx context.Context) error {
	<-ctx.Done()
	return cause(ctx, errors.New("no"))
}

func other(ctx, work2 context.Context) error {
	<-ctx.Done()
	return work(work2)
}

// The child's end says nothing of its parent.
func parent(ctx context.Context) error {
	tctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	<-tctx.Done()
	return work(ctx)
}

func sometimes(ctx context.Context, early bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if early {
		cancel()
	}
	return work(ctx)
}

func renewed(ctx context.Context) {
	tctx, cancel := context.WithTimeout(ctx, time.Second)
	for range 3 {
		work(tctx)
		cancel()
		tctx, cancel = context.WithTimeout(ctx, time.Second)
	}
	cancel()
}

func eachTurn(ctx context.Context) {
	for {
		tctx, cancel := context.WithTimeout(ctx, time.Second)
		work(tctx)
		cancel()
	}
}

func deferred(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer work(ctx)
	return work(ctx)
}

func deferredLiteral(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer func() {
		work(ctx)
		cancel()
	}()
	return work(ctx)
}

func beforeWait(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return work(gctx) })
	if err := work(gctx); err != nil {
		return err
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return work(ctx)
}

func selects(ctx context.Context, ch <-chan int) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-ch:
		return work(ctx)
	}
}

func alive(ctx context.Context) error {
	if ctx.Err() == nil {
		return work(ctx)
	}
	return nil
}

func notified(srv *http.Server) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	go func() {
		<-ctx.Done()
		srv.Close()
	}()
	return work(ctx)
}

// An error of that kind may come from elsewhere.
func otherError(ctx context.Context) error {
	err := work(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return work(ctx)
	}
	return err
}

func launched(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		time.Sleep(time.Second)
		cancel()
	}()
	work(ctx)
}

type server struct{ ctx context.Context }

func (s *server) restart() {
	<-s.ctx.Done()
	s.ctx = context.Background()
	work(s.ctx)
}

func callback(ctx context.Context, f func(context.Context)) {
	<-ctx.Done()
	f(ctx)
}

func waits(ctx context.Context) { <-ctx.Done() }

func again(ctx context.Context) {
	<-ctx.Done()
	waits(ctx)
}

func reassigned(ctx context.Context) error {
	if ctx.Err() != nil {
		ctx = context.WithoutCancel(ctx)
	}
	return work(ctx)
}

// A test that cancels wants to see what the call does then.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := work(ctx); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

// Made to be dead: the call shall not wait.
func hard(srv *http.Server) error {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return srv.Shutdown(ctx)
}

type watcher interface{ seen(context.Context) }

type printer struct{}

func (printer) seen(ctx context.Context) { slog.InfoContext(ctx, "seen") }

func seen(ctx context.Context, w watcher) {
	<-ctx.Done()
	w.seen(ctx)
}

func isDone(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return true
	default:
		return false
	}
}

// It only asks.
func asked(ctx context.Context, out chan<- int) bool {
	select {
	case <-ctx.Done():
		return isDone(ctx)
	case out <- 1:
		return true
	}
}

// withDelay is for contexts that are done: what it makes goes on for a while.
func withDelay(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(parent))
	go func() {
		select {
		case <-ctx.Done():
		case <-parent.Done():
			time.Sleep(time.Second)
			cancel()
		}
	}()
	return ctx, cancel
}

func shutsDown(ctx context.Context, srv *http.Server) error {
	<-ctx.Done()
	sctx, cancel := withDelay(ctx)
	defer cancel()
	return srv.Shutdown(sctx)
}
