// A timeout of 50 ms is asked for, and the work of half a second finishes.
package main

import (
	"context"
	"fmt"
	"time"
)

func main() {
	fmt.Println("finished:", limited(context.Background()))
}

func limited(ctx context.Context) error {
	_, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	return work(ctx)
}

func work(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(500 * time.Millisecond):
		return nil
	}
}
