package hints

import (
	"context"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"
)

func try(context.Context) error { return nil }

// A delay that has nothing to do with the request.
func quit(ctx context.Context) error {
	go func() {
		time.Sleep(2 * time.Second) // want `goes on when ctx is done`
		os.Exit(0)
	}()
	return nil
}

// The command has a context if whoever executes it gives it one.
func retry(cmd *cobra.Command, n int) {
	for range n {
		time.Sleep(time.Second) // want `goes on when cmd.Context\(\) is done`
	}
}

type file struct {
	ctx   context.Context
	ready chan bool
}

// The field may be there for its values.
func (f *file) settle() bool {
	for range 50 {
		if len(f.ready) > 0 {
			return true
		}
		time.Sleep(200 * time.Millisecond) // want `goes on when f.ctx is done`
	}
	return false
}

type key struct{}

// Whoever calls it gives it a context that is never done.
func paced(ctx context.Context, n int) {
	for range n {
		time.Sleep(time.Second) // want `goes on when ctx is done`
	}
}

func Pace() {
	ctx := context.WithValue(context.Background(), key{}, 1)
	paced(ctx, 3)
	paced(context.TODO(), 4)
}

// It looks at the context in each turn, and the sleep is short.
func pollShort(ctx context.Context, path string) error {
	for {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if _, err := os.Stat(path); err == nil {
			return nil
		}
		time.Sleep(200 * time.Millisecond) // want `goes on when ctx is done: nothing wakes it for up to 200ms`
	}
}

func deleteIt(context.Context) error { return nil }

// It takes back what was done, and has to come to an end.
func saveOrUndo(ctx context.Context, pause time.Duration) error {
	err := try(ctx)
	if err != nil {
		for range 5 {
			if deleteIt(ctx) == nil {
				break
			}
			time.Sleep(pause) // want `goes on when ctx is done: nothing wakes it for all of pause`
		}
	}
	return err
}

// As short as is reported.
func barely(ctx context.Context) {
	time.Sleep(100 * time.Millisecond) // want `goes on when ctx is done: nothing wakes it for up to 100ms`
}

// Somebody asked for it.
func debugPause(ctx context.Context) error {
	if d := os.Getenv("DEBUG_PAUSE"); d != "" {
		pause, err := time.ParseDuration(d)
		if err != nil {
			return err
		}
		time.Sleep(pause) // want `this sleep goes on when ctx is done`
	}
	return try(ctx)
}

// The goroutine has a context of its own.
func pushLater(ctx context.Context, user string) {
	go func() {
		own := context.WithValue(context.Background(), key{}, ctx.Value(key{}))
		for range 3 {
			time.Sleep(time.Second) // want `this sleep goes on when ctx is done`
			if try(own) == nil {
				return
			}
		}
	}()
}

// First the one end, then the other.
func shutLate(ctx context.Context, gone <-chan struct{}, shutdown func(context.Context) error) {
	go func() {
		<-gone
		time.Sleep(20 * time.Second) // want `this sleep goes on when ctx is done`
		_ = shutdown(ctx)
	}()
}

// What goes once after the request is meant to come later.
func keptForOthers(w http.ResponseWriter, r *http.Request, once *sync.Once, remove func()) {
	if err := try(r.Context()); err != nil {
		return
	}
	go once.Do(func() {
		time.Sleep(30 * time.Second) // want `this sleep goes on when r.Context\(\) is done`
		remove()
	})
}

// A number of microseconds, whatever it is, is meant to be brief.
func bench(ctx context.Context, pause *int) {
	for ctx.Err() == nil {
		time.Sleep(time.Duration(*pause) * time.Microsecond) // want `goes on when ctx is done`
	}
}

// Nobody waits for it.
func registers(ctx context.Context, register func(context.Context) error) {
	go func() {
		time.Sleep(time.Minute) // want `goes on when ctx is done`
		_ = register(ctx)
	}()
}

// Nobody waits for it, and it has nothing to do with the context.
func crawls(ctx context.Context, fetch func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	get := func() {
		for range 10 {
			_ = fetch()
			time.Sleep(time.Second) // want `goes on when ctx is done`
		}
	}
	go get()
	return nil
}

// It is there to delay.
func delayAnswer(ctx context.Context, least time.Duration) {
	time.Sleep(least) // want `goes on when ctx is done`
}

// A pause against guessing.
func authFailed(w http.ResponseWriter, r *http.Request, delay int) {
	time.Sleep(time.Duration(delay) * time.Second) // want `goes on when r.Context\(\) is done`
	w.WriteHeader(http.StatusUnauthorized)
}

type SlowMockCache struct{ latency time.Duration }

// The latency is that of what it stands for.
func (c *SlowMockCache) Get(ctx context.Context) error {
	time.Sleep(c.latency) // want `goes on when ctx is done`
	return ctx.Err()
}

// It is gone one pause later, and nobody waits for that.
func polls(ctx context.Context) {
	go func() {
		for {
			if err := ctx.Err(); err != nil {
				return
			}
			if try(ctx) == nil {
				return
			}
			time.Sleep(5 * time.Second) // want `goes on when ctx is done`
		}
	}()
}
