package bad

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

type item struct {
	id  int
	err error
}

func fetch(ctx context.Context, id int) item   { return item{id: id} }
func handle(ctx context.Context, i item) error { return nil }
func refresh()                                 {}

// The receiver gives up after a while: the result has nobody to go to.
func timeout(ctx context.Context) (item, error) {
	result := make(chan item)
	go func() {
		result <- fetch(ctx, 1) // want `goroutine can wait for ever to send to result and doesn't listen to ctx: its receiver can leave first`
	}()
	select {
	case r := <-result:
		return r, nil
	case <-time.After(time.Second):
		return item{}, errors.New("timed out")
	}
}

// The receiver returns before it receives.
func earlyReturn(ctx context.Context, load func() error) (item, error) {
	result := make(chan item)
	go func() {
		r := fetch(ctx, 1)
		result <- r // want `to send to result .* its receiver can leave first`
	}()
	if err := load(); err != nil {
		return item{}, err
	}
	return <-result, nil
}

// A generator: the caller may stop ranging.
func generate(ctx context.Context, n int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for i := 0; i < n; i++ {
			out <- i // want `to send to out .* the caller who holds it can stop receiving`
		}
	}()
	return out
}

// The collector returns at the first error.
func collect(ctx context.Context, ids []int) error {
	errs := make(chan error)
	for _, id := range ids {
		go func() {
			errs <- fetch(ctx, id).err // want `to send to errs .* its receiver can leave first`
		}()
	}
	for range ids {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}

// Two watchers report to a channel that is read once.
func twoSenders(ctx context.Context) error {
	failed := make(chan error)
	go func() {
		failed <- fetch(ctx, 1).err // want `to send to failed .* fewer values are received than sent`
	}()
	go func() {
		failed <- fetch(ctx, 2).err // want `to send to failed .* fewer values are received than sent`
	}()
	return <-failed
}

// A ticker's channel is never closed.
func ticker(ctx context.Context) {
	t := time.NewTicker(time.Minute)
	go func() {
		defer t.Stop()
		for range t.C { // want `to receive from t.C .* stopping a ticker doesn't close its channel`
			refresh()
		}
	}()
}

// The same by hand, with the time.
func poll(ctx context.Context, seen func(time.Time)) {
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			now := <-time.After(time.Minute) // want `to receive from time.After\(time.Minute\) .* the loop has no way out`
			seen(now)
		}
	})
}

// Nobody closes the queue, so its worker never ends.
type queue struct {
	jobs  chan item
	stats chan int
}

func newQueue() *queue { return &queue{jobs: make(chan item), stats: make(chan int)} }

func (q *queue) put(j item)  { q.jobs <- j }
func (q *queue) count(n int) { q.stats <- n }

func (q *queue) start(ctx context.Context) {
	go func() {
		for j := range q.jobs { // want `to receive from q.jobs .* nobody closes it`
			if err := handle(ctx, j); err != nil {
				continue
			}
		}
	}()
	go q.run(ctx)
}

// The goroutine is a method, and the wait a select.
func (q *queue) run(ctx context.Context) {
	var total int
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select { // want `to get a case of its select .* the loop has no way out`
		case n := <-q.stats:
			total += n
		case <-t.C:
			total = 0
		}
	}
}

// The consumer fails and leaves; the producer waits, and with it the group.
func pipeline(ctx context.Context, ids []int) error {
	g, gctx := errgroup.WithContext(ctx)
	items := make(chan item)
	g.Go(func() error {
		defer close(items)
		for _, id := range ids {
			items <- fetch(gctx, id) // want `to send to items .* its receiver can leave first`
		}
		return nil
	})
	g.Go(func() error {
		for i := range items {
			if err := handle(gctx, i); err != nil {
				return err
			}
		}
		return nil
	})
	return g.Wait()
}

// Only a signal ends it, not the context that it guards.
func interruptible(ctx context.Context, cleanup func()) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	go func() {
		select {
		case <-signals: // want `to receive from signals .* only a signal of the operating system wakes it`
			cancel()
			cleanup()
		}
	}()
	return ctx, cancel
}

// It parks itself for good.
func park(ctx context.Context) {
	go func() {
		refresh()
		select {} // want `to leave an empty select .* it has no cases`
	}()
}

