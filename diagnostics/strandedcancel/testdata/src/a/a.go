package a

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"time"
)

func use(context.Context) error { return nil }

// P1, peers FN-5: a field that nothing calls.
type server struct {
	mu   sync.Mutex
	ctx  context.Context
	stop context.CancelFunc
}

func newServer(p context.Context) *server {
	s := &server{}
	s.ctx, s.stop = context.WithCancel(p) // want `the cancel function returned by context.WithCancel is stored in the field stop, but nothing in this package ever calls it`
	return s
}

func (s *server) Serve() error { return use(s.ctx) }

func (s *server) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return nil
}

// P2: in a composite literal.
type client struct {
	ctx    context.Context
	cancel func()
}

func newClient(p context.Context) *client {
	ctx, cancel := context.WithTimeout(p, time.Minute)
	return &client{ctx: ctx, cancel: cancel} // want `is stored in the field cancel, but nothing`
}

func (c *client) Do() error { return use(c.ctx) }

// P3: a mention is no call.
type worker struct {
	cancel context.CancelCauseFunc
}

func (w *worker) Start(p context.Context) {
	ctx, cancel := context.WithCancelCause(p)
	w.cancel = cancel // want `stored in the field cancel`
	go use(ctx)
}

func (w *worker) Running() bool { return w.cancel != nil }

func (w *worker) Stop() {}

// P4: a package variable.
var stopAll context.CancelFunc

func start(p context.Context) {
	var ctx context.Context
	ctx, stopAll = signal.NotifyContext(p, os.Interrupt) // want `stored in the variable stopAll`
	use(ctx)
}

// P5, peers FN-34: a map whose elements nobody calls.
type registry struct {
	stops map[string]context.CancelFunc
}

func (r *registry) add(p context.Context, name string) {
	ctx, stop := context.WithCancel(p)
	r.stops[name] = stop // want `stored in the field stops`
	go use(ctx)
}

func (r *registry) remove(name string) { delete(r.stops, name) }

func (r *registry) has(name string) bool {
	_, ok := r.stops[name]
	return ok && len(r.stops) > 0
}

// P6: a slice.
type group struct{ stops []context.CancelFunc }

func (g *group) run(p context.Context) {
	ctx, stop := context.WithCancel(p)
	g.stops = append(g.stops, stop) // want `stored in the field stops`
	go use(ctx)
}

// P7: a generic type.
type box[T any] struct {
	value T
	stop  context.CancelFunc
}

func newBox[T any](p context.Context, v T) *box[T] {
	_, stop := context.WithCancel(p)
	return &box[T]{v, stop} // want `stored in the field stop`
}

func (b *box[T]) Value() T { return b.value }

// P8: the next turn of a loop overwrites it.
type dialer struct {
	ctx  context.Context
	stop context.CancelFunc
}

func (d *dialer) run(p context.Context) {
	for {
		d.ctx, d.stop = context.WithCancel(p) // want `d.stop still holds the cancel function of the turn before, which nobody has called`
		if use(d.ctx) == nil {
			return
		}
	}
}

func (d *dialer) Stop() { d.stop() }

// P9: a method that is called in a loop.
type session struct {
	mu   sync.Mutex
	stop context.CancelFunc
}

func (s *session) arm(p context.Context) {
	ctx, stop := context.WithTimeout(p, time.Second)
	s.mu.Lock()
	s.stop = stop // want `\(\*session\).arm runs more than once, and the cancel function that s.stop holds`
	s.mu.Unlock()
	go use(ctx)
}

func (s *session) keepAlive(p context.Context, tick <-chan time.Time) {
	for range tick {
		s.arm(p)
	}
}

func (s *session) Close() { s.stop() }

// P10: called twice on the same object.
type conn struct{ stop context.CancelFunc }

func (c *conn) open(p context.Context) {
	_, c.stop = context.WithCancel(p) // want `\(\*conn\).open runs more than once`
}

func (c *conn) connect(p context.Context) {
	c.open(p)
	if use(p) != nil {
		c.open(p)
	}
}

func (c *conn) close() { c.stop() }

// P11: an exported field of a struct that stays in the package.
type job struct{ Stop context.CancelFunc }

func runJob(p context.Context) {
	j := new(job)
	ctx, cancel := context.WithCancel(p)
	keep(j)
	j.Stop = cancel // want `stored in the field Stop`
	go use(ctx)
}

var jobs []*job

func keep(j *job) { jobs = append(jobs, j) }

// P12: by way of a setter.
type setter struct{ cancel context.CancelFunc }

func (s *setter) set(c context.CancelFunc) { s.cancel = c } // want `stored in the field cancel`

func (s *setter) start(p context.Context) {
	ctx, cancel := context.WithCancel(p)
	s.set(cancel)
	go use(ctx)
}

// P13: a channel that nobody receives from.
type queue struct{ stops chan context.CancelFunc }

func (q *queue) push(p context.Context) {
	_, stop := context.WithCancel(p)
	q.stops <- stop // want `stored in the field stops`
}

// P14: a package variable in a loop, called at the end.
var current context.CancelFunc

func turns(p context.Context, xs []int) {
	for range xs {
		ctx, cancel := context.WithCancel(p)
		current = cancel // want `current still holds the cancel function of the turn before`
		use(ctx)
	}
	current()
}

// P15: stored on one path, called on the others.
type stream struct{ cancel context.CancelFunc }

func newStream(p context.Context) (*stream, error) {
	ctx, cancel := context.WithCancel(p)
	if err := use(ctx); err != nil {
		cancel()
		return nil, err
	}
	return &stream{cancel: cancel}, nil // want `stored in the field cancel`
}

// The context is made anew after each reset.
type resetQueue struct {
	resetCtx  context.Context
	resetStop context.CancelFunc
}

func (q *resetQueue) start() {
	if q.resetCtx == nil {
		q.resetCtx, q.resetStop = context.WithCancel(context.Background()) // want `overwritten without a call`
	}
}

func (q *resetQueue) Add()   { q.start() }
func (q *resetQueue) Wait()  { q.start() }
func (q *resetQueue) Reset() { q.resetCtx = nil }

func (q *resetQueue) Shutdown() { q.resetStop() }
