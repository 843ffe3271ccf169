package a

import "context"

// P16: the only call waits for what the call would bring about.
type rows struct{ cancel context.CancelFunc }

func (r *rows) open(p context.Context) {
	var ctx context.Context
	ctx, r.cancel = context.WithCancel(p) // want `stored in r.cancel, but everything that calls it waits for its context first`
	go r.await(ctx)
}

func (r *rows) await(ctx context.Context) {
	<-ctx.Done()
	r.close()
}

func (r *rows) close() { r.cancel() }

// P17: the same in a literal, by a loop that ends with the context.
type watch struct{ stop context.CancelFunc }

func (w *watch) start(p context.Context, events chan int) {
	ctx, stop := context.WithCancel(p)
	w.stop = stop // want `everything that calls it waits for its context first`
	go func() {
		for {
			select {
			case <-events:
			case <-ctx.Done():
				w.stop()
				return
			}
		}
	}()
}

// P18: a struct that a goroutine gets before it is returned.
type tx struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func begin(p context.Context) *tx {
	ctx, cancel := context.WithCancel(p)
	t := &tx{
		ctx:    ctx,
		cancel: cancel, // want `stored in the field cancel, but nothing in this package ever calls it`
	}
	go t.wait()
	return t
}

func (t *tx) wait() { <-t.ctx.Done() }
