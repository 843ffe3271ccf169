// The program shows when a goroutine that means to wait for its context
// closes what it watches over.
package main

import (
	"context"
	"fmt"
	"time"
)

func watch(ctx context.Context, closed chan<- time.Time) {
	go func() {
		ctx.Done()
		closed <- time.Now()
	}()
}

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	closed := make(chan time.Time, 1)
	watch(ctx, closed)
	time.Sleep(200 * time.Millisecond)
	cancelled := time.Now()
	cancel()
	if at := <-closed; at.Before(cancelled) {
		fmt.Println("closed before the cancel")
	} else {
		fmt.Println("closed after the cancel")
	}
}
