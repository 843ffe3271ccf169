// Package ok has goroutines that recover and tell, or have nobody to tell.
package ok

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"sync"

	"golang.org/x/sync/errgroup"
)

func work(ctx context.Context) { <-ctx.Done() }

func cancels(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					log.Print(r)
					cancel()
				}
			}()
			work(ctx)
		})
	}
	wg.Wait()
}

func cancelsAlways(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			defer cancel()
			defer func() { log.Print(recover()) }()
			work(ctx)
		})
	}
	wg.Wait()
}

func returnsError(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for range 3 {
		g.Go(func() (err error) {
			defer func() {
				if r := recover(); r != nil {
					err = fmt.Errorf("panic: %v", r)
				}
			}()
			work(ctx)
			return nil
		})
	}
	return g.Wait()
}

func sends(ctx context.Context) error {
	errs := make(chan error, 3)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					errs <- fmt.Errorf("panic: %v", r)
				}
			}()
			work(ctx)
		})
	}
	return <-errs
}

func closes(ctx context.Context) {
	failed := make(chan struct{})
	var once sync.Once
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					once.Do(func() { close(failed) })
				}
			}()
			work(ctx)
		})
	}
	wg.Wait()
}

func stores(ctx context.Context) error {
	var mu sync.Mutex
	var failure error
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					mu.Lock()
					defer mu.Unlock()
					failure = errors.Join(failure, fmt.Errorf("panic: %v", r))
				}
			}()
			work(ctx)
		})
	}
	wg.Wait()
	return failure
}

func panicsOn(ctx context.Context) {
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					log.Print("panic")
					panic(r)
				}
			}()
			work(ctx)
		})
	}
	wg.Wait()
}

func exits(ctx context.Context) {
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					log.Print(r)
					os.Exit(2)
				}
			}()
			work(ctx)
		})
	}
	wg.Wait()
}

func fatal(ctx context.Context) {
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					log.Fatal(r)
				}
			}()
			work(ctx)
		})
	}
	wg.Wait()
}

type service struct{ failed error }

func (s *service) fail(r any) { s.failed = fmt.Errorf("%v", r) }

func reports(ctx context.Context, s *service) {
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					s.fail(r)
				}
			}()
			work(ctx)
		})
	}
	wg.Wait()
}

func callback(ctx context.Context, failed func(any)) {
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					failed(r)
				}
			}()
			work(ctx)
		})
	}
	wg.Wait()
}

func alone(ctx context.Context) {
	go func() {
		defer func() { log.Print(recover()) }()
		work(ctx)
	}()
}

func aloneInGroup(ctx context.Context) {
	var wg sync.WaitGroup
	wg.Go(func() {
		defer func() { log.Print(recover()) }()
		work(ctx)
	})
	wg.Wait()
}

func noRecover(ctx context.Context) {
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			defer func() { log.Print("over") }()
			work(ctx)
		})
	}
	wg.Wait()
}

func notAGoroutine(ctx context.Context) {
	defer func() {
		if r := recover(); r != nil {
			log.Print(r)
		}
	}()
	work(ctx)
}

func insideOfATurn(ctx context.Context) {
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { turn(ctx) })
	}
	wg.Wait()
}

func turn(ctx context.Context) {
	defer func() {
		if r := recover(); r != nil {
			log.Print(r)
		}
	}()
	work(ctx)
}

func closesAlways(ctx context.Context, n int) {
	for range n {
		done := make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			defer close(done)
			defer func() { log.Print(recover()) }()
			work(ctx)
		})
		<-done
	}
}
