package ok

import (
	"context"
	"time"
)

// N23: what waits for the context calls it, and so does somebody else.
type rows struct{ cancel context.CancelFunc }

func (r *rows) open(p context.Context) {
	var ctx context.Context
	ctx, r.cancel = context.WithCancel(p)
	go r.await(ctx)
}

func (r *rows) await(ctx context.Context) {
	<-ctx.Done()
	r.cancel()
}

func (r *rows) finish() { r.cancel() }

// N24: it waits for another context: that of its parent.
type child struct{ cancel context.CancelFunc }

func (c *child) start(p context.Context) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(p))
	c.cancel = cancel
	go c.follow(p)
	go c.work(ctx)
}

func (c *child) follow(p context.Context) {
	<-p.Done()
	c.cancel()
}

func (c *child) work(ctx context.Context) { <-ctx.Done() }

// N25: or leaves by another way too.
type either struct{ cancel context.CancelFunc }

func (e *either) start(p context.Context, quit chan struct{}) {
	ctx, cancel := context.WithCancel(p)
	e.cancel = cancel
	go func() {
		select {
		case <-ctx.Done():
		case <-quit:
		}
		e.cancel()
	}()
}

// N26: a clock ends it.
type clocked struct{ cancel context.CancelFunc }

func (t *clocked) start(p context.Context) {
	ctx, cancel := context.WithTimeout(p, time.Second)
	t.cancel = cancel
	go func() {
		<-ctx.Done()
		t.cancel()
	}()
}

// N27: others can call the method that calls it.
type Shared struct{ cancel context.CancelFunc }

func (s *Shared) start(p context.Context) {
	ctx, cancel := context.WithCancel(p)
	s.cancel = cancel
	go func() {
		<-ctx.Done()
		s.Close()
	}()
}

func (s *Shared) Close() { s.cancel() }

// The context is made when it is first needed, and stays.
type lazyQueue struct {
	lazyCtx  context.Context
	lazyStop context.CancelFunc
}

func (q *lazyQueue) start() {
	if q.lazyCtx == nil {
		q.lazyCtx, q.lazyStop = context.WithCancel(context.Background())
	}
}

func (q *lazyQueue) Add()  { q.start() }
func (q *lazyQueue) Wait() { q.start() }

func (q *lazyQueue) Shutdown() {
	if q.lazyStop != nil {
		q.lazyStop()
	}
}

// N25: each turn works on a copy of another element, whose context has ended.
type round struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func (r *round) halt() { r.cancel() }

func renewAll(p context.Context, rounds map[string]round) {
	var r round
	var name string
	for name, r = range rounds {
		<-r.ctx.Done()
		r.ctx, r.cancel = context.WithCancel(p)
		rounds[name] = r
	}
}
