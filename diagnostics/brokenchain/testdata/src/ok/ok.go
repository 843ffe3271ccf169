package ok

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"
)

func use(ctx context.Context) error { return ctx.Err() }

type store interface {
	Get(ctx context.Context, key string) (string, error)
	Delete(ctx context.Context, key string) error
}

func noContext() error { return use(context.Background()) }

func rootOnly() error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if err := use(ctx); err != nil {
		return err
	}
	return use(context.Background())
}

// peers FP-6: a graceful shutdown after Done.
func serve(ctx context.Context, srv *http.Server) error {
	<-ctx.Done()
	c, stop := context.WithTimeout(context.Background(), time.Second)
	defer stop()
	return srv.Shutdown(c)
}

func afterErr(ctx context.Context) error {
	if ctx.Err() != nil {
		return use(context.Background())
	}
	return nil
}

func afterCancelled(ctx context.Context) error {
	err := use(ctx)
	if errors.Is(err, context.Canceled) {
		return use(context.Background())
	}
	return err
}

// The loop ends when the context is done; what follows may run after it.
func lastReport(ctx context.Context, work <-chan int) error {
	var err error
	for err == nil {
		select {
		case <-ctx.Done():
			err = ctx.Err()
		case <-work:
		}
	}
	c, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return use(c)
}

// peers FP-7: a fallback for nil.
func nilFallback(ctx context.Context) error {
	if ctx == nil {
		ctx = context.Background()
	}
	return use(ctx)
}

func nilRequest(ctx context.Context, r *http.Request) error {
	if r == nil {
		return use(ctx)
	}
	if r.Context() == nil {
		return use(context.Background())
	}
	return nil
}

// peers FP-8: a parameter that is given up.
func blank(_ context.Context) error { return use(context.Background()) }

func blankInside(ctx context.Context) func(context.Context) error {
	_ = use(ctx)
	return func(_ context.Context) error { return use(context.Background()) }
}

// peers FP-9: cleanup in a defer.
func inDefer(ctx context.Context) error {
	defer func() {
		c, stop := context.WithTimeout(context.Background(), time.Second)
		defer stop()
		use(c)
	}()
	return use(ctx)
}

func deferredArgument(ctx context.Context) error {
	defer use(context.Background())
	return use(ctx)
}

func deferredVariable(ctx context.Context) error {
	undo := func() { use(context.Background()) }
	defer undo()
	return use(ctx)
}

func afterFunc(ctx context.Context) {
	context.AfterFunc(ctx, func() { use(context.Background()) })
}

func inCleanup(t *testing.T, ctx context.Context) {
	t.Cleanup(func() { use(context.Background()) })
}

// peers FP-10: what the standard library does inside is its own affair.
func logs(ctx context.Context) {
	slog.Info("started")
	slog.Default().LogAttrs(context.Background(), slog.LevelInfo, "logged")
}

func newRequestScope() context.Context { return context.Background() }

// peers FP-11: a helper that detaches.
func helper(ctx context.Context) error { return use(newRequestScope()) }

// peers FP-12: detached on one path.
func conditional(ctx context.Context, async bool) error {
	c := ctx
	if async {
		c = context.Background()
	}
	return use(c)
}

func conditionalDerived(ctx context.Context, async bool) error {
	if async {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.Background(), time.Second)
		defer cancel()
	}
	return use(ctx)
}

func withoutCancel(ctx context.Context) error { return use(context.WithoutCancel(ctx)) }

func comment(ctx context.Context, s store) error {
	// The entry is shared: its lookup is independent of who asks first.
	if _, err := s.Get(context.Background(), "a"); err != nil {
		return err
	}
	_, err := s.Get(context.Background(), "b") // detached on purpose
	return err
}

func compared(ctx context.Context) bool { return ctx == context.Background() }

type session struct {
	ctx  context.Context
	stop context.CancelFunc
}

func newSession(ctx context.Context) *session {
	_ = use(ctx)
	c, stop := context.WithCancel(context.Background())
	return &session{c, stop}
}

func (s *session) restart(ctx context.Context) {
	_ = use(ctx)
	s.ctx, s.stop = context.WithCancel(context.Background())
	go use(s.ctx)
}

