package hints

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

type store struct{ c *http.Client }

func (s *store) write(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, url, nil)
	if err != nil {
		return err
	}
	_, err = s.c.Do(req)
	return err
}

// What was written has to be seen by the next reader.
func (s *store) Put(ctx context.Context, url string) error {
	if err := s.write(ctx, url); err != nil {
		return err
	}
	time.Sleep(time.Second) // want `goes on when ctx is done`
	return nil
}

func (s *store) PutQuietly(ctx context.Context, url string) error {
	err := s.write(ctx, url)
	if err == nil {
		time.Sleep(time.Second) // want `goes on when ctx is done`
	}
	return err
}

func (s *store) PutLoudly(ctx context.Context, url string) (string, error) {
	for {
		if err := s.write(ctx, url); err == nil {
			time.Sleep(time.Second) // want `goes on when ctx is done`
			fmt.Println("written")
			return url, nil
		} else if ctx.Err() != nil {
			return "", err
		}
	}
}

// Shutdown gives requests the time to end.
func (s *store) Shutdown(ctx context.Context) error {
	time.Sleep(5 * time.Second) // want `goes on when ctx is done`
	return s.write(ctx, "bye")
}

type reverter struct{ steps []func() }

func (r *reverter) Add(step func()) { r.steps = append(r.steps, step) }

// The device is let go of late.
func (s *store) Attach(ctx context.Context) error {
	revert := &reverter{}
	revert.Add(func() {
		time.Sleep(2 * time.Second) // want `goes on when ctx is done`
		_ = s.write(context.Background(), "detach")
	})
	return s.write(ctx, "attach")
}

// The comment weighs it.
func fetch(ctx context.Context, s *store) (err error) {
	for range 5 {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		// This isn't a `case <-time.After`, so that ctx comes first.
		time.Sleep(5 * time.Second) // want `goes on when ctx is done`
		if err = s.write(ctx, "x"); err == nil {
			return nil
		}
	}
	return err
}

// Nobody waits for the goroutine.
func poller(ctx context.Context, s *store, done chan<- error) {
	go func() {
		for {
			if err := s.write(ctx, "x"); err == nil {
				done <- nil
				return
			}
			time.Sleep(time.Second) // want `goes on when ctx is done`
		}
	}()
}

// A moment, once.
func flush(ctx context.Context, s *store) error {
	time.Sleep(200 * time.Millisecond) // want `goes on when ctx is done`
	return s.write(ctx, "x")
}
