package ok

import "context"

type watcher struct {
	Events chan string
	Errors chan error
}

func (w *watcher) stop() { close(w.Errors) }

func newWatcher() *watcher { return &watcher{make(chan string), make(chan error)} }

// What closes the channel runs as the loop is over.
func closedLate(ctx context.Context) {
	w := newWatcher()
	defer w.stop()
	for {
		select {
		case <-ctx.Done():
			return
		case err, ok := <-w.Errors:
			if ok {
				log(err.Error())
			}
		}
	}
}

// The sender closes it only once the context is done, which the loop hears as
// well.
func closedAtEnd(ctx context.Context, next func() int) {
	ch := make(chan int)
	go func() {
		defer close(ch)
		for {
			select {
			case <-ctx.Done():
				return
			case ch <- next():
			}
		}
	}()
	for {
		select {
		case v := <-ch:
			use(v)
		case <-ctx.Done():
			return
		}
	}
}
