// Command deafloop tries again for ever, long after the one who asked has gone.
package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

var tries int

func connect(ctx context.Context) error {
	for {
		if err := dial(ctx); err == nil {
			return nil
		}
	}
}

func dial(ctx context.Context) error {
	tries++
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(10 * time.Millisecond):
		return errors.New("connection refused")
	}
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	result := make(chan error, 1)
	go func() { result <- connect(ctx) }()
	select {
	case err := <-result:
		fmt.Println("gave up:", err)
	case <-time.After(300 * time.Millisecond):
		fmt.Println("still trying, a quarter of a second after the deadline")
	}
}
