// Command abandonedsend leaves a goroutine behind for each question that is
// answered too late: nobody receives the answer any more.
package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"
)

func ask(ctx context.Context) (string, error) {
	answer := make(chan string)
	go func() {
		answer <- think()
	}()
	select {
	case a := <-answer:
		return a, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func think() string {
	time.Sleep(50 * time.Millisecond)
	return "42"
}

func main() {
	late := 0
	for range 100 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
		if _, err := ask(ctx); errors.Is(err, context.DeadlineExceeded) {
			late++
		}
		cancel()
	}
	time.Sleep(200 * time.Millisecond)
	fmt.Printf("%d answers came too late, goroutines: %d\n", late, runtime.NumGoroutine())
}
