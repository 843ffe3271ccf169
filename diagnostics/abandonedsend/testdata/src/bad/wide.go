package bad

import (
	"context"
	"errors"
)

type job struct{ dry bool }

func compute() int { return 1 }

// The field has nothing to do with the start of the sender.
func (j *job) early() error {
	ch := make(chan int)
	go func() {
		ch <- compute() // want `goroutine can block for ever as it wants to send to ch: its receiver can leave first`
	}()
	if j.dry {
		return errors.New("dry")
	}
	v := <-ch
	_ = v
	return nil
}

// It asks for the start, and not for each value.
func gate() error {
	start, out := make(chan struct{}), make(chan int)
	go func() {
		<-start
		for {
			out <- compute() // want `goroutine can block for ever as it wants to send to out: its receiver can leave first`
		}
	}()
	start <- struct{}{}
	for v := range out {
		if v > 100 {
			return errors.New("bad")
		}
	}
	return nil
}

// Done is held as a method value.
func bound(ctx context.Context) error {
	ch := make(chan int)
	go func() {
		for {
			ch <- compute() // want `goroutine can block for ever as it wants to send to ch: its receiver can leave first`
		}
	}()
	done := ctx.Done
	for {
		select {
		case v := <-ch:
			_ = v
		case <-done():
			return ctx.Err()
		}
	}
}
