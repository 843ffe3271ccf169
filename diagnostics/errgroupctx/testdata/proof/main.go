// The program tells whether a function of a group works on after another one
// has failed.
package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
)

func work(ctx context.Context) error {
	select {
	case <-time.After(2 * time.Second):
		fmt.Println("worked on")
	case <-ctx.Done():
		fmt.Println("stopped early")
	}
	return nil
}

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		return work(ctx)
	})
	g.Go(func() error {
		if gctx.Err() != nil {
			return nil
		}
		return errors.New("failed")
	})
	g.Wait()
}
