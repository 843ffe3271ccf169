// Command deafsleep sleeps on although nobody waits for its answer any more.
package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

func connect(ctx context.Context) error {
	for attempt := range 4 {
		if err := dial(ctx, attempt); err == nil {
			return nil
		}
		time.Sleep(500 * time.Millisecond)
	}
	return errors.New("no connection")
}

func dial(ctx context.Context, attempt int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return fmt.Errorf("attempt %d was refused", attempt)
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	err := connect(ctx)
	fmt.Printf("%v, known after %v\n", err, time.Since(start).Round(100*time.Millisecond))
}
