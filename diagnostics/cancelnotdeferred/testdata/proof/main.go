// Command main handles 100 requests of which every second one panics, under a
// parent that outlives them. The parent is a context of its own type, so that
// the context package starts a goroutine for each child, which ends when the
// child is cancelled.
package main

import (
	"context"
	"fmt"
	"runtime"
	"time"
)

type session struct{ context.Context }

func (session) Done() <-chan struct{} { return closing }

var closing = make(chan struct{})

func handle(parent context.Context, work func(context.Context)) {
	defer func() { _ = recover() }()
	ctx, cancel := context.WithCancel(parent)
	work(ctx)
	cancel()
}

func main() {
	parent := session{context.Background()}
	for i := range 100 {
		handle(parent, func(context.Context) {
			if i%2 == 0 {
				panic("no")
			}
		})
	}
	for range 100 { // goroutines that have been told to end need a moment
		if runtime.NumGoroutine() == 1 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	fmt.Printf("goroutines=%d\n", runtime.NumGoroutine())
}
