package ok

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

type found struct {
	path string
	err  error
}

// What the receiver leaves by is the sender's last word.
func list(paths []string) error {
	files := make(chan found)
	go each(paths, files)
	n := 0
	for f := range files {
		if f.err != nil {
			return f.err
		}
		n += len(f.path)
	}
	fmt.Println(n)
	return nil
}

func each(paths []string, out chan<- found) {
	defer close(out)
	for _, p := range paths {
		if _, err := os.Stat(p); err != nil {
			out <- found{err: err}
			return
		}
		out <- found{path: p}
	}
}

type client interface {
	metrics(ctx context.Context) (<-chan string, error)
}

type remote struct{ next func() (string, bool) }

// Nothing runs where this fails.
func (r *remote) metrics(ctx context.Context) (<-chan string, error) {
	if r.next == nil {
		return nil, errors.New("closed")
	}
	out := make(chan string, 10)
	go func() {
		defer close(out)
		for {
			name, ok := r.next()
			if !ok {
				return
			}
			out <- name
		}
	}()
	return out, nil
}

func prints(ctx context.Context, c client) error {
	names, err := c.metrics(ctx)
	if err != nil {
		return err
	}
	for name := range names {
		fmt.Println(name)
	}
	return nil
}

func newClient() client { return &remote{} }

func printsAll(ctx context.Context, clients []client) error {
	for _, c := range clients {
		names, err := c.metrics(ctx)
		if err != nil {
			return err
		}
		for name := range names {
			if name == "" {
				continue
			}
			fmt.Println(name)
		}
	}
	return nil
}

// Who sends after a panic has sent nothing before.
func check(open func() error, limit time.Duration) error {
	result := make(chan error, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				result <- fmt.Errorf("panic: %v", r)
			}
		}()
		if err := open(); err != nil {
			result <- err
			return
		}
		result <- nil
	}()
	select {
	case err := <-result:
		return err
	case <-time.After(limit):
		return errors.New("timeout")
	}
}

// The send panics once the receiver has left: that is another bug.
func reads(next func() (string, error), stop <-chan struct{}) {
	done := make(chan struct{})
	defer close(done)
	go func() {
		for {
			if _, err := next(); err != nil {
				done <- struct{}{}
				return
			}
		}
	}()
	for {
		select {
		case <-done:
			return
		case <-stop:
			return
		}
	}
}
