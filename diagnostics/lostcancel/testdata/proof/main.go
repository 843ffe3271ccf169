// Command main handles 100 requests under a parent that outlives them. The
// parent is a context of its own type, so that the context package starts a
// goroutine for each child, which ends when the child is cancelled.
package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"
)

type session struct{ context.Context }

func (session) Done() <-chan struct{} { return closing }

var closing = make(chan struct{})

var errInvalid = errors.New("invalid")

func handle(ctx context.Context, valid bool) error {
	ctx, cancel := context.WithCancel(ctx)
	if !valid {
		return errInvalid
	}
	err := ctx.Err()
	cancel()
	return err
}

func main() {
	parent := session{context.Background()}
	for i := range 100 {
		handle(parent, i%2 == 0)
	}
	for range 100 { // goroutines that have been told to end need a moment
		if runtime.NumGoroutine() == 1 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	fmt.Printf("goroutines=%d\n", runtime.NumGoroutine())
}
