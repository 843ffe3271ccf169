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
		for i := 0; ; i++ {
			out <- i
		}
	}()
	return out
}

type pool struct{ jobs chan func() }

func (p *pool) do(ctx context.Context, job func()) {
	select {
	case p.jobs <- job:
	case <-ctx.Done():
	}
}

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

// answer wants the error of its goroutine also when the context is done.
func answer(ctx context.Context) error {
	errc := make(chan error)
	go func() {
		<-ctx.Done()
		errc <- ctx.Err()
	}()
	select {
	case err := <-errc:
		return err
	case <-time.After(time.Minute):
		return nil
	}
}

func main() {
	start := runtime.NumGoroutine()
	ctx, cancel := context.WithCancel(context.Background())
	sum := 0
	for in, n := numbers(ctx), 0; n < 10; {
		select {
		case n = <-in:
			sum += n
		case <-ctx.Done():
			return
		}
	}
	p := &pool{make(chan func())}
	p.start(ctx)
	done := make(chan struct{})
	p.do(ctx, func() { close(done) })
	<-done
	beat(ctx)
	result(ctx)
	cancel()
	answers := 0
	for range 20 {
		if answer(ctx) != nil {
			answers++
		}
	}
	left := runtime.NumGoroutine() - start
	for range 40 {
		if left == 0 {
			break
		}
		time.Sleep(25 * time.Millisecond)
		left = runtime.NumGoroutine() - start
	}
	fmt.Printf("sum=%d answers=%d left=%d\n", sum, answers, left)
}
