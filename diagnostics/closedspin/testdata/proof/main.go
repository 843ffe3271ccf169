// Proof counts the turns of a loop whose producer has closed its channel.
package main

import (
	"context"
	"fmt"
	"time"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	values := make(chan int)
	go func() {
		defer close(values)
		for i := range 10 {
			values <- i
		}
	}()
	fmt.Printf("turns=%d\n", consume(ctx, values))
}

func consume(ctx context.Context, values <-chan int) (turns int) {
	for {
		turns++
		select {
		case <-values:
		case <-ctx.Done():
			return turns
		}
	}
}
