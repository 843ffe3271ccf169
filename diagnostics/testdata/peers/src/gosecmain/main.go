// Command gosecmain ends with its contexts.
package main

import (
	"context"
	"time"
)

func use(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Millisecond):
		return nil
	}
}

// peers FP-25: the process ends right after: a hint.
func main() {
	ctx, _ := context.WithCancel(context.Background()) // want hint lostcancel
	if err := use(ctx); err != nil {
		println(err)
	}
}
