package hints

import (
	"context"
	"net/http"
)

// All who give the context got it themselves, and aren't seen to end it.
func Exported(ctx context.Context) error { return passedOn(ctx) }

func passedOn(ctx context.Context) error {
	_, err := http.Get("https://example.com") // want `http.Get goes on when ctx is done`
	return err
}

func ended(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 1)
	defer cancel()
	return endedTold(ctx)
}

func endedTold(ctx context.Context) error {
	_, err := http.Get("https://example.com") // want `http.Get goes on when ctx is done`
	return err
}

// Who calls these isn't told.
var steps = map[int]func(context.Context) error{1: step}

func step(ctx context.Context) error {
	_, err := http.Get("https://example.com") // want `http.Get goes on when ctx is done`
	return err
}

// Nobody in view gives it: callers are expected.
func Nobodytold(ctx context.Context) error {
	_, err := http.Get("https://example.com") // want `http.Get goes on when ctx is done`
	return err
}

// It asks itself.
func Listenstold(ctx context.Context) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return listens(ctx)
}

func listens(ctx context.Context) error { return listensAsTold(ctx) }

func listensAsTold(ctx context.Context) error {
	_, err := http.Get("https://example.com") // want `http.Get goes on when ctx is done`
	return err
}

// A callback gets one that its caller ends.
func runsTold(each func(func(context.Context) error)) {
	each(func(ctx context.Context) error {
		_, err := http.Get("https://example.com") // want `http.Get goes on when ctx is done`
		return err
	})
}
