package ok

import (
	"context"
	"errors"
	"io"
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

// Room for the one send.
func buffered(ctx context.Context) (item, error) {
	result := make(chan item, 1)
	go func() { result <- fetch(ctx, 1) }()
	select {
	case r := <-result:
		return r, nil
	case <-ctx.Done():
		return item{}, ctx.Err()
	}
}

// Room for each of the senders.
func roomForAll(ctx context.Context, ids []int) error {
	errs := make(chan error, len(ids))
	for _, id := range ids {
		go func() { errs <- fetch(ctx, id).err }()
	}
	for range ids {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}

// Two senders, one receive, room for one.
func first(ctx context.Context) item {
	got := make(chan item, 1)
	go func() { got <- fetch(ctx, 1) }()
	go func() { got <- fetch(ctx, 2) }()
	return <-got
}

// One of two sends is made.
func either(ctx context.Context) (item, error) {
	results := make(chan item, 1)
	go func() {
		if r := fetch(ctx, 1); r.err != nil {
			results <- item{err: r.err}
		} else {
			results <- r
		}
	}()
	select {
	case r := <-results:
		return r, r.err
	case <-ctx.Done():
		return item{}, ctx.Err()
	}
}

// The receiver takes all, whatever happens.
func rangesToTheEnd(ctx context.Context, ids []int) (errs []error) {
	results := make(chan item)
	var wg sync.WaitGroup
	for _, id := range ids {
		wg.Go(func() { results <- fetch(ctx, id) })
	}
	go func() {
		wg.Wait()
		close(results)
	}()
	for r := range results {
		errs = append(errs, r.err)
	}
	return errs
}

// The timeout branch receives, too.
func receivesLater(ctx context.Context, warn func()) item {
	result := make(chan item)
	go func() { result <- fetch(ctx, 1) }()
	select {
	case r := <-result:
		return r
	case <-time.After(time.Second):
		warn()
	}
	return <-result
}

// The branch that starts the goroutine is the one that receives.
func correlated(ctx context.Context, async bool) item {
	result := make(chan item)
	if async {
		go func() { result <- fetch(ctx, 1) }()
	}
	refresh()
	if async {
		return <-result
	}
	return fetch(ctx, 1)
}

// A reaper takes what comes late.
func reaped(ctx context.Context) (item, error) {
	result := make(chan item)
	go func() { result <- fetch(ctx, 1) }()
	select {
	case r := <-result:
		return r, nil
	case <-ctx.Done():
		go func() { <-result }()
		return item{}, ctx.Err()
	}
}

// A deferred drain.
func drained(ctx context.Context, ids []int) error {
	results := make(chan item)
	go func() {
		defer close(results)
		for _, id := range ids {
			results <- fetch(ctx, id)
		}
	}()
	defer func() {
		for range results {
		}
	}()
	for r := range results {
		if err := handle(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// The value that makes the receiver leave is the last one.
func lastOne(ctx context.Context) error {
	results := make(chan item)
	go func() {
		for id := 0; ; id++ {
			r := fetch(ctx, id)
			results <- r
			if r.err != nil {
				return
			}
		}
	}()
	for r := range results {
		if r.err != nil {
			return r.err
		}
	}
	return nil
}

// A worker whose queue is closed when its owner stops.
type queue struct {
	jobs chan item
	quit chan struct{}
	done chan struct{}
}

func newQueue() *queue {
	return &queue{jobs: make(chan item), quit: make(chan struct{}), done: make(chan struct{})}
}

func (q *queue) start(ctx context.Context) {
	go func() {
		for j := range q.jobs {
			handle(ctx, j)
		}
	}()
	go func() {
		defer close(q.done)
		for {
			select {
			case <-q.quit:
				return
			case <-time.After(time.Minute):
				refresh()
			}
		}
	}()
}

func (q *queue) put(j item) { q.jobs <- j }

func (q *queue) Close() {
	close(q.jobs)
	q.quit <- struct{}{}
	<-q.done
}

// Stop closes a channel that the ticker's loop looks at.
type refresher struct {
	stop chan struct{}
	once sync.Once
}

func (r *refresher) Start(ctx context.Context) {
	r.stop = make(chan struct{})
	go func() {
		t := time.NewTicker(time.Minute)
		defer t.Stop()
		for {
			select {
			case <-t.C:
				refresh()
			case <-r.stop:
				return
			}
		}
	}()
}

func (r *refresher) Stop() { r.once.Do(func() { close(r.stop) }) }

// A ticker's loop that looks at the context.
func looks(ctx context.Context) {
	go func() {
		for range time.Tick(time.Minute) {
			if ctx.Err() != nil {
				return
			}
			refresh()
		}
	}()
}

// One of the calls in the loop takes the context, and its failure leaves.
func fails(ctx context.Context) {
	t := time.NewTicker(time.Minute)
	go func() {
		for range t.C {
			if err := handle(ctx, item{}); err != nil {
				return
			}
		}
	}()
}

// Closed by AfterFunc.
func afterFunc(ctx context.Context) {
	closing := make(chan struct{})
	context.AfterFunc(ctx, func() { close(closing) })
	go func() {
		<-closing
		refresh()
	}()
}

// A semaphore: who holds it gives it back.
func semaphore(ctx context.Context, ids []int) {
	sem := make(chan struct{}, 4)
	var wg sync.WaitGroup
	for _, id := range ids {
		wg.Go(func() {
			sem <- struct{}{}
			defer func() { <-sem }()
			handle(ctx, fetch(ctx, id))
		})
	}
	wg.Wait()
}

// A timer outside of a loop fires.
func delayed(ctx context.Context) {
	go func() {
		<-time.After(time.Minute)
		refresh()
	}()
}

// The context is done by then.
func afterDone(ctx context.Context) {
	last := make(chan item)
	go func() {
		<-ctx.Done()
		last <- item{}
	}()
	select {
	case <-last:
	case <-time.After(time.Second):
	}
}

// Stop cases.
func listens(ctx context.Context, ids []int) <-chan item {
	out := make(chan item)
	go func() {
		defer close(out)
		for _, id := range ids {
			select {
			case out <- fetch(ctx, id):
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// Nobody knows who else has the channel.
func given(ctx context.Context, out chan<- item) {
	go func() { out <- fetch(ctx, 1) }()
}

func escapes(ctx context.Context, register func(chan item)) {
	c := make(chan item)
	register(c)
	go func() {
		for i := range c {
			handle(ctx, i)
		}
	}()
}

// No context is in view.
func noContext() <-chan int {
	out := make(chan int)
	go func() { out <- 1 }()
	return out
}

// A value that says quit.
func sentinel(ctx context.Context) (chan<- item, func()) {
	jobs := make(chan item)
	go func() {
		for {
			j := <-jobs
			if j.id < 0 {
				return
			}
			handle(ctx, j)
		}
	}()
	return jobs, func() { jobs <- item{id: -1} }
}

// Both ends are sure to meet.
func joined(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	c := make(chan item)
	g.Go(func() error {
		c <- fetch(gctx, 1)
		return nil
	})
	g.Go(func() error { return handle(gctx, <-c) })
	return g.Wait()
}

// A select with a default doesn't wait.
func tries(ctx context.Context) {
	wake := make(chan struct{})
	go func() {
		select {
		case wake <- struct{}{}:
		default:
		}
	}()
	select {
	case <-wake:
	case <-ctx.Done():
	}
}

// The panic isn't a way out.
func panics(ctx context.Context) item {
	result := make(chan item)
	go func() { result <- fetch(ctx, 1) }()
	if ctx == nil {
		panic(errors.New("no context"))
	}
	return <-result
}

// A signal, and the context.
func signals(ctx context.Context, cancel func()) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	go func() {
		select {
		case <-c:
			cancel()
		case <-ctx.Done():
		}
	}()
}

// Close wakes the consumer.
type mailbox struct {
	mu     sync.Mutex
	cond   sync.Cond
	items  []item
	closed bool
}

func newMailbox() *mailbox {
	m := new(mailbox)
	m.cond.L = &m.mu
	return m
}

func (m *mailbox) put(i item) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.items = append(m.items, i)
	m.cond.Signal()
}

func (m *mailbox) Close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	m.cond.Broadcast()
}

func (m *mailbox) serve(ctx context.Context) {
	go func() {
		for {
			m.mu.Lock()
			for len(m.items) == 0 && !m.closed {
				m.cond.Wait()
			}
			if m.closed {
				m.mu.Unlock()
				return
			}
			i := m.items[0]
			m.items = m.items[1:]
			m.mu.Unlock()
			handle(ctx, i)
		}
	}()
}

// A place for one answer, made for each request.
type request struct{ answer chan item }

type server struct{ requests chan *request }

func newServer() *server { return &server{make(chan *request)} }

func (s *server) ask(ctx context.Context) (item, error) {
	r := &request{make(chan item, 1)}
	select {
	case s.requests <- r:
	case <-ctx.Done():
		return item{}, ctx.Err()
	}
	select {
	case i := <-r.answer:
		return i, nil
	case <-ctx.Done():
		return item{}, ctx.Err()
	}
}

func (s *server) serve(ctx context.Context) {
	go func() {
		for {
			select {
			case r := <-s.requests:
				r.answer <- fetch(ctx, 1)
			case <-ctx.Done():
				return
			}
		}
	}()
}

// The loop sends no more than there is room for.
func bounded(ctx context.Context) <-chan int {
	out := make(chan int, 3)
	go func() {
		for id := 0; id < 3; id++ {
			out <- fetch(ctx, id).id
		}
	}()
	return out
}

// Who knows how often the callback runs.
func called(ctx context.Context, each func(func())) error {
	failed := make(chan error, 1)
	each(func() {
		go func() { failed <- fetch(ctx, 1).err }()
	})
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// It is the goroutine that cancels the context; nobody else does.
func onSignal() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	c := make(chan os.Signal, 2)
	signal.Notify(c, os.Interrupt)
	go func() {
		<-c
		cancel()
		<-c
		os.Exit(1)
	}()
	return ctx
}

func run(f func(context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	go func() {
		<-c
		cancel()
	}()
	f(ctx)
}

// A hand-over between a method and the goroutine that it meets: whether the
// method is called isn't in view.
type meeting struct{ turn chan struct{} }

func newMeeting() *meeting { return &meeting{make(chan struct{})} }

func (m *meeting) start(ctx context.Context) {
	go func() { m.turn <- struct{}{} }()
}

func (m *meeting) next(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	<-m.turn
	return nil
}

// The owner reports before the goroutine runs, or the goroutine does.
func subscribe(ctx context.Context, open func() error) <-chan error {
	errs := make(chan error, 1)
	if err := open(); err != nil {
		errs <- err
		close(errs)
		return errs
	}
	go func() {
		defer close(errs)
		for id := 0; ; id++ {
			if i := fetch(ctx, id); i.err != nil {
				errs <- i.err
				return
			}
		}
	}()
	return errs
}

// What is sent comes from functions that call each other: they send nothing.
func fromRecursion(ctx context.Context) error {
	done := make(chan error, 1)
	go func() {
		done <- even(ctx, 8)
	}()
	select {
	case err := <-done:
		return err
	case <-time.After(time.Second):
		return nil
	}
}

func even(ctx context.Context, n int) error {
	if n == 0 {
		return ctx.Err()
	}
	return odd(ctx, n-1)
}

func odd(ctx context.Context, n int) error {
	if n == 0 {
		return nil
	}
	return even(ctx, n-1)
}

// Somebody else runs the literal: it isn't the goroutine's.
func handedOn(ctx context.Context, register func(func())) <-chan int {
	out := make(chan int)
	go func() {
		register(func() { out <- 1 })
		refresh()
	}()
	return out
}

// A literal that gives the token back.
func tokens(ctx context.Context) {
	sem := make(chan struct{}, 1)
	go func() {
		sem <- struct{}{}
		defer func() { <-sem }()
		refresh()
	}()
}

// A pipe's reader waits for its writer, as its contract says.
func piped(ctx context.Context, w io.Writer) io.WriteCloser {
	r, in := io.Pipe()
	go func() {
		buf := make([]byte, 1024)
		for {
			n, err := r.Read(buf)
			if err != nil {
				return
			}
			w.Write(buf[:n])
		}
	}()
	return in
}

type dialer struct {
	running chan struct{}
}

// The goroutine gives back the token of who started it.
func (d *dialer) dial(ctx context.Context) error {
	select {
	case d.running <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	go func() {
		defer func() { <-d.running }()
		refresh()
	}()
	return nil
}

func newDialer() *dialer { return &dialer{make(chan struct{}, 4)} }

// Closed on every way out.
func readied(ctx context.Context, dial func() error, addresses <-chan string) {
	always := make(chan struct{})
	go func() {
		defer close(always)
		if err := dial(); err != nil {
			return
		}
	}()
	either := make(chan struct{})
	go func() {
		if err := dial(); err != nil {
			close(either)
			return
		}
		close(either)
	}()
	dies := make(chan struct{})
	go func() {
		if err := dial(); err != nil {
			panic(err)
		}
		close(dies)
	}()
	// A flag says that it was closed before.
	flagged := make(chan struct{})
	go func() {
		open := true
		for range 3 {
			if open {
				close(flagged)
				open = false
			}
		}
	}()
	go func() {
		<-always
		<-either
		<-dies
		<-flagged
	}()
}

// Others close it as well.
func twoClose(ctx context.Context, dial func() error) {
	ready := make(chan struct{})
	go func() {
		if err := dial(); err != nil {
			return
		}
		close(ready)
	}()
	go func() { <-ready }()
	if dial() != nil {
		close(ready)
	}
}

// Somebody may call the closer again.
func closedByCall(ctx context.Context, dial func() error) {
	ready := make(chan struct{})
	try := func() {
		if err := dial(); err != nil {
			return
		}
		close(ready)
	}
	go try()
	go func() { <-ready }()
	try()
}

// There is room, or the receiver runs already.
func inOrder(ctx context.Context) {
	room := make(chan int, 1)
	room <- 1
	go func() { <-room }()
	out := make(chan int)
	go func() { <-out }()
	out <- 1
}

// Each turn makes its own and closes it; what ends the goroutine comes before.
func perTurn(ctx context.Context, next func() (int, error), send func(int) error) {
	go func() {
		for {
			n, err := next()
			if err != nil {
				return
			}
			sent := make(chan struct{})
			go func() { <-sent }()
			if err := send(n); err != nil {
				close(sent)
				return
			}
			close(sent)
		}
	}()
}
