package ok

import "context"

type reader struct {
	held map[int]string
	slot chan struct{}
	done chan int
}

func newReader(most int) *reader {
	return &reader{held: make(map[int]string), slot: make(chan struct{}, most), done: make(chan int)}
}

// What one goroutine holds another one releases: it is found in the map since
// it took a slot.
func (r *reader) start(ctx context.Context, messages <-chan string) {
	go r.release(ctx)
	go func() {
		for m := range messages {
			select {
			case r.slot <- struct{}{}:
				r.held[len(m)] = m
			case <-ctx.Done():
				return
			}
		}
	}()
}

func (r *reader) release(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case id := <-r.done:
			if _, ok := r.held[id]; !ok {
				continue
			}
			<-r.slot
			delete(r.held, id)
		}
	}
}

func (r *reader) finish(id int) { r.done <- id }
