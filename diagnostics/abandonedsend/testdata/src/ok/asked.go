package ok

import (
	"context"
	"errors"
)

func ask(ctx context.Context) error { return nil }

// Each answer is asked for, and who asks waits for it.
func asked(ctx context.Context, follow bool) error {
	requests, answers := make(chan struct{}), make(chan error)
	go func() {
		for {
			select {
			case <-requests:
				if err := ask(ctx); err != nil {
					answers <- err
					continue
				}
				answers <- nil
			case <-ctx.Done():
				return
			}
		}
	}()
	for {
		requests <- struct{}{}
		err := <-answers
		if !follow {
			return err
		}
	}
}

// A flag tells whether there is something to wait for.
func flagged(ctx context.Context, updates <-chan int) {
	running := false
	done := make(chan struct{})
loop:
	for {
		select {
		case <-ctx.Done():
			break loop
		case <-updates:
		case <-done:
			running = false
		}
		if !running {
			go func() {
				_ = ask(ctx)
				done <- struct{}{}
			}()
			running = true
		}
	}
	if running {
		<-done
	}
}

// What ranges over the channel comes to its end, in each turn.
func drained(batches [][]int) int {
	sum := 0
	for _, batch := range batches {
		values := make(chan int, 4)
		go func() {
			defer close(values)
			for _, v := range batch {
				values <- v
			}
		}()
		for v := range values {
			if v < 0 {
				continue
			}
			sum += v
		}
	}
	return sum
}

func writer(name string) (chan<- int, <-chan error, error) {
	if name == "" {
		return nil, nil, errors.New("no name")
	}
	in, failed := make(chan int), make(chan error)
	go func() {
		for range in {
		}
		failed <- nil
	}()
	return in, failed, nil
}

// No goroutine was started where that failed; the error lies in a variable that
// others assign to as well.
func startFails(name string) error {
	in, failed, err := writer(name)
	if err != nil {
		return err
	}
	over := make(chan struct{})
	go func() {
		err = ask(context.Background())
		close(over)
	}()
	<-over
	close(in)
	return <-failed
}
