// Command deafgoroutine leaves a goroutine behind that waits for a job which
// nobody will ever send.
package main

import (
	"context"
	"fmt"
	"runtime"
	"time"
)

func start(ctx context.Context, jobs <-chan string) {
	go func() {
		for {
			job := <-jobs
			handle(ctx, job)
		}
	}()
}

func submit(ctx context.Context, jobs chan<- string, job string) {
	select {
	case jobs <- job:
	case <-ctx.Done():
	}
}

func handle(ctx context.Context, job string) {
	if ctx.Err() == nil {
		fmt.Println("done:", job)
	}
}

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	jobs := make(chan string)
	start(ctx, jobs)
	submit(ctx, jobs, "the only job")
	cancel()
	time.Sleep(100 * time.Millisecond)
	fmt.Println("goroutines:", runtime.NumGoroutine())
}
