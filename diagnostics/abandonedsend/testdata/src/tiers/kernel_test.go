package tiers

import (
	"context"
	"testing"
)

type worker struct{ stop <-chan bool }

// It takes part in no test by itself.
func (w *worker) run(work func() int) int {
	done := make(chan int)
	go func() {
		done <- work() // want `goroutine can block for ever as it wants to send to done: its receiver can leave first`
	}()
	select {
	case n := <-done:
		return n
	case <-w.stop:
		return 0
	}
}

func TestWorker(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if n := (&worker{}).run(func() int { return len(ctx.Err().Error()) }); n == 0 {
		t.Error("nothing")
	}
}
