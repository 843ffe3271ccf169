// Package pool has the API of github.com/sourcegraph/conc/pool.
package pool

import "context"

type Pool struct{}

func New() *Pool { return &Pool{} }

func (p *Pool) WithContext(ctx context.Context) *ContextPool { return &ContextPool{ctx} }

type ContextPool struct{ ctx context.Context }

func (p *ContextPool) Go(f func(context.Context) error) { go f(p.ctx) }

func (p *ContextPool) Wait() error { return nil }
