package bad

import (
	"context"
	"errors"
	"math/rand"
	"net/http"
	"runtime/pprof"
	"sync"
	. "time"
	clock "time"
)

func try(context.Context) error { return nil }
func ready() bool               { return false }

const backoff = 250 * clock.Millisecond

// Retries with a pause. peers FN-19
func retry(ctx context.Context) error {
	var err error
	for range 5 {
		if err = try(ctx); err == nil {
			return nil
		}
		clock.Sleep(backoff) // want `this sleep goes on when ctx is done: nothing wakes it for up to 250ms`
	}
	return err
}

// A growing pause.
func grow(ctx context.Context) (int, error) {
	pause := clock.Millisecond
	for n := 0; ; n++ {
		if try(ctx) == nil {
			return n, nil
		}
		clock.Sleep(pause) // want `this sleep goes on when ctx is done: nothing wakes it for all of pause`
		pause *= 2
	}
}

// A goroutine.
func poll(ctx context.Context) {
	go func() {
		for ctx.Err() == nil && !ready() {
			clock.Sleep(clock.Second) // want `this sleep goes on when ctx is done: nothing wakes it for up to 1s`
		}
	}()
}

// A dot import.
func dotted(ctx context.Context) {
	Sleep(Second) // want `this sleep goes on when ctx is done`
}

// Jitter.
func jitter(ctx context.Context) error {
	clock.Sleep(clock.Duration(rand.Intn(500)) * clock.Millisecond) // want `nothing wakes it for up to 500ms`
	return try(ctx)
}

// A handler.
func handler(w http.ResponseWriter, r *http.Request) {
	clock.Sleep(2 * clock.Second) // want `this sleep goes on when r.Context\(\) is done`
	w.WriteHeader(http.StatusOK)
}

type server struct {
	ctx      context.Context
	interval clock.Duration
	mu       sync.Mutex
}

// A field of the receiver.
func (s *server) run() {
	for s.ctx.Err() == nil {
		clock.Sleep(s.interval) // want `this sleep goes on when s.ctx is done: nothing wakes it for all of s.interval`
	}
}

// A return would leave the mutex locked.
func (s *server) locked(ctx context.Context) {
	s.mu.Lock()
	clock.Sleep(clock.Second) // want `this sleep goes on when ctx is done`
	s.mu.Unlock()
}

// In a loop, only a return would end it.
func (s *server) lockedLoop(ctx context.Context) {
	for !ready() {
		s.mu.Lock()
		clock.Sleep(clock.Second) // want `this sleep goes on when ctx is done`
		s.mu.Unlock()
	}
}

// The nearest context counts.
func nearest(ctx context.Context) error {
	tctx, cancel := context.WithTimeout(ctx, clock.Minute)
	defer cancel()
	if err := try(tctx); err != nil {
		clock.Sleep(clock.Second) // want `this sleep goes on when tctx is done`
	}
	return errors.New("late")
}

// The derived context is over already: its parent counts.
func parent(ctx context.Context) error {
	tctx, cancel := context.WithTimeout(ctx, clock.Minute)
	err := try(tctx)
	cancel()
	if err != nil {
		clock.Sleep(clock.Second) // want `this sleep goes on when ctx is done`
	}
	return err
}

// No error to return.
func found(ctx context.Context) bool {
	for !ready() {
		clock.Sleep(clock.Second) // want `this sleep goes on when ctx is done`
	}
	return true
}

func generic[T any](ctx context.Context, get func() (T, bool)) (T, error) {
	for {
		if v, ok := get(); ok {
			return v, nil
		}
		clock.Sleep(clock.Second) // want `this sleep goes on when ctx is done`
	}
}

// A post statement can't become a select: no fix.
func post(ctx context.Context) {
	for i := 0; i < 3; clock.Sleep(clock.Second) { // want `this sleep goes on when ctx is done`
		i++
	}
}

// A comment within the call would be lost: no fix.
func commented(ctx context.Context) {
	clock.Sleep( /* the server needs it */ clock.Second) // want `this sleep goes on when ctx is done`
}

// What follows is the shutdown itself.
func (s *server) Shutdown(ctx context.Context, srv *http.Server) error {
	clock.Sleep(s.interval) // want `this sleep goes on when ctx is done`
	if err := srv.Shutdown(ctx); err != nil {
		return err
	}
	return nil
}

// The function has its own way to leave.
func throttle(ctx context.Context, events <-chan int, interval clock.Duration) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-events:
			clock.Sleep(interval) // want `this sleep goes on when ctx is done`
		}
	}
}

// A profile that was begun is ended.
func profile(w http.ResponseWriter, r *http.Request) {
	if err := pprof.StartCPUProfile(w); err == nil {
		clock.Sleep(clock.Minute) // want `this sleep goes on when r.Context\(\) is done`
		pprof.StopCPUProfile()
	}
}

// The loop asks the outer context.
func inner(ctx context.Context, n int) {
	own, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() { _ = try(own) }()
	for ctx.Err() == nil {
		Sleep(Duration(n) * Second) // want `this sleep goes on when ctx is done`
	}
}

type poller struct{ ctx context.Context }

// The field is what it works under.
func (p *poller) poll() {
	for try(p.ctx) != nil {
		Sleep(Second) // want `goes on when p.ctx is done`
	}
}

// A goroutine that repeats what it does.
func repeated(ctx context.Context, n int) {
	go func() {
		for range n {
			tick()
			Sleep(Second) // want `goes on when ctx is done`
		}
	}()
}

func tick() {}

// One of the callers gives it a context that ends.
func pacedFor(ctx context.Context, n int) {
	for range n {
		Sleep(Second) // want `goes on when ctx is done`
	}
}

func PaceFor() {
	ctx, cancel := context.WithTimeout(context.Background(), Second)
	defer cancel()
	pacedFor(ctx, 3)
	pacedFor(context.Background(), 4)
}

var retryDelay = Second

func SetRetryDelay(d Duration) { retryDelay = d }

// The variable can hold anything.
func delayed(ctx context.Context) error {
	for {
		if err := try(ctx); err == nil {
			return nil
		}
		Sleep(retryDelay) // want `goes on when ctx is done: nothing wakes it for all of retryDelay`
	}
}

// It looks at the context in each turn, but the sleep is long.
func pollLong(ctx context.Context) {
	for ctx.Err() == nil {
		tick()
		Sleep(5 * Second) // want `goes on when ctx is done: nothing wakes it for up to 5s`
	}
}

// Repeating what failed is no undoing.
func again(ctx context.Context, pause Duration) error {
	err := try(ctx)
	if err != nil {
		for range 5 {
			if err = try(ctx); err == nil {
				break
			}
			Sleep(pause) // want `goes on when ctx is done: nothing wakes it for all of pause`
		}
	}
	return err
}

func times(n, m int) int { return n * m }

// A long expression is on one line of the message, or not in it.
func startup(ctx context.Context, shards int) error {
	Sleep(Duration( // want `goes on when ctx is done: nothing wakes it for its whole length`
		times(shards, 2),
	))
	return try(ctx)
}
