package a

import (
	"context"
	"time"
)

// On one of the ways to the return the context isn't done.
func eitherWay(ctx context.Context, heard <-chan int) {
	tried, stop := context.WithTimeout(ctx, time.Second) // want `stop returned by context.WithTimeout isn't called on the path that leaves at line 19`
	select {
	case <-tried.Done():
	case <-heard:
	}
	if ctx.Err() == nil {
		stop()
		return
	}
	return
}

// The outer context is done, and the inner with it; it's the sibling that says nothing.
func sibling(ctx, other context.Context, heard <-chan int) error {
	tried, stop := context.WithCancel(ctx) // want `isn't called on the path that leaves at line 27`
	select {
	case <-other.Done():
		return other.Err()
	case <-tried.Done():
	case <-heard:
	}
	stop()
	return nil
}
