package ok

import (
	"context"
	"errors"
	"math/rand"
	"net/http"
	"testing"
	"time"

	"github.com/pingcap/failpoint"
)

func try(context.Context) error { return nil }
func ready() bool               { return false }

func short(ctx context.Context) {
	time.Sleep(99 * time.Millisecond)
}

func shortVariable(ctx context.Context, fast bool) {
	pause := 10 * time.Millisecond
	if fast {
		pause = time.Millisecond
	}
	time.Sleep(pause)
}

func shortJitter(ctx context.Context) {
	time.Sleep(time.Duration(rand.Intn(50)) * time.Millisecond)
}

func shortAtMost(ctx context.Context, d time.Duration) {
	time.Sleep(min(d, 50*time.Millisecond))
}

func noContext() {
	time.Sleep(time.Second)
}

func givenUp(_ context.Context) {
	time.Sleep(time.Second)
}

func root() error {
	ctx := context.Background()
	time.Sleep(time.Second)
	return try(ctx)
}

func detached(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	time.Sleep(time.Second)
	return try(ctx)
}

func afterDone(ctx context.Context) {
	<-ctx.Done()
	time.Sleep(time.Second) // time for the others
}

func afterErr(ctx context.Context, err error) {
	if errors.Is(err, context.Canceled) {
		time.Sleep(time.Second)
	}
	if ctx.Err() != nil {
		time.Sleep(time.Second)
	}
}

func stopCase(ctx context.Context, jobs chan int) {
	for {
		select {
		case <-jobs:
		case <-ctx.Done():
			time.Sleep(time.Second)
			return
		}
	}
}

func cleanup(ctx context.Context) error {
	defer func() {
		time.Sleep(time.Second)
	}()
	defer time.Sleep(time.Second)
	return try(ctx)
}

func afterFunc(ctx context.Context) {
	context.AfterFunc(ctx, func() {
		time.Sleep(time.Second)
	})
}

func wakes(ctx context.Context) error {
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

func Test(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() { _ = try(ctx) }()
	time.Sleep(time.Second)
}

func helper(ctx context.Context, tb testing.TB) {
	time.Sleep(time.Second)
}

// The name says little: it isn't time's.
func Sleep(d time.Duration) {}

func ownSleep(ctx context.Context) {
	Sleep(time.Second)
}

func ownRequest() {
	r, _ := http.NewRequest("GET", "/", nil)
	_ = r
	time.Sleep(time.Second)
}

type server struct{ name string }

func (s *server) run() {
	for !ready() {
		time.Sleep(time.Second)
	}
}

// What is deferred is wrapped first.
func undo(err *error, f func()) func() { return func() { f() } }

func wrapped(ctx context.Context) (err error) {
	defer undo(&err, func() {
		time.Sleep(time.Second)
	})()
	return try(ctx)
}

var menuDelay time.Duration

func init() { menuDelay = 10 * time.Millisecond }

// All that the variable ever holds is short.
func menus(ctx context.Context, add func()) {
	for range 5 {
		time.Sleep(menuDelay)
		add()
	}
}

type base struct{ t *testing.T }

func (b base) T() *testing.T { return b.t }

type suite struct {
	base
	ctx context.Context
}

// A method of a suite is a test.
func (s *suite) TestExpiry() {
	_ = try(s.ctx)
	time.Sleep(time.Second)
	_ = try(s.ctx)
}

type stream interface {
	Context() context.Context
	SendMsg(m any) error
	RecvMsg(m any) error
	SetTrailer(map[string][]string)
}

// The stream has ended: what it brought is written all the same.
func follow(s stream, write func() error) {
	for {
		if s.RecvMsg(nil) != nil {
			break
		}
	}
	for write() != nil {
		time.Sleep(time.Second)
	}
}

func upload(ctx context.Context, put, del func(context.Context) error) error {
	remove := func() {
		time.Sleep(time.Second) // the other side may still be at it
		_ = del(ctx)
	}
	err := put(ctx)
	if err != nil {
		remove()
	}
	return err
}

type task struct{ dir string }

func (t *task) Cleanup(ctx context.Context) error {
	time.Sleep(time.Second) // somebody may still write
	return try(ctx)
}

// A step of a test.
func sleepFor(d time.Duration) func(context.Context, *testing.T) {
	return func(ctx context.Context, t *testing.T) {
		t.Helper()
		time.Sleep(d)
	}
}

// Nothing of it runs before a test has rewritten it.
func withMark(ctx context.Context) error {
	failpoint.Inject("slow", func(v any) {
		time.Sleep(time.Duration(v.(int)) * time.Second)
	})
	return try(ctx)
}
