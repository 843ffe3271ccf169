// The program counts the goroutines that are left a while after their context
// was cancelled: a producer whose reader has gone, a worker whose queue nobody
// closes, and a ticker's loop.
package main

import (
	"context"
	"fmt"
	"runtime"
	"time"
)

func numbers(ctx context.Context) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for i := 0; ; i++ {
			out <- i
		}
	}()
	return out
}

type pool struct{ jobs chan func() }

func (p *pool) do(job func()) { p.jobs <- job }

func (p *pool) start(ctx context.Context) {
	for range 3 {
		go func() {
			for job := range p.jobs {
				job()
			}
		}()
	}
}

func beat(ctx context.Context) {
	ticker := time.NewTicker(10 * time.Millisecond)
	go func() {
		defer ticker.Stop()
		for range ticker.C {
			runtime.Gosched()
		}
	}()
}

func result(ctx context.Context) int {
	ch := make(chan int)
	go func() {
		time.Sleep(20 * time.Millisecond)
		ch <- 1
	}()
	select {
	case v := <-ch:
		return v
	case <-time.After(5 * time.Millisecond):
		return 0
	}
}

func main() {
	start := runtime.NumGoroutine()
	ctx, cancel := context.WithCancel(context.Background())
	sum := 0
	for n := range numbers(ctx) {
		if sum += n; n == 10 {
			break
		}
	}
	p := &pool{make(chan func())}
	p.start(ctx)
	done := make(chan struct{})
	p.do(func() { close(done) })
	<-done
	beat(ctx)
	result(ctx)
	cancel()
	left := runtime.NumGoroutine() - start
	for range 40 {
		if left == 0 {
			break
		}
		time.Sleep(25 * time.Millisecond)
		left = runtime.NumGoroutine() - start
	}
	fmt.Printf("sum=%d left=%d\n", sum, left)
}
