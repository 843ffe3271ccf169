package checks

import (
	"context"
	"errors"
	"sync/atomic"
)

// Gate has one implementation, which counts.
type Gate interface {
	Allow() error
	AllowCtx(ctx context.Context) error
}

type counter struct{ open, most atomic.Int32 }

func NewGate() Gate { return new(counter) }

func (c *counter) Allow() error {
	if c.open.Add(1) > c.most.Load() {
		return errors.New("too many")
	}
	return nil
}

func (c *counter) AllowCtx(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return c.Allow()
}
