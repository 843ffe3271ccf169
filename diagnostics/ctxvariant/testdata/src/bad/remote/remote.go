// Package remote talks to whatever it is given.
package remote

import "context"

// Transport is one of many, in other packages.
type Transport interface {
	Refs(ctx context.Context, name string) ([]string, error)
}

type Repository struct{ transport Transport }

func (r *Repository) Pull(name string) error { return r.PullContext(context.Background(), name) }

func (r *Repository) PullContext(ctx context.Context, name string) error {
	_, err := r.transport.Refs(ctx, name)
	return err
}
