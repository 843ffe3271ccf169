// Command discardeddone means to wait for a signal to stop, and doesn't.
package main

import (
	"context"
	"fmt"
	"time"
)

func serve(ctx context.Context) {
	fmt.Println("serving")
	ctx.Done() // yields the channel, waits for nothing
	fmt.Println("stopping")
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	start := time.Now()
	serve(ctx)
	fmt.Println("served for", time.Since(start).Round(100*time.Millisecond))
}
