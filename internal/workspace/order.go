package workspace

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"sync"

	"golang.org/x/sync/errgroup"
)

// inOrder calls do for each node, on several goroutines, but for none before
// what it needs is done, as far as that is among nodes. It ends early with the
// first error, which a panic in do is too; all goroutines have ended when it
// returns.
func inOrder(ctx context.Context, nodes []*node, needs func(*node) []string, do func(context.Context, *node) error) error {
	if len(nodes) == 0 {
		return context.Cause(ctx)
	}
	waiting := make(map[string]int, len(nodes)) // for so many others
	followers := make(map[string][]*node)
	for _, n := range nodes {
		waiting[n.id] = 0
	}
	ready := make(chan *node, len(nodes))
	for _, n := range nodes {
		for _, dep := range needs(n) {
			if _, ok := waiting[dep]; ok {
				waiting[n.id]++
				followers[dep] = append(followers[dep], n)
			}
		}
		if waiting[n.id] == 0 {
			ready <- n
		}
	}
	var mu sync.Mutex
	left := len(nodes)
	finish := func(n *node) {
		mu.Lock()
		defer mu.Unlock()
		for _, next := range followers[n.id] {
			if waiting[next.id]--; waiting[next.id] == 0 {
				ready <- next // has room for all
			}
		}
		if left--; left == 0 {
			close(ready)
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	for range min(runtime.GOMAXPROCS(0), len(nodes)) {
		group.Go(func() error {
			for {
				select {
				case <-ctx.Done():
					return context.Cause(ctx)
				case n, ok := <-ready:
					if !ok {
						return nil
					}
					if err := guarded(n.id, func() error { return do(ctx, n) }); err != nil {
						return err
					}
					finish(n)
				}
			}
		})
	}
	return group.Wait()
}

// guarded calls f on a goroutine of this package. A panic there is an error
// of the call that f is part of: nobody else could recover from it.
func guarded(what string, f func() error) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			slog.Error("a panic ended a call", "what", what, "panic", reason, "stack", string(debug.Stack()))
			err = fmt.Errorf("%s: panic: %v (%s)", what, reason, panicSite())
		}
	}()
	return f()
}
