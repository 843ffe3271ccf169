// The program tells whether the work of a goroutine comes to its end although
// the function that started it has returned.
package main

import (
	"context"
	"fmt"
	"time"
)

func save(ctx context.Context, saved chan<- string) {
	select {
	case <-time.After(200 * time.Millisecond):
		saved <- "saved"
	case <-ctx.Done():
		saved <- "cut off"
	}
}

type task func(ctx context.Context, saved chan<- string)

func accept(ctx context.Context, t task, saved chan<- string) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	go func() {
		t(ctx, saved)
	}()
}

func main() {
	saved := make(chan string, 1)
	accept(context.Background(), save, saved)
	fmt.Println(<-saved)
}
