package bad

import "context"

type queue struct {
	In chan int
	n  int
}

func (q *queue) untrack() { q.n-- }

// What is deferred doesn't end the queue.
func (q *queue) loop(ctx context.Context) {
	defer q.untrack()
	for {
		select {
		case v, ok := <-q.In: // want `this case sees that q.In is closed, and doesn't leave the loop`
			if !ok {
				continue
			}
			q.n += v
		case <-ctx.Done():
			return
		}
	}
}

// The sender ends with another context than the loop.
func two(ctx, conn context.Context) {
	ch := make(chan int)
	go func() {
		defer close(ch)
		for {
			select {
			case <-conn.Done():
				return
			case ch <- 1:
			}
		}
	}()
	for {
		select {
		case v := <-ch: // want `once ch is closed this case is always ready`
			_ = v
		case <-ctx.Done():
			return
		}
	}
}

// A channel of a type parameter.
func generic[C ~chan T, T any](ctx context.Context, c C, each func(T)) {
	for {
		select {
		case v, ok := <-c: // want `this case sees that c is closed, and doesn't leave the loop`
			if ok {
				each(v)
			}
		case <-ctx.Done():
			return
		}
	}
}
