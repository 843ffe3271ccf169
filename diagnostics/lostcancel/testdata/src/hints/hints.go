package main

import (
	"context"
	"net/http"
	"testing"
	"time"

	"pb"
)

func use(context.Context) error { return nil }
func bad(context.Context) bool  { return false }

// The call depends on the same condition as the creation.
func correlated(c context.Context, deep bool) {
	var stop func()
	if deep {
		c, stop = context.WithCancel(c) // want `isn't called`
	}
	use(c)
	if deep {
		stop()
	}
}

// The parent is a local whose cancel is deferred.
func localParent(p context.Context) {
	root, stopAll := context.WithCancel(p)
	defer stopAll()
	c, stop := context.WithCancel(root) // want `isn't called`
	if bad(c) {
		return
	}
	stop()
}

// The request's context ends with the handler.
func handle(w http.ResponseWriter, r *http.Request) {
	c, stop := context.WithCancel(r.Context()) // want `isn't called`
	if bad(c) {
		return
	}
	stop()
}

// The test's context ends with the test.
func inTest(t *testing.T) {
	c, stop := context.WithCancel(t.Context()) // want `isn't called`
	if bad(c) {
		return
	}
	stop()
}

type conf struct{ deep bool }

// The same field, unchanged in between.
func correlatedField(c context.Context, conf *conf) {
	var stop context.CancelFunc
	if conf.deep {
		c, stop = context.WithCancel(c) // want `isn't called`
	}
	use(c)
	if !conf.deep {
		return
	}
	stop()
}

// A condition and its opposite.
func opposite(c context.Context, n int) {
	var stop context.CancelFunc
	if n > 0 {
		c, stop = context.WithCancel(c) // want `isn't called`
	}
	use(c)
	if n <= 0 {
		return
	}
	stop()
}

func (c *conf) isDeep() bool { return c.deep }

// What a method says twice.
func asked(c context.Context, conf *conf) {
	var stop context.CancelFunc
	if conf.isDeep() {
		c, stop = context.WithCancel(c) // want `isn't called`
	}
	use(c)
	if conf.isDeep() {
		stop()
	}
}

// Only a loop without a turn misses the call.
func perFile(p context.Context, files []string, run func(string, func())) {
	c, stop := context.WithCancel(p) // want `isn't called`
	use(c)
	for _, f := range files {
		run(f, func() { stop() })
	}
}

// The program ends with main.
func main() {
	c, stop := context.WithCancel(context.Background()) // want `isn't called`
	if bad(c) {
		return
	}
	stop()
}

var shared context.Context

// All that follows in the process works under it.
func share() {
	c, stop := context.WithCancel(context.Background()) // want `isn't called`
	if use(c) != nil {
		stop()
		return
	}
	shared = c
}

// What is done has freed what it held.
func untilHeard(c context.Context, heard <-chan int) {
	for {
		tried, stop := context.WithTimeout(c, time.Second) // want `isn't called before the next turn`
		use(tried)
		select {
		case <-tried.Done():
		case <-heard:
			stop()
			return
		}
	}
}

type calls struct{}

func (calls) Follow(s pb.Stream) error {
	c, stop := context.WithCancel(s.Context()) // want `isn't called`
	if bad(c) {
		return nil
	}
	stop()
	return nil
}

// The parent is captured, and the function around cancels it.
func subtests(t *testing.T) {
	parent, stop := context.WithCancel(context.Background())
	defer stop()
	t.Run("within", func(t *testing.T) {
		child, _ := context.WithCancel(parent) // want `thrown away`
		use(child)
	})
	func() {
		child, _ := context.WithCancel(parent) // want `thrown away`
		use(child)
	}()
}

// guard ends all that it has made.
type guard struct {
	cancels map[int]context.CancelFunc
	next    int
}

func (g *guard) create(ctx context.Context, alone bool) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	if alone {
		return ctx, cancel
	}
	return ctx, g.keep(cancel)
}

func (g *guard) keep(cancel context.CancelFunc) context.CancelFunc {
	cancel = g.add(cancel)
	return cancel
}

func (g *guard) add(cancel context.CancelFunc) context.CancelFunc {
	g.next++
	id := g.next
	g.cancels[id] = cancel
	return g.ender(id)
}

func (g *guard) ender(id int) context.CancelFunc {
	return func() {
		g.cancels[id]()
		delete(g.cancels, id)
	}
}

func (g *guard) quit() {
	for _, cancel := range g.cancels {
		cancel()
	}
}

func guarded(g *guard) error {
	ctx, _ := g.create(context.Background(), false) // want `the cancel function returned by g.create is thrown away`
	return ctx.Err()
}

// The goroutine calls it in the end.
func runs(ctx context.Context, work func(context.Context)) context.CancelFunc {
	ctx, abort := context.WithCancel(ctx)
	go func() {
		defer abort()
		work(ctx)
	}()
	return abort
}

func runAndForget(ctx context.Context, work func(context.Context)) {
	runs(ctx, work) // want `the cancel function returned by runs is thrown away`
}

// Somebody has looked at these and told vet so.
func leftToTheTimeout() context.Context {
	//nolint:govet // the timeout takes care of it
	ctx, _ := context.WithTimeout(context.Background(), time.Second) // want `the cancel function returned by context.WithTimeout is thrown away`
	return ctx
}

func leftInTheLine() context.Context {
	ctx, _ := context.WithTimeout(context.Background(), time.Second) //nolint:govet,staticcheck // want `the cancel function returned by context.WithTimeout is thrown away`
	return ctx
}
