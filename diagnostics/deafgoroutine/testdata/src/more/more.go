package more

import (
	"context"
	"more/pool"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

func refresh(ctx context.Context) {}

// Launchers of another package, by their facts.
func byFacts(ctx context.Context) <-chan int {
	out := make(chan int)
	pool.Launch(func() {
		out <- 1 // want `to send to out`
	})
	return out
}

func byMethod(ctx context.Context, g *pool.Group) <-chan int {
	out := make(chan int)
	g.Start(func() {
		out <- 1 // want `to send to out`
	})
	return out
}

func throughTwo(ctx context.Context, g *pool.Group) <-chan int {
	out := make(chan int)
	g.StartAll(func() {
		out <- 1 // want `to send to out`
	}, 3)
	return out
}

// What blocks is in another package.
func gated(ctx context.Context) {
	gate := pool.NewGate()
	go func() {
		gate.Pass() // want `to return from Pass`
		refresh(ctx)
	}()
}

// Generic receivers, and a method value.
type queue[T any] struct {
	items chan T
	tick  *time.Ticker
}

func newQueue[T any]() *queue[T] {
	return &queue[T]{items: make(chan T), tick: time.NewTicker(time.Second)}
}

func (q *queue[T]) put(item T) { q.items <- item }

func (q *queue[T]) run(ctx context.Context) {
	for item := range q.items { // want `to receive from q.items .* nobody closes it`
		_ = item
	}
}

func (q *queue[T]) ticks(ctx context.Context) error {
	for range q.tick.C {
		refresh(ctx)
	}
	return nil
}

func start(ctx context.Context) {
	q := newQueue[int]()
	run := q.run
	go run(ctx)
	q.put(1)
}

func (q *queue[T]) group(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return q.ticks(ctx) }) // want `to return from ticks`
	return g.Wait()
}

// A method value for a group.
type owner struct {
	ctx  context.Context
	wake chan struct{}
}

func newOwner(ctx context.Context) *owner { return &owner{ctx, make(chan struct{})} }

func (o *owner) wakeUp() { o.wake <- struct{}{} }

func (o *owner) work() error {
	for {
		<-o.wake // want `to receive from o.wake and doesn't listen to o.ctx`
	}
}

func (o *owner) start(g *errgroup.Group) { g.Go(o.work) }

// A method expression, and a deferred launch.
func deferred(ctx context.Context, wg *sync.WaitGroup) <-chan int {
	out := make(chan int)
	defer wg.Go(func() {
		out <- 1 // want `to send to out`
	})
	return out
}

// One finding for a goroutine: the first place.
func several(ctx context.Context) (<-chan int, <-chan string) {
	numbers, names := make(chan int), make(chan string)
	go func() {
		numbers <- 1 // want `to send to numbers`
		names <- "one"
		names <- "two"
	}()
	return numbers, names
}

// A wait in a literal that the goroutine calls is the goroutine's.
func inner(ctx context.Context) <-chan int {
	out := make(chan int)
	go func() {
		send := func(n int) {
			out <- n // want `to send to out`
		}
		send(1)
	}()
	return out
}

func deferredLiteral(ctx context.Context) <-chan int {
	out := make(chan int)
	go func() {
		defer func() {
			out <- 1 // want `to send to out`
		}()
		refresh(ctx)
	}()
	return out
}

// The goroutine that closes the channel can end without doing so.
func announced(ctx context.Context, addresses <-chan string) {
	ready := make(chan struct{})
	go announce(addresses, ready)
	go func() {
		<-ready // want `to receive from ready and doesn't listen to ctx: the goroutine that closes it can end without doing so`
		refresh(ctx)
	}()
}

func announce(addresses <-chan string, ready chan struct{}) {
	for range addresses {
		if ready != nil {
			close(ready)
			ready = nil
		}
	}
}

func connected(ctx context.Context, dial func() error) {
	ready := make(chan struct{})
	go func() {
		if err := dial(); err != nil {
			return
		}
		close(ready)
	}()
	go func() {
		<-ready // want `the goroutine that closes it can end without doing so`
		refresh(ctx)
	}()
}

// What would receive starts only behind the send: it waits in whatever
// goroutine it is called.
func handOver(ctx context.Context) {
	out := make(chan int)
	out <- 1 // want `this call waits for ever to send to out and doesn't listen to ctx: its receiver starts only afterwards`
	go func() {
		<-out
	}()
}
