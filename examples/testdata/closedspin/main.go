// Command closedspin turns at full speed from the moment on at which its
// channel is closed.
package main

import (
	"context"
	"fmt"
	"time"
)

var turns int

func consume(ctx context.Context, jobs <-chan int) {
	for {
		select {
		case <-ctx.Done():
			return
		case job := <-jobs:
			handle(job)
		}
	}
}

func handle(job int) { turns++ }

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	jobs := make(chan int, 3)
	go func() {
		defer close(jobs)
		for i := range 3 {
			jobs <- i
		}
	}()
	consume(ctx, jobs)
	if turns > 3 {
		fmt.Println("3 jobs were handled thousands of times")
	} else {
		fmt.Println("3 jobs were handled 3 times")
	}
}
