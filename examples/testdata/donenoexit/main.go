// Command donenoexit spins once it is told to stop: its break leaves the
// select, not the loop.
package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

var turns atomic.Int64

func watch(ctx context.Context, ticks <-chan time.Time) {
	for {
		turns.Add(1)
		select {
		case now := <-ticks:
			fmt.Println("tick", now.Second())
		case <-ctx.Done():
			break
		}
	}
}

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	left := make(chan struct{})
	go func() {
		defer close(left)
		watch(ctx, ticker.C)
	}()
	cancel()
	select {
	case <-left:
		fmt.Println("the loop was left")
	case <-time.After(200 * time.Millisecond):
		fmt.Println("the loop still turns, more than a thousand times:", turns.Load() > 1000)
	}
}
