// Package fan runs functions in goroutines: some wait for them, some don't.
package fan

import (
	"context"
	"sync"
)

// Out runs pieces in several goroutines, and returns when all are done.
func Out(ctx context.Context, pieces int, piece func(int)) {
	todo := make(chan int, pieces)
	for i := range pieces {
		todo <- i
	}
	close(todo)
	var wg sync.WaitGroup
	wg.Add(4)
	for range 4 {
		go func() {
			defer wg.Done()
			for i := range todo {
				select {
				case <-ctx.Done():
					return
				default:
					piece(i)
				}
			}
		}()
	}
	wg.Wait()
}

type Runner struct{ done func() }

// Until wraps the piece, and hands it on.
func (r Runner) Until(ctx context.Context, pieces int, piece func(int)) {
	Out(ctx, pieces, func(i int) {
		piece(i)
		r.done()
	})
}

// Deferred waits as it returns.
func Deferred(f func()) {
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(f)
}

// Off returns at once.
func Off(f func()) { go f() }

// Twice returns at once as well, one call down.
func Twice(f func()) {
	Off(func() {
		f()
		f()
	})
}
