package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

var tries atomic.Int64

func try(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		tries.Add(1)
		return err
	}
	time.Sleep(time.Millisecond)
	return fmt.Errorf("not yet")
}

func retry(ctx context.Context) error {
	for {
		if err := try(ctx); err == nil {
			return nil
		}
		if tries.Load() > 1<<40 {
			panic("unreachable")
		}
	}
}

func poll(ctx context.Context, look func()) {
	for {
		look()
		time.Sleep(10 * time.Millisecond)
	}
}

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	var left atomic.Int64
	left.Store(2)
	go func() {
		_ = retry(ctx)
		left.Add(-1)
	}()
	go func() {
		poll(ctx, func() {})
		left.Add(-1)
	}()
	time.Sleep(50 * time.Millisecond)
	cancel()
	time.Sleep(10 * time.Millisecond)
	tries.Store(0)
	time.Sleep(300 * time.Millisecond)
	fmt.Printf("tries=%d left=%d\n", tries.Load(), left.Load())
}