// The context lives until the closure that is returned ends it.
func background(ctx context.Context) func() {
	_ = use(ctx)
	c, stop := context.WithCancel(context.Background())
	go use(c)
	return stop
}

// What the deferred literal does after the cancel shows that the moment counts.
func ownEnd(ctx context.Context, monitor func(context.Context) <-chan struct{}) error {
	c, stop := context.WithCancel(context.Background())
	stopped := monitor(c)
	defer func() {
		stop()
		<-stopped
	}()
	return use(ctx)
}

func (s *session) spawn(ctx context.Context) {
	s.ctx = ctx
	go func() {
		for use(context.Background()) == nil {
			time.Sleep(time.Second)
		}
	}()
}

type watcher struct {
	mu  sync.Mutex
	ctx context.Context
}

// monitor keeps its context, by its summary.
func (w *watcher) monitor(ctx context.Context) {
	go func() {
		<-ctx.Done()
		w.mu.Lock()
		defer w.mu.Unlock()
	}()
}

func (w *watcher) start(ctx context.Context) error {
	w.monitor(context.Background())
	return use(ctx)
}

func (w *watcher) keep(ctx context.Context) { w.ctx = ctx }

func (w *watcher) reset(ctx context.Context) error {
	w.keep(context.Background())
	return use(ctx)
}

// A callback that somebody keeps runs when the context may be over.
func registers(ctx context.Context, on func(func())) error {
	on(func() { use(context.Background()) })
	return use(ctx)
}

func returnsCallback(ctx context.Context) (func() error, error) {
	return func() error { return use(context.Background()) }, use(ctx)
}

type tx interface {
	Rollback(context.Context) error
	Commit(context.Context) error
}

func transaction(ctx context.Context, t tx) error {
	if err := use(ctx); err != nil {
		t.Rollback(context.Background())
		return err
	}
	return t.Commit(ctx)
}

func undo(ctx context.Context, s store) error {
	if err := use(ctx); err != nil {
		s.Delete(context.Background(), "a")
		return err
	}
	return nil
}

// The request had the client's context: somebody took it away.
func shared(w http.ResponseWriter, r *http.Request, next http.Handler) {
	next.ServeHTTP(w, r.Clone(context.Background()))
}

func init() {
	ctx, cancel := context.WithCancel(newRequestScope())
	defer cancel()
	_ = use(ctx)
	_ = use(context.Background())
}

type nsKey struct{}

// Only a value goes over to the new context.
func forwarder(ctx context.Context) {
	ns, _ := ctx.Value(nsKey{}).(string)
	ctx = context.WithValue(context.Background(), nsKey{}, ns)
	for use(ctx) == nil {
		time.Sleep(time.Second)
	}
}

// A request that the caller made gets a context of the call's own.
func post(rt http.RoundTripper, req *http.Request) error {
	ctx, cancel := context.WithCancel(context.Background())
	req = req.WithContext(ctx)
	defer cancel()
	failed := make(chan error, 1)
	go func() {
		_, err := rt.RoundTrip(req)
		failed <- err
	}()
	return <-failed
}

type weighted struct{ ch chan struct{} }

