package severity

import (
	"context"
	"log"
	"sync"
	"time"
)

func try(ctx context.Context) error { return ctx.Err() }
func refresh()                      {}

type owner struct{ ctx context.Context }

func (o *owner) run() {
	for { // want "this loop"
		refresh()
		time.Sleep(time.Second)
	}
}

// The goroutine may be meant to outlive ctx.
func detached(ctx context.Context) {
	log.Print(ctx)
	go func() {
		for { // want "this loop"
			refresh()
			time.Sleep(time.Second)
		}
	}()
}

func inGoroutine(ctx context.Context) {
	go func() {
		for { // want "this loop"
			_ = try(ctx)
			time.Sleep(time.Second)
		}
	}()
}

// Nobody learns that it gave up.
func untold(ctx context.Context) int {
	for { // want "this loop"
		if try(ctx) == nil {
			return 1
		}
	}
}

func unlocks(ctx context.Context, mu *sync.Mutex) {
	mu.Lock()
	for { // want "this loop"
		if try(ctx) == nil {
			break
		}
	}
	mu.Unlock()
}
