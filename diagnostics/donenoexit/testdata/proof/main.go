// The program counts how often a loop turns within a second after its context
// is done, and whether its goroutine ends.
package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

var turns atomic.Int64

func copyUpdates(ctx context.Context, updates <-chan int, ended chan<- struct{}) {
	defer close(ended)
	for {
		turns.Add(1)
		select {
		case <-ctx.Done():
		case <-updates:
		}
	}
}

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go copyUpdates(ctx, make(chan int), ended)
	time.Sleep(50 * time.Millisecond)
	cancel()
	select {
	case <-ended:
		fmt.Printf("ended turns=%d\n", turns.Load())
	case <-time.After(time.Second):
		fmt.Printf("spinning turns=%d\n", turns.Load())
	}
}
