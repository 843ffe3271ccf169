// Package bad holds loops that spin once a channel is closed.
package bad

import "context"

func use(v int)    {}
func log(s string) {}
func step() error  { return nil }

// The producer closes its channel, and the consumer doesn't ask.
func consume(ctx context.Context, items []int) {
	ch := make(chan int)
	go func() {
		defer close(ch)
		for _, v := range items {
			ch <- v
		}
	}()
	for {
		select {
		case v := <-ch: // want `once ch is closed this case is always ready`
			use(v)
		case <-ctx.Done():
			return
		}
	}
}

// The case has no body.
func ignores(ctx context.Context) {
	ready := make(chan struct{})
	go func() {
		step()
		close(ready)
	}()
	for {
		select {
		case <-ready: // want `once ready is closed this case is always ready`
		case <-ctx.Done():
			return
		}
	}
}

// The break leaves the select alone.
func breaks(ctx context.Context, ch <-chan int) {
	for {
		select {
		case v, ok := <-ch: // want `this case sees that ch is closed`
			if !ok {
				break
			}
			use(v)
		case <-ctx.Done():
			return
		}
	}
}

// The continue goes on with the same channel.
func continues(ctx context.Context, ch <-chan int) {
	for {
		select {
		case v, ok := <-ch: // want `this case sees that ch is closed`
			if !ok {
				log("closed")
				continue
			}
			use(v)
		case <-ctx.Done():
			return
		}
	}
}

// Only the open channel is thought of.
func ifOpen(ctx context.Context, ch <-chan int) {
	for {
		select {
		case v, ok := <-ch: // want `this case sees that ch is closed`
			if ok {
				use(v)
			}
		case <-ctx.Done():
			return
		}
	}
}

// A field, closed by another method.
type feed struct {
	events chan int
	quit   chan struct{}
	last   int
}

func newFeed() *feed {
	return &feed{events: make(chan int), quit: make(chan struct{})}
}

func (f *feed) run() {
	for {
		select {
		case f.last = <-f.events: // want `once f.events is closed this case is always ready`
			use(f.last)
		case <-f.quit:
			return
		}
	}
}

func (f *feed) drop() { close(f.events) }

func (f *feed) stop() { close(f.quit) }

// The zero value is told from others, and goes on.
func skipsNil(ctx context.Context) {
	ch := make(chan *int)
	go func() {
		ch <- new(int)
		close(ch)
	}()
	for {
		select {
		case p := <-ch: // want `once ch is closed this case is always ready`
			if p == nil {
				continue
			}
			use(*p)
		case <-ctx.Done():
			return
		}
	}
}

// Two sources, of which one ends.
func merge(done <-chan struct{}, more <-chan int) (sum int) {
	first := make(chan int)
	go func() {
		first <- 1
		close(first)
	}()
	for {
		select {
		case v := <-first: // want `once first is closed this case is always ready`
			sum += v
		case v := <-more:
			sum += v
		case <-done:
			return sum
		}
	}
}

// Something follows the loop.
func follows(done <-chan struct{}) {
	ch := make(chan int)
	go func() {
		ch <- 1
		close(ch)
	}()
loop:
	for {
		select {
		case v := <-ch: // want `once ch is closed this case is always ready`
			use(v)
		case <-done:
			break loop
		}
	}
	log("over")
}

// A generic loop, and a type of channel.
type stream[T any] chan T

func drain[T any](ctx context.Context, s stream[T], f func(T)) {
	for {
		select {
		case v, ok := <-s: // want `this case sees that s is closed`
			if ok {
				f(v)
			}
		case <-ctx.Done():
			return
		}
	}
}

// The look at the context comes after, and closes nothing.
func looks(ctx context.Context, tick <-chan int) {
	ch := make(chan bool)
	go func() { close(ch) }()
	for ctx.Err() == nil {
		select {
		case <-ch: // want `once ch is closed this case is always ready`
			log("closed")
		case v := <-tick:
			use(v)
		}
	}
}

type reloader struct{ stop chan struct{} }

func (r *reloader) Run(updates <-chan int) {
	go r.loop(updates)
	<-r.stop
}

func (r *reloader) Stop() { close(r.stop) }

// A stop that comes first ends the loop, and until then it spins.
func (r *reloader) loop(updates <-chan int) {
	for {
		select {
		case <-r.stop:
			return
		default:
			select {
			case <-r.stop:
				return
			case v, ok := <-updates: // want `this case sees that updates is closed`
				if !ok {
					break
				}
				use(v)
			}
		}
	}
}

// Several constructors make the channel; none of them anew.
type ticker struct{ updates, other chan int }

func newTicker() *ticker {
	f := &ticker{updates: make(chan int), other: make(chan int)}
	go f.turns()
	return f
}

func newBufferedTicker() *ticker {
	f := &ticker{updates: make(chan int, 1), other: make(chan int)}
	go f.turns()
	return f
}

func (f *ticker) end() { close(f.updates) }

func (f *ticker) turns() {
	for {
		select {
		case <-f.updates: // want `once f.updates is closed this case is always ready`
			log("updated")
		case v := <-f.other:
			use(v)
		}
	}
}

// The loop closes what it listens to itself, and goes on.
type relay struct{ in, out chan int }

func newRelay() *relay {
	r := &relay{in: make(chan int), out: make(chan int)}
	go r.turns()
	go r.shut()
	return r
}

func (r *relay) shut() { close(r.in) }

func (r *relay) turns() {
	for {
		select {
		case <-r.in: // want `once r.in is closed this case is always ready`
			log("in")
		case v := <-r.out:
			if v == 0 {
				r.shut()
			}
		}
	}
}

func runQuery(ctx context.Context) error { return ctx.Err() }

// What runs before the close has come to its end, the context hasn't.
func queries(ctx context.Context, in chan int) {
	done := make(chan struct{})
	go func() {
		_ = runQuery(ctx)
		close(done)
	}()
	for {
		select {
		case <-done: // want `once done is closed this case is always ready`
			log("done")
		case v := <-in:
			use(v)
		case <-ctx.Done():
			return
		}
	}
}
