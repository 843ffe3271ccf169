// Package local has an interface whose implementations need no context.
package local

import "context"

// Rows are kept on this machine.
type Rows interface {
	Put(ctx context.Context, row string) error
	Size(ctx context.Context) int
}

type rows struct{ all []string }

func (r *rows) Put(_ context.Context, row string) error {
	r.all = append(r.all, row)
	return nil
}

func (r *rows) Size(ctx context.Context) int {
	if ctx.Err() != nil {
		return 0
	}
	return len(r.all)
}

// Open opens them.
func Open() Rows { return &rows{} }