func (w *weighted) Acquire(ctx context.Context, n int64) error {
	select {
	case w.ch <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *weighted) Release(n int64) { <-w.ch }

// It must not fail: what wasn't taken would be given back.
func bounded(ctx context.Context, w *weighted, work func(context.Context)) {
	_ = w.Acquire(context.Background(), 1)
	defer w.Release(1)
	work(ctx)
}

// A comment further up says why the root is one.
func written(ctx context.Context, trace func(context.Context) func()) error {
	// The span measures only; the write below deliberately stays on
	// context.Background(), so that a caller who leaves doesn't abort it.
	defer trace(ctx)()
	if ctx.Value(0) == nil {
		return nil
	}
	return use(context.Background())
}

func marks(ctx context.Context) error {
	if err := use(ctx); err != nil {
		return err
	}
	// Spawn a new context so we always mark it in full on shutdown.
	markCtx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return use(markCtx)
}

// The last flush comes after the end.
func writer(ctx context.Context, write func(context.Context) error) (stop func()) {
	quit := make(chan struct{})
	flush := func() {
		writeCtx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		_ = write(writeCtx)
	}
	go func() {
		select {
		case <-ctx.Done():
		case <-quit:
		}
		flush()
	}()
	return func() { close(quit) }
}

func waitsForAll(ctx context.Context) error {
	if err := use(ctx); err != nil {
		return err
	}
	// When the context is canceled, it should still wait for the others.
	// Therefore, we use [context.Background] here.
	return use(context.Background())
}

// The length is to be told without a request.
func length(ctx context.Context, size func(context.Context) error) error {
	if err := use(ctx); err != nil {
		return err
	}
	dead, cancel := context.WithCancel(context.Background())
	cancel()
	return size(dead)
}

type buffer struct{ send sender }

type sender func(string) error

func newBuffer(ctx context.Context, send sender) *buffer {
	b := &buffer{send: send}
	go b.flush(ctx)
	return b
}

func (b *buffer) flush(ctx context.Context) {
	<-ctx.Done()
	_ = b.send("rest")
}

type buffers struct {
	ctx context.Context
	m   map[string]*buffer
}

// The literal is kept, and sends for later callers as well.
func (b *buffers) publish(ctx context.Context, key string, s store) error {
	kept := newBuffer(b.ctx, func(text string) error {
		own, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_, err := s.Get(own, text)
		return err
	})
	b.m[key] = kept
	return use(ctx)
}

// It says further up why it has a context of its own.
func startsNetwork(ctx context.Context, s store) error {
	// Starting takes five minutes at most, independent of the context of the request,
	// so that what was started late is found by the next one.
	limit := 5 * time.Minute
	if deadline, ok := ctx.Deadline(); ok {
		limit += time.Until(deadline)
	}

	own, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	_, err := s.Get(own, "network")
	return err
}

func exitProcess(ctx context.Context, code int) error { return use(ctx) }

// The process ends, and not by the request.
func stops(w http.ResponseWriter, r *http.Request) {
	_ = exitProcess(context.Background(), 0)
}

// A goroutine that was handed the context and left it has its reasons.
func handedAndLeft(ctx context.Context, s store) {
	go func(ctx context.Context, key string) {
		s.Delete(context.Background(), key)
	}(ctx, "k")
}

type login struct {
	ctx  context.Context
	name string
}

var logins = make(map[string]*login)

func remember(name string, l *login) { logins[name] = l }

// newLogin keeps its context in what others find later.
func newLogin(ctx context.Context, s store, name string) (*login, error) {
	if ctx.Value("client") == nil {
		ctx = context.WithValue(ctx, "client", name)
	}
	l := &login{ctx: ctx, name: name}
	if _, err := s.Get(ctx, name); err != nil {
		return nil, err
	}
	remember(name, l)
	return l, nil
}

func keptForLater(w http.ResponseWriter, r *http.Request, s store) error {
	l, err := newLogin(context.WithValue(context.Background(), "log", 1), s, r.URL.Path)
	if err != nil {
		return err
	}
	return l.ctx.Err()
}

func leavesOut(ctx context.Context) error {
	// Not using `ctx` here because what it ends is only the channel of the
	// results.
	if err := use(context.Background()); err != nil {
		return err
	}
	// It is the store's, and we
	// don't want it cancelled with the caller.
	if err := use(context.Background()); err != nil {
		return err
	}
	// A root instead of the caller's ctx, as the answer is for all.
	return use(context.Background())
}

type hold struct{ release func(context.Context) error }

// What ends something may be a literal, too.
func endsByVariable(ctx context.Context, s store, h *hold) error {
	stopAll := func(ctx context.Context) error {
		err := s.Delete(ctx, "a")
		return errors.Join(err, s.Delete(ctx, "b"))
	}
	if err := use(ctx); err != nil {
		return err
	}
	if err := h.release(context.TODO()); err != nil {
		return err
	}
	return stopAll(context.TODO())
}

// A comment that names the root says why.
func clear(ctx context.Context) error {
	// Use context.Background() so it is clear which of the two has ended.
	tctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return use(tctx)
}
