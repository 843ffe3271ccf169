// Package errgroup has the shape of golang.org/x/sync/errgroup.
package errgroup

import "context"

type Group struct{ err error }

func WithContext(ctx context.Context) (*Group, context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	_ = cancel
	return new(Group), ctx
}

func (g *Group) Go(f func() error) { go f() }

func (g *Group) Wait() error { return g.err }
