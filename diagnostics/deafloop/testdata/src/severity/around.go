package severity

import (
	"context"
	"os"
	"sync"
	"testing"
	"time"
)

var forever func(f func(), pause time.Duration)

// Whoever gets the literal may call it again at once.
func handed(ctx context.Context, c chan int) {
	go forever(func() {
		for { // want "this loop"
			<-c
			_ = try(ctx)
		}
	}, 0)
}

// Once is once.
func handedOnce(ctx context.Context, once *sync.Once, c chan int) {
	once.Do(func() {
		for { // want "this loop"
			<-c
			_ = try(ctx)
		}
	})
}

// The test's context is done only when the test has returned.
func awaits(t *testing.T) {
	for { // want "this loop"
		_, err := os.Stat(t.Context().Value(t).(string))
		if err == nil {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// A goroutine of the test goes on.
func awaitsInGoroutine(t *testing.T) {
	go func() {
		for { // want "this loop"
			_, err := os.Stat(t.Context().Value(t).(string))
			if err == nil {
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
}
