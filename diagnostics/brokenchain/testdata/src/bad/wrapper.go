package bad

import "context"

type replies interface {
	Get(ctx context.Context, key string) reply
}

type reply interface{ Err() error }

type cacheOf struct{ client replies }

func (c *cacheOf) has(ctx context.Context, key string) bool { return c.client.Get(ctx, key).Err() == nil }

// A round trip, though nothing tells of an error.
func cached(ctx context.Context, c *cacheOf) error {
	if c.has(context.Background(), "a") { // want `has gets context.Background\(\) though ctx is at hand`
		return nil
	}
	return ctx.Err()
}
