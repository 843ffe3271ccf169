// The program measures how long a poller goes on after it was cancelled.
package main

import (
	"context"
	"fmt"
	"time"
)

func poll(ctx context.Context, ready func() bool) error {
	for ctx.Err() == nil {
		if ready() {
			return nil
		}
		time.Sleep(3 * time.Second)
	}
	return ctx.Err()
}

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- poll(ctx, func() bool { return false }) }()
	time.Sleep(100 * time.Millisecond)
	cancelled := time.Now()
	cancel()
	err := <-ended
	fmt.Printf("%d ms, %v\n", time.Since(cancelled).Milliseconds(), err)
}
