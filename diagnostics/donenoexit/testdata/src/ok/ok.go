package ok

import (
	"context"
	"errors"
	"io"
	"log"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"example.com/must"
)

func handle(int)                     {}
func call(context.Context) error     { return nil }
func finished() bool                 { return false }
func isDone(context.Context) bool    { return false }
func drain(chan int) (left int)      { return 0 }
func fatalf(format string, _ ...any) { log.Fatalf(format) }

func returns(ctx context.Context, updates chan int) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case u := <-updates:
			handle(u)
		}
	}
}

func labelled(ctx context.Context, updates chan int) {
loop:
	for {
		select {
		case <-ctx.Done():
			break loop
		case u := <-updates:
			handle(u)
		}
	}
}

func jumps(ctx context.Context, updates chan int) {
	for {
		select {
		case <-ctx.Done():
			goto out
		case u := <-updates:
			handle(u)
		}
	}
out:
	handle(0)
}

// The case is switched off: what is queued is still handled.
func switchedOff(ctx context.Context, updates chan int) {
	done := ctx.Done()
	for {
		select {
		case <-done:
			done = nil
		case u, ok := <-updates:
			if !ok {
				return
			}
			handle(u)
		}
	}
}

func condition(ctx context.Context, updates chan int) {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case u := <-updates:
			handle(u)
		}
	}
}

func flagInCondition(ctx context.Context, updates chan int) {
	stop := false
	for !stop {
		select {
		case <-ctx.Done():
			stop = true
			break
		case u := <-updates:
			handle(u)
		}
	}
}

func atomicFlag(ctx context.Context, updates chan int) {
	var stop atomic.Bool
	for {
		select {
		case <-ctx.Done():
			stop.Store(true)
			break
		case u := <-updates:
			handle(u)
		}
		if stop.Load() {
			return
		}
	}
}

func checkBehind(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			break
		case <-time.After(time.Second):
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

func checkAtHead(ctx context.Context) {
	backoff := time.Second
	for {
		if isDone(ctx) {
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(backoff):
			backoff *= 2
		}
	}
}

// The call fails once ctx is done, and that leaves.
func failureLeaves(ctx context.Context) error {
	for {
		if err := call(ctx); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			break
		case <-time.After(time.Second):
		}
	}
}

func ownTurn(ctx context.Context, updates chan int) {
	for {
		tctx, cancel := context.WithTimeout(ctx, time.Second)
		select {
		case <-tctx.Done():
			log.Print("idle")
		case u := <-updates:
			handle(u)
		}
		cancel()
	}
}

func renewed(parent context.Context, updates chan int) {
	ctx, cancel := context.WithTimeout(parent, time.Minute)
	for {
		select {
		case <-ctx.Done():
			ctx, cancel = context.WithTimeout(parent, time.Minute)
		case u := <-updates:
			if u == 0 {
				cancel()
				return
			}
		}
	}
}

func renewedByLiteral(parent context.Context, updates chan int) {
	var ctx context.Context
	var cancel context.CancelFunc
	renew := func() { ctx, cancel = context.WithTimeout(parent, time.Minute) }
	renew()
	defer func() { cancel() }()
	for {
		select {
		case <-ctx.Done():
			renew()
		case u := <-updates:
			handle(u)
		}
	}
}

type session struct{ ctx context.Context }

func (s *session) Context() context.Context { return s.ctx }
func (s *session) reconnect()               {}

func reconnects(s *session, updates chan int) {
	for {
		select {
		case <-s.ctx.Done():
			s.reconnect()
		case u := <-updates:
			handle(u)
		}
	}
}

func reconnectsThroughGetter(s *session, updates chan int) {
	for {
		select {
		case <-s.Context().Done():
			s.reconnect()
		case u := <-updates:
			handle(u)
		}
	}
}

func exits(ctx context.Context, updates chan int) {
	for {
		select {
		case <-ctx.Done():
			os.Exit(1)
		case u := <-updates:
			handle(u)
		}
	}
}

func exitsThroughHelper(ctx context.Context, updates chan int) {
	for {
		select {
		case <-ctx.Done():
			fatalf("stopped")
		case u := <-updates:
			handle(u)
		}
	}
}

func panics(ctx context.Context, updates chan int) {
	for {
		select {
		case <-ctx.Done():
			panic(ctx.Err())
		case u := <-updates:
			handle(u)
		}
	}
}

