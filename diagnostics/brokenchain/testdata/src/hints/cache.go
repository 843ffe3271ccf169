package hints

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/client"
)

// The client of a manager reads from a cache.
func reads(ctx context.Context, c client.Client) error {
	return c.Get(context.TODO(), "a", nil) // want `Get gets context.TODO\(\)`
}

type pages struct{ list func(context.Context) error }

func (p *pages) each(ctx context.Context) error { <-ctx.Done(); return p.list(ctx) }

func pagesOf(list func(context.Context) error) *pages { return &pages{list} }

// What makes the pages hears ctx.
func paged(ctx context.Context) error {
	return pagesOf(func(context.Context) error { return ctx.Err() }).each(context.Background()) // want `each gets context.Background\(\)`
}

func failures(ctx context.Context) <-chan error {
	out := make(chan error, 1)
	go func() { <-ctx.Done(); out <- ctx.Err() }()
	return out
}

// As ctx ends the function leaves, and so ends the other one.
func listensToBoth(ctx context.Context) error {
	inner, cancel := context.WithCancel(context.Background()) // want `WithCancel derives from context.Background\(\)`
	defer cancel()
	select {
	case err := <-failures(inner):
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
