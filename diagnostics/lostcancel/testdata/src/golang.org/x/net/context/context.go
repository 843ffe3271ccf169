// Package context stands for the package that context came from, as it was
// before type aliases: its types are its own.
package context

import (
	"context"
	"time"
)

type Context interface {
	Deadline() (deadline time.Time, ok bool)
	Done() <-chan struct{}
	Err() error
	Value(key any) any
}

type CancelFunc func()

var background Context = context.Background()

func Background() Context { return background }

func WithCancel(parent Context) (Context, CancelFunc) {
	ctx, cancel := context.WithCancel(parent)
	return ctx, CancelFunc(cancel)
}

func WithTimeout(parent Context, timeout time.Duration) (Context, CancelFunc) {
	ctx, cancel := context.WithTimeout(parent, timeout)
	return ctx, CancelFunc(cancel)
}
