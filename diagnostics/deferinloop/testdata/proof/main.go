// Command main makes 100 requests in one call, under a parent that outlives
// them. The parent is a context of its own type, so that the context package
// starts a goroutine for each child, which ends when the child is cancelled.
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

func request(ctx context.Context) error { return ctx.Err() }

func all(parent context.Context, n int) {
	for range n {
		ctx, cancel := context.WithCancel(parent)
		defer cancel()
		if err := request(ctx); err != nil {
			fmt.Println(err)
		}
	}
	for range 100 { // goroutines that have been told to end need a moment
		if runtime.NumGoroutine() == 1 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	fmt.Printf("goroutines=%d\n", runtime.NumGoroutine())
}

func main() {
	all(session{context.Background()}, 100)
}
