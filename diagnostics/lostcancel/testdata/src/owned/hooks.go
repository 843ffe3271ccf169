package owned

import (
	"context"
	"sync"
	"testing"
)

// The helper sees to the cancel itself.
func start(t *testing.T) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	t.Cleanup(func() {
		cancel()
		wg.Wait()
	})
	return ctx, cancel
}

func usesStart(t *testing.T) {
	ctx, _ := start(t)
	<-ctx.Done()
}

// double has the methods of a *testing.T, as the copies of package testing do.
type double interface {
	Cleanup(func())
	FailNow()
}

func startDouble(t double) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	return ctx, cancel
}

func usesDouble(t double) {
	ctx, _ := startDouble(t)
	<-ctx.Done()
}

type cancels struct {
	mu   sync.Mutex
	held map[string]context.CancelFunc
}

// A named result of a function with a defer is a variable.
func (c *cancels) get(id string) (fn context.CancelFunc, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	fn, ok = c.held[id]
	return fn, ok
}

func has(c *cancels) bool {
	_, ok := c.get("a")
	return ok
}

func keep(c *cancels, ctx context.Context) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	c.held["a"] = cancel
	return ctx
}