// The other case hears the close and leaves.
func wakesOther(ctx context.Context, updates chan int, quit chan struct{}) {
	for {
		select {
		case <-ctx.Done():
			close(quit)
		case <-quit:
			return
		case u := <-updates:
			handle(u)
		}
	}
}

// Queued work is done before the loop ends.
func drains(ctx context.Context, updates chan int) {
	for {
		select {
		case <-ctx.Done():
			if drain(updates) == 0 {
				return
			}
		case u := <-updates:
			handle(u)
		}
	}
}

// Best effort to each: the loop ends by itself.
func broadcast(ctx context.Context, subscribers []chan int) {
	for _, s := range subscribers {
		select {
		case s <- 1:
		case <-ctx.Done():
		}
	}
}

func bounded(ctx context.Context) error {
	err := errors.New("not tried")
	for i := 0; i < 3 && err != nil; i++ {
		err = call(ctx)
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
	return err
}

func ranged(ctx context.Context, updates chan int) {
	for u := range updates {
		select {
		case <-ctx.Done():
		default:
			handle(u)
		}
	}
}

func asksNotOK(ctx context.Context, updates chan int) {
	for {
		select {
		case _, ok := <-ctx.Done():
			if !ok {
				return
			}
		case u := <-updates:
			handle(u)
		}
	}
}

// A break that leaves what it should: the code behind the select returns.
func breaksToReturn(ctx context.Context, updates chan int) int {
	for {
		select {
		case <-ctx.Done():
			break
		case u := <-updates:
			handle(u)
			continue
		}
		return 1
	}
}

func secondSelect(ctx context.Context, updates, more chan int) {
	for {
		select {
		case <-ctx.Done():
			break
		case u := <-updates:
			handle(u)
		}
		select {
		case <-ctx.Done():
			return
		case u := <-more:
			handle(u)
		}
	}
}

func noLoop(ctx context.Context, updates chan int) {
	select {
	case <-ctx.Done():
	case u := <-updates:
		handle(u)
	}
}

// A stop channel of one's own is not a context.
func stopChannel(stop chan struct{}, updates chan int) {
	for {
		select {
		case <-stop:
		case u := <-updates:
			handle(u)
		}
	}
}

// Another case reads the flag: one more update, and out.
func onceMore(ctx context.Context, tick <-chan time.Time) {
	done := false
	for {
		select {
		case <-tick:
			handle(1)
			if done {
				return
			}
		case <-ctx.Done():
			done = true
		}
	}
}

type worker struct {
	stopped bool
	jobs    chan int
}

func (w *worker) fieldFlag(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			w.stopped = true
		case j := <-w.jobs:
			switch {
			case w.stopped:
				return
			default:
				handle(j)
			}
		}
	}
}

// The helper ends the test, as the context's error is not nil.
func required(t *testing.T, ctx context.Context, updates chan int) {
	for {
		select {
		case <-ctx.Done():
			must.NoError(t, ctx.Err())
		case u := <-updates:
			handle(u)
		}
	}
}

type failer interface{ FailNow() }

type reporter interface {
	Errorf(format string, args ...any)
}

func failNow(r reporter, message string) bool {
	r.Errorf("%s", message)
	if f, ok := r.(failer); ok {
		f.FailNow()
	} else {
		panic("no FailNow")
	}
	return false
}

type assertions struct{ r reporter }

func (a *assertions) FailNow(message string) bool { return failNow(a.r, message) }

type suite struct{ *assertions }

// FailNow never returns.
func (s *suite) await(ctx context.Context, events <-chan int) {
	for {
		select {
		case n := <-events:
			if n == 0 {
				return
			}
		case <-ctx.Done():
			s.FailNow("timed out")
		}
	}
}

type pipe struct {
	w      *io.PipeWriter
	cancel context.CancelFunc
}

func (p *pipe) closeWithError(err error) {
	p.w.CloseWithError(err)
	p.cancel()
}

// What the case cancels is what the other case leaves by.
func relays(ctx context.Context, w *io.PipeWriter) *pipe {
	closed, cancel := context.WithCancel(context.Background())
	p := &pipe{w: w, cancel: cancel}
	go func() {
		for {
			select {
			case <-ctx.Done():
				p.closeWithError(ctx.Err())
			case <-closed.Done():
				return
			}
		}
	}()
	return p
}

func relaysItself(ctx context.Context, work func(context.Context) <-chan int) {
	inner, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	results := work(inner)
	for {
		select {
		case <-ctx.Done():
			cancel()
		case _, ok := <-results:
			if !ok {
				return
			}
		}
	}
}
