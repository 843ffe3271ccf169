package safe

import (
	"context"
	"errors"
	"time"
)

func do(ctx context.Context, v int)  {}
func slow(ctx context.Context) error { return ctx.Err() }

// The parent would wait in its send if the goroutine left.
func parentSends(ctx context.Context) {
	ch := make(chan int)
	go func() {
		for v := range ch { // want `goroutine can wait for ever`
			do(ctx, v)
		}
	}()
	for i := range 3 {
		ch <- i
	}
}

// The receiver wants the error also when the context is done.
func receiverStays(ctx context.Context) error {
	errc := make(chan error)
	go func() { errc <- slow(ctx) }() // want `goroutine can wait for ever`
	select {
	case err := <-errc:
		return err
	case <-time.After(time.Second):
		return errors.New("timeout")
	}
}

// Once the context is done the parent sends no more.
func parentListens(ctx context.Context) {
	ch := make(chan int)
	go func() {
		for v := range ch { // want `goroutine can wait for ever`
			do(ctx, v)
		}
	}()
	for i := range 3 {
		select {
		case ch <- i:
		case <-ctx.Done():
			return
		}
	}
}

// So it does where its context is derived from the goroutine's.
func parentListensLonger(ctx context.Context) {
	ch := make(chan int)
	go func() {
		for v := range ch { // want `goroutine can wait for ever`
			do(ctx, v)
		}
	}()
	short, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	done := short.Done()
	for i := range 3 {
		select {
		case ch <- i:
		case <-done:
			return
		}
	}
}

// A sender with a longer life than the goroutine's would wait.
func otherContext(other, ctx context.Context) {
	ch := make(chan int)
	go func() {
		for v := range ch { // want `goroutine can wait for ever`
			do(ctx, v)
		}
	}()
	select {
	case ch <- 1:
	case <-other.Done():
	}
}

// Detached from the goroutine's context, it would wait as well.
func detached(ctx context.Context) {
	ch := make(chan int)
	go func() {
		for v := range ch { // want `goroutine can wait for ever`
			do(ctx, v)
		}
	}()
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	select {
	case ch <- 1:
	case <-own.Done():
	}
}

// Two functions that get one context from their only caller.
func work(ctx context.Context, ch <-chan int) {
	for v := range ch { // want `goroutine can wait for ever`
		do(ctx, v)
	}
}

func produce(ctx context.Context, ch chan<- int) {
	select {
	case ch <- 1:
	case <-ctx.Done():
	}
}

func pair(ctx context.Context) {
	ch := make(chan int)
	go work(ctx, ch)
	produce(ctx, ch)
}

// A caller that has two contexts passes either.
func workFor(ctx context.Context, ch <-chan int) {
	for v := range ch { // want `goroutine can wait for ever`
		do(ctx, v)
	}
}

func produceFor(ctx context.Context, ch chan<- int) {
	select {
	case ch <- 1:
	case <-ctx.Done():
	}
}

func crossed(ctx, other context.Context) {
	ch := make(chan int)
	go workFor(ctx, ch)
	go workFor(other, ch)
	produceFor(other, ch)
}

// The goroutine's context ends before the sender's.
func shorter(ctx context.Context) {
	ch := make(chan int)
	go func() {
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		for v := range ch { // want `goroutine can wait for ever`
			do(ctx, v)
		}
	}()
	select {
	case ch <- 1:
	case <-ctx.Done():
	}
}

// One of two receivers stays.
func oneStays(ctx context.Context) {
	ch := make(chan int)
	go func() {
		for i := 0; ; i++ {
			ch <- i // want `goroutine can wait for ever`
		}
	}()
	go func() {
		select {
		case v := <-ch:
			do(ctx, v)
		case <-time.After(time.Second):
		}
	}()
	for {
		select {
		case v := <-ch:
			do(ctx, v)
		case <-ctx.Done():
			return
		}
	}
}

// With room the other sender would never drop its value.
func dropped(ctx context.Context) {
	ch := make(chan int)
	go func() { ch <- 1 }() // want `goroutine can wait for ever`
	go func() {
		select {
		case ch <- 2:
		default:
			do(ctx, 2)
		}
	}()
	select {
	case v := <-ch:
		do(ctx, v)
	case <-time.After(time.Second):
	}
}

// What lies in the buffer is worked off, with or without the context.
func buffered(ctx context.Context) {
	ch := make(chan int, 3)
	go func() {
		for v := range ch { // want `goroutine can wait for ever`
			do(ctx, v)
		}
	}()
	for i := range 3 {
		ch <- i
	}
}

// The receiver leaves with the context: nobody wants the rest.
func receiverListens(ctx context.Context) (sum int) {
	ch := make(chan int)
	go func() {
		for i := 0; ; i++ {
			ch <- i // want `goroutine can wait for ever`
		}
	}()
	for {
		select {
		case v := <-ch:
			sum += v
		case <-ctx.Done():
			return sum
		}
	}
}

// The receiver would take the close for the end of the numbers.
func closed(ctx context.Context) (sum int, err error) {
	ch := make(chan int)
	go func() {
		defer close(ch)
		for i := range 100 {
			ch <- i // want `goroutine can wait for ever`
		}
	}()
	for {
		select {
		case v, ok := <-ch:
			if !ok {
				return sum, nil
			}
			sum += v
		case <-ctx.Done():
			return sum, ctx.Err()
		}
	}
}

// Whoever reads is out of view.
func stream(ctx context.Context) <-chan int {
	ch := make(chan int)
	go func() {
		for i := 0; ; i++ {
			ch <- i // want `goroutine can wait for ever`
		}
	}()
	return ch
}

// Nobody waits for a ticker's loop.
func ticks(ctx context.Context) {
	t := time.NewTicker(time.Second)
	go func() {
		for range t.C { // want `goroutine can wait for ever`
			do(ctx, 0)
		}
	}()
}
