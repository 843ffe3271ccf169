// Package plans reads who asks, and no more, from its contexts.
package plans

import "context"

type Checks interface {
	Check(ctx context.Context) error
}

type Plan interface {
	Create(ctx context.Context) error
}

type FakeChecks struct{}

func (FakeChecks) Check(ctx context.Context) error { return nil }

type checks struct{ plans []Plan }

func (c *checks) Check(ctx context.Context) error {
	for _, p := range c.plans {
		if err := p.Create(ctx); err != nil {
			return err
		}
	}
	return nil
}

type daily struct{ by []any }

func (d *daily) Create(ctx context.Context) error {
	d.by = append(d.by, ctx.Value(key{}))
	return nil
}

type key struct{}

func NewContext(ctx context.Context) context.Context { return context.WithValue(ctx, key{}, "user") }