// The lock behind the loop is given back, so the loop is left by a label.
func drain(ctx context.Context, mu *sync.Mutex) {
	events := make(chan item)
	started := make(chan struct{})
	go func() {
		close(started)
		mu.Lock()
		for {
			e, ok := <-events // want `to receive from events .* nobody sends to it or closes it`
			if !ok {
				break
			}
			handle(ctx, e)
		}
		mu.Unlock()
	}()
	<-started
}

// What follows the send has to be done in any case.
func tidy(ctx context.Context, done chan<- struct{}) {
	result := make(chan int)
	go func() {
		result <- fetch(ctx, 1).id // want `to send to result .* its receiver can leave first`
		close(done)
	}()
	select {
	case <-result:
	case <-ctx.Done():
	}
}

// The sender stops with the context, the receiver doesn't.
func halfDeaf(ctx context.Context) {
	ready := make(chan struct{})
	go func() {
		select {
		case ready <- struct{}{}:
		case <-ctx.Done():
		}
	}()
	go func() {
		<-ready // want `to receive from ready .* its sender stops when the context is done`
		refresh()
	}()
}

// A request's context, and a send in a function that the goroutine calls.
type notifier struct{ events chan item }

func newNotifier() *notifier { return &notifier{make(chan item)} }

func (n *notifier) emit(i item) { n.events <- i }

func (n *notifier) serve(ctx context.Context) {
	for {
		select {
		case i := <-n.events:
			handle(ctx, i)
		case <-ctx.Done():
			return
		}
	}
}

func (n *notifier) feed(ctx context.Context) {
	go n.serve(ctx)
	go func() {
		for id := 0; ctx.Err() == nil; id++ {
			n.emit(fetch(ctx, id)) // want `to return from emit .* emit can wait for ever to send to n.events`
		}
	}()
}

// A launcher of the house.
func launch(f func()) { go f() }

func byLauncher(ctx context.Context) <-chan error {
	errs := make(chan error)
	launch(func() {
		errs <- fetch(ctx, 1).err // want `to send to errs .* the caller who holds it can stop receiving`
	})
	return errs
}

// Nobody wakes the consumer to say stop.
type mailbox struct {
	mu    sync.Mutex
	cond  *sync.Cond
	items []item
}

func newMailbox() *mailbox {
	m := new(mailbox)
	m.cond = sync.NewCond(&m.mu)
	return m
}

func (m *mailbox) put(i item) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.items = append(m.items, i)
	m.cond.Signal()
}

func (m *mailbox) serve(ctx context.Context) {
	go func() {
		for {
			m.mu.Lock()
			for len(m.items) == 0 {
				m.cond.Wait() // want `to be woken by m.cond .* nobody wakes it to say stop`
			}
			i := m.items[0]
			m.items = m.items[1:]
			m.mu.Unlock()
			handle(ctx, i)
		}
	}()
}

// A context that the function itself makes is one to listen to.
func ownContext() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	progress := make(chan int)
	go func() {
		for n := range progress { // want `to receive from progress .* nobody closes it`
			_ = n
		}
	}()
	for id := range 3 {
		progress <- fetch(ctx, id).id
	}
}

// A stream that is never closed.
func watch(ctx context.Context) <-chan item {
	events := make(chan item)
	go func() {
		for id := 0; ; id++ {
			events <- fetch(ctx, id) // want `to send to events .* the caller who holds it can stop receiving`
		}
	}()
	return events
}

// Those that are done are counted, and one of them may leave without a word.
func countsDone(ctx context.Context, jobs []func() error) {
	done := make(chan struct{}, len(jobs))
	for _, job := range jobs {
		go func() {
			if job() != nil {
				return
			}
			select {
			case done <- struct{}{}:
			case <-ctx.Done():
			}
		}()
	}
	go func() {
		for range jobs {
			<-done // want `goroutine can wait for ever to receive from done and doesn't listen to ctx`
		}
		fetch(ctx, 0)
	}()
}

// A channel of a type that isn't known.
func generic[C ~chan struct{}](ctx context.Context, work func()) {
	slots := (chan struct{})(make(C, 4))
	go func() {
		work()
		<-slots // want `goroutine can wait for ever to receive from slots and doesn't listen to ctx`
	}()
	select {
	case slots <- struct{}{}:
	case <-ctx.Done():
	}
}
