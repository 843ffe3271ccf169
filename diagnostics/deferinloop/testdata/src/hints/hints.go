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

type stream struct{ ctx context.Context }

func open(ctx context.Context) (*stream, error) { return &stream{ctx}, ctx.Err() }

// H3: what is made with them is used after the loop.
func collect(p context.Context) []error {
	var all []*stream
	for {
		ctx, cancel := context.WithCancel(p)
		defer cancel() // want `contexts pile up`
		s, err := open(ctx)
		if err != nil {
			break
		}
		all = append(all, s)
	}
	var errs []error
	for _, s := range all {
		errs = append(errs, s.ctx.Err())
	}
	return errs
}
