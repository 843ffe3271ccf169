package hints

import (
	"context"
	"sync"
)

type watcher interface{ Watch(context.Context) }

// H1: all of them live until the function is done with them.
func all(p context.Context, ws []watcher) {
	var wg sync.WaitGroup
	for _, w := range ws {
		ctx, cancel := context.WithCancel(p)
		defer cancel() // want `contexts pile up`
		wg.Add(1)
		go func() {
			defer wg.Done()
			w.Watch(ctx)
		}()
	}
	wg.Wait()
}

// H2: a callee that may keep it.
func watches(p context.Context, ws []watcher) {
	for _, w := range ws {
		ctx, cancel := context.WithCancel(p)
		defer cancel() // want `contexts pile up`
		w.Watch(ctx)
	}
}
