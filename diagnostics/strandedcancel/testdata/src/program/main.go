// A program: what nothing leads to from main never runs.
package main

import "context"

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	dial(ctx)
	dialAgain(ctx)
	if l := listen(ctx); l != nil {
		l.close()
	}
	serve(ctx)
	watch(ctx)
}

func use(context.Context) {}

// The result is never set: the deferred literal closes nothing.
type conn struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func (c *conn) close() { c.cancel() }

func (c *conn) run() { use(c.ctx) }

func dial(ctx context.Context) (out *conn) {
	c := &conn{}
	c.ctx, c.cancel = context.WithCancel(context.Background()) // want `stored in the field cancel, but nothing`
	defer func() {
		if ctx.Err() != nil {
			if out != nil {
				out.close()
			}
			out = nil
		}
	}()
	go c.run()
	return out
}

// The other way to write it, without a result.
type link struct {
	ctx  context.Context
	stop context.CancelFunc
}

func (l *link) close() { l.stop() }

func (l *link) run() { use(l.ctx) }

func dialAgain(ctx context.Context) {
	var out *link
	l := &link{}
	l.ctx, l.stop = context.WithCancel(ctx) // want `stored in the field stop, but nothing`
	go l.run()
	func() {
		if out == nil {
			return
		}
		out.close()
	}()
}

// The result is set.
type listener struct{ cancel context.CancelFunc }

func (l *listener) close() { l.cancel() }

func listen(ctx context.Context) (out *listener) {
	defer func() {
		if ctx.Err() != nil && out != nil {
			out.close()
		}
	}()
	l := &listener{}
	ctx, l.cancel = context.WithCancel(ctx)
	use(ctx)
	return l
}

// A literal sets the variable.
type server struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func (s *server) close() { s.cancel() }

func (s *server) run() { use(s.ctx) }

func serve(ctx context.Context) {
	var out *server
	s := &server{}
	s.ctx, s.cancel = context.WithCancel(ctx)
	go s.run()
	func() { out = s }()
	defer func() {
		if out != nil {
			out.close()
		}
	}()
}

// Somebody else can set it, by its address.
type watcher struct{ cancel context.CancelFunc }

func (w *watcher) close() { w.cancel() }

func (w *watcher) give(to **watcher) { *to = w }

func watch(ctx context.Context) {
	var out *watcher
	w := &watcher{}
	ctx, w.cancel = context.WithCancel(ctx)
	use(ctx)
	w.give(&out)
	defer func() {
		if out != nil {
			out.close()
		}
	}()
}
