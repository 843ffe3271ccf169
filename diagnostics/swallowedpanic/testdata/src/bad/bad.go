// Package bad has goroutines of groups that swallow their panics.
package bad

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"os"
	"runtime/debug"
	"sync"

	"golang.org/x/sync/errgroup"
)

func work(ctx context.Context) { <-ctx.Done() }

func fail() error { panic("bug") }

func waitGroup(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer func() {
				if r := recover(); r != nil { // want "this swallows a panic of the goroutine that starts at line 26: the others of its group aren't told"
					log.Printf("panic: %v", r)
				}
			}()
			work(ctx)
		}()
	}
	wg.Wait()
}

func wgGo(ctx context.Context) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	wg.Go(func() {
		defer func() {
			if r := recover(); r != nil { // want "swallows a panic"
				slog.Error("panic", "err", r, "stack", string(debug.Stack()))
			}
		}()
		fail()
	})
	wg.Go(func() { work(ctx) })
	wg.Wait()
}

func errGroup(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer func() {
			if r := recover(); r != nil { // want "swallows a panic"
				fmt.Fprintln(os.Stderr, r)
			}
		}()
		return fail()
	})
	g.Go(func() error {
		work(ctx)
		return nil
	})
	return g.Wait()
}

func bare(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			defer func() {
				recover() // want "swallows a panic"
			}()
			work(ctx)
		})
	}
	wg.Wait()
}

func compared(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			defer func() {
				if recover() != nil { // want "swallows a panic"
					log.Print("panic")
				}
			}()
			work(ctx)
		})
	}
	wg.Wait()
}

func sharedHelper(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			defer catch() // want "swallows a panic"
			work(ctx)
		})
	}
	wg.Wait()
}

func catch() {
	if r := recover(); r != nil {
		log.Print(r)
	}
}

type logger struct{}

func (logger) Errorf(format string, args ...any) {}

type service struct {
	wg  sync.WaitGroup
	log logger
}

func (s *service) start(ctx context.Context) {
	s.wg.Add(2)
	go s.loop(ctx)
	go s.other(ctx)
}

func (s *service) loop(ctx context.Context) {
	defer s.wg.Done()
	defer func() {
		if r := recover(); r != nil { // want "swallows a panic"
			s.log.Errorf("panic: %v", r)
		}
	}()
	work(ctx)
}

func (s *service) other(ctx context.Context) {
	defer s.wg.Done()
	work(ctx)
}

func sharedContext(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		defer func() {
			if r := recover(); r != nil { // want "swallows a panic"
				log.Print(r)
			}
		}()
		work(ctx)
	}()
	go work(ctx)
	<-ctx.Done()
}

func localOnly(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			defer func() {
				r := recover() // want "swallows a panic"
				message := fmt.Sprint(r)
				if r != nil {
					log.Print(message)
				}
			}()
			work(ctx)
		})
	}
	wg.Wait()
}

func generic[T any](xs []T, f func(T)) {
	var wg sync.WaitGroup
	for _, x := range xs {
		wg.Go(func() {
			defer func() {
				if r := recover(); r != nil { // want "swallows a panic"
					log.Print(r)
				}
			}()
			f(x)
		})
	}
	wg.Wait()
}
