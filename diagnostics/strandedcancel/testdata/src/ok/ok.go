package ok

import (
	"context"
	"sync"
	"time"
)

func use(context.Context) error { return nil }

// N1: Start beside a Stop that calls the field.
type server struct {
	ctx  context.Context
	stop context.CancelFunc
}

func (s *server) Start(p context.Context) { s.ctx, s.stop = context.WithCancel(p) }

func (s *server) Stop() { s.stop() }

// N2: an exported field may be called by others.
type Job struct{ Stop context.CancelFunc }

// peers FP-20: a struct that is returned by pointer.
func NewJob(p context.Context) *Job {
	_, stop := context.WithCancel(p)
	return &Job{Stop: stop}
}

// N3, peers FP-21: a field that another package calls.
func Start(p context.Context, j *Job) {
	_, j.Stop = context.WithCancel(p)
}

// N4, peers FP-22: a generic receiver.
type box[T any] struct {
	value T
	stop  context.CancelFunc
}

func (b *box[T]) Start(p context.Context) { _, b.stop = context.WithCancel(p) }
func (b *box[T]) Close()                  { b.stop() }

// N5, peers FP-23: over a channel that somebody receives from.
type queue struct{ stops chan context.CancelFunc }

func (q *queue) push(p context.Context) {
	_, stop := context.WithCancel(p)
	q.stops <- stop
}

func (q *queue) drain() {
	for stop := range q.stops {
		stop()
	}
}

// N6: a map whose elements are called.
type registry struct {
	stops map[string]context.CancelFunc
}

func (r *registry) add(p context.Context, name string) {
	_, stop := context.WithCancel(p)
	r.stops[name] = stop
}

func (r *registry) remove(name string) {
	if stop, ok := r.stops[name]; ok {
		stop()
	}
}

// N7: a slice.
type group struct{ stops []func() }

func (g *group) run(p context.Context) {
	_, stop := context.WithCancel(p)
	g.stops = append(g.stops, stop)
}

func (g *group) close() {
	for _, stop := range g.stops {
		stop()
	}
}

// N8: the old one is called first.
type dialer struct {
	ctx  context.Context
	stop context.CancelFunc
}

func (d *dialer) run(p context.Context) {
	for {
		if d.stop != nil {
			d.stop()
		}
		d.ctx, d.stop = context.WithCancel(p)
		if use(d.ctx) == nil {
			return
		}
	}
}

// N9: the turn calls it, in another method.
func (d *dialer) again(p context.Context) {
	for {
		d.ctx, d.stop = context.WithCancel(p)
		d.wait()
	}
}

func (d *dialer) wait() {
	use(d.ctx)
	d.hangUp()
}

func (d *dialer) hangUp() { d.stop() }

// N10: another object in each turn.
func many(p context.Context, ds []*dialer) {
	for _, d := range ds {
		d.ctx, d.stop = context.WithCancel(p)
	}
	for range ds {
		d := &dialer{}
		d.ctx, d.stop = context.WithCancel(p)
		defer d.hangUp()
	}
}

// N11: a method that is called for several objects.
type session struct{ stop context.CancelFunc }

func (s *session) arm(p context.Context) { _, s.stop = context.WithCancel(p) }
func (s *session) close()                { s.stop() }

func two(p context.Context) {
	a, b := new(session), new(session)
	a.arm(p)
	b.arm(p)
	defer a.close()
	defer b.close()
}

// N12: restarted after an end.
func (s *session) restart(p context.Context, tick <-chan time.Time) {
	for range tick {
		s.close()
		s.arm(p)
	}
}

// N13: called otherwise; the field is there for those who want to see it.
type watcher struct{ stop context.CancelFunc }

func watch(p context.Context) *watcher {
	ctx, stop := context.WithCancel(p)
	go func() {
		defer stop()
		use(ctx)
	}()
	return &watcher{stop: stop}
}

// N14: taken from the field.
type holder struct{ stop context.CancelFunc }

func (h *holder) Start(p context.Context) { _, h.stop = context.WithCancel(p) }

func (h *holder) Stopper() func() { return h.stop }

// N15: passed on.
type timed struct{ stop context.CancelFunc }

func (t *timed) Start(p context.Context) {
	_, t.stop = context.WithCancel(p)
	time.AfterFunc(time.Second, t.stop)
}

// N16: a method value of what holds it.
type once struct {
	stop context.CancelFunc
	once sync.Once
}

func newOnce(p context.Context) *once {
	o := &once{}
	_, o.stop = context.WithCancel(p)
	return o
}

func (o *once) Close() { o.once.Do(o.end) }
func (o *once) end()   { o.stop() }

// N17: copied with the struct.
type options struct{ stop context.CancelFunc }

type configured struct{ options }

func configure(p context.Context) *configured {
	_, stop := context.WithCancel(p)
	return &configured{options{stop}}
}

func (c *configured) Close() { c.stop() }

// N18: a function that does nothing.
type idle struct{ stop context.CancelFunc }

func newIdle() *idle { return &idle{stop: func() {}} }

// N19: the parent ends with the turn.
func nested(p context.Context, d *dialer) {
	for range 100 {
		ctx, cancel := context.WithCancel(p)
		d.ctx, d.stop = context.WithCancel(ctx)
		use(d.ctx)
		cancel()
	}
}

// N20: two ways to begin, of which an object goes one.
type runner struct{ stop context.CancelFunc }

func (r *runner) init(p context.Context) { _, r.stop = context.WithCancel(p) }

func newRunner(p context.Context, wait bool) *runner {
	r := new(runner)
	if wait {
		r.init(p)
	} else {
		r.init(context.WithoutCancel(p))
	}
	return r
}

func (r *runner) Stop() { r.stop() }

// N21: a struct whose exported field an exported type gives away.
type inner struct{ Cancel context.CancelFunc }

type Outer struct{ *inner }

func NewOuter(p context.Context) Outer {
	_, cancel := context.WithCancel(p)
	return Outer{&inner{Cancel: cancel}}
}

// N22: a closure in the field's type takes it over.
type hooks struct{ onClose []func() }

func (h *hooks) start(p context.Context) {
	_, stop := context.WithCancel(p)
	h.onClose = append(h.onClose, func() { stop() })
}

func (h *hooks) Close() {
	for i := len(h.onClose) - 1; i >= 0; i-- {
		h.onClose[i]()
	}
}

// A call through an interface, and one of a method value, have their receiver
// elsewhere than a plain one.
type engine interface{ turn() }

type motor struct{ stop context.CancelFunc }

func (m *motor) turn() { _, m.stop = context.WithCancel(context.Background()) }

func (m *motor) Stop() { m.stop() }

func turns() {
	m := &motor{}
	defer m.Stop()
	var e engine = m
	e.turn()
}

type ticking struct{ stop context.CancelFunc }

func (t *ticking) Tick() { _, t.stop = context.WithCancel(context.Background()) }

func (t *ticking) Stop() { t.stop() }

func ticks() {
	t := &ticking{}
	defer t.Stop()
	tick := t.Tick
	tick()
}
