package remote

import "context"

// Queue has one implementation, which waits.
type Queue interface {
	Put(job string) error
	PutContext(ctx context.Context, job string) error
}

type line struct{ jobs chan string }

func (l *line) Put(job string) error { return l.PutContext(context.Background(), job) }

func (l *line) PutContext(ctx context.Context, job string) error {
	select {
	case l.jobs <- job:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
