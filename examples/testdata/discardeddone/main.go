// Command discardeddone means to serve until it is told to stop, but ctx.Done()
// only yields a channel: it waits for nothing.
package main

import (
	"context"
	"fmt"
	"time"
)

func serve(ctx context.Context) {
	fmt.Println("serving")
	ctx.Done()
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	start := time.Now()
	serve(ctx)
	fmt.Println("served for", time.Since(start).Round(100*time.Millisecond))
}
