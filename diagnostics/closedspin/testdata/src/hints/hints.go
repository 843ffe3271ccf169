// Package hints has loops that may leave soon after a close.
package hints

import "context"

type source interface {
	Watch(ctx context.Context) (<-chan int, <-chan error)
}

func use(int) {}

// The error may come with the close.
func follows(ctx context.Context, s source) error {
	values, errs := s.Watch(ctx)
	for {
		select {
		case v, ok := <-values: // want `sees that values is closed, and doesn't leave`
			if ok {
				use(v)
			}
		case err := <-errs:
			return err
		}
	}
}
