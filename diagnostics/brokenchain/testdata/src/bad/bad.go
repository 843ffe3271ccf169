package bad

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"os/exec"
	"sync"
	"time"
)

func use(ctx context.Context) error               { return ctx.Err() }
func fetch(ctx context.Context, key string) error { return ctx.Err() }

type store interface {
	Get(ctx context.Context, key string) (string, error)
}

// peers FN-14: a function that returns a context is looked at as well.
func returnsContext(ctx context.Context) (context.Context, error) {
	if err := fetch(context.Background(), "a"); err != nil { // want `fetch gets context.Background\(\) though ctx is at hand: cancelling it doesn't reach fetch`
		return nil, err
	}
	return ctx, nil
}

func todo(ctx context.Context, s store) (string, error) {
	return s.Get(context.TODO(), "a") // want `Get gets context.TODO\(\) though ctx is at hand`
}

func derived(ctx context.Context, d time.Duration) error {
	tctx, cancel := context.WithTimeout(context.Background(), d) // want `WithTimeout derives from context.Background\(\) though ctx is at hand: cancelling it doesn't reach use`
	defer cancel()
	return use(tctx)
}

// The parameter itself is overwritten.
func overwritten(ctx context.Context, d time.Duration, s store) (string, error) {
	if err := use(ctx); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), d) // want `WithTimeout derives from context.Background\(\) though ctx is at hand: cancelling it doesn't reach Get`
	defer cancel()
	return s.Get(ctx, "a")
}

// peers FN-15: a request in any signature.
func request(db *sql.DB, r *http.Request) error {
	_, err := db.ExecContext(context.Background(), "select 1", r.URL.Path) // want `ExecContext gets context.Background\(\) though r.Context\(\) is at hand`
	return err
}

func handler(w http.ResponseWriter, r *http.Request) {
	req, err := http.NewRequestWithContext(context.TODO(), http.MethodGet, "http://localhost/", nil) // want `NewRequestWithContext gets context.TODO\(\) though r.Context\(\) is at hand`
	if err != nil {
		return
	}
	resp, err := http.DefaultClient.Do(req)
	if err == nil {
		resp.Body.Close()
	}
}

type appContext struct {
	context.Context
	user string
}

// peers FN-16: a context type of one's own.
func custom(c *appContext) error {
	return use(context.Background()) // want `use gets context.Background\(\) though c is at hand`
}

type opts struct {
	Ctx context.Context
	Key string
}

func do(o opts) error     { return fetch(o.Ctx, o.Key) }
func doPtr(o *opts) error { return fetch(o.Ctx, o.Key) }

// peers FN-13: inside of a struct of options.
func inOptions(ctx context.Context) error {
	if err := do(opts{Ctx: context.Background(), Key: "a"}); err != nil { // want `do gets context.Background\(\) though ctx is at hand`
		return err
	}
	return doPtr(&opts{Ctx: context.TODO(), Key: "a"}) // want `doPtr gets context.TODO\(\) though ctx is at hand`
}

func captured(ctx context.Context, keys []string) error {
	each := func(key string) error {
		return fetch(context.Background(), key) // want `fetch gets context.Background\(\) though ctx is at hand`
	}
	for _, key := range keys {
		if err := each(key); err != nil {
			return err
		}
	}
	return nil
}

func joined(ctx context.Context, keys []string) error {
	var wg sync.WaitGroup
	errs := make([]error, len(keys))
	for i, key := range keys {
		wg.Go(func() {
			errs[i] = fetch(context.Background(), key) // want `fetch gets context.Background\(\) though ctx is at hand`
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// The goroutine ends with the context, so its work belongs to it too.
func follower(ctx context.Context, tick <-chan time.Time) {
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick:
				_ = use(context.Background()) // want `use gets context.Background\(\) though ctx is at hand`
			}
		}
	}()
}

func local(r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), time.Second)
	defer cancel()
	if err := use(ctx); err != nil {
		return err
	}
	return use(context.Background()) // want `use gets context.Background\(\) though ctx is at hand`
}

func variable(ctx context.Context) error {
	other := context.TODO() // want `use gets context.TODO\(\) though ctx is at hand`
	if err := use(other); err != nil {
		return err
	}
	return fetch(other, "a")
}

// Asking for a deadline is no reason to lose the signal.
func deadline(r *http.Request, s store) (string, error) {
	ctx := r.Context()
	if d, ok := ctx.Deadline(); !ok || time.Until(d) > time.Minute {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.Background(), time.Minute) // want `WithTimeout derives from context.Background\(\) though ctx is at hand: cancelling it doesn't reach Get`
		defer cancel()
	}
	return s.Get(ctx, "a")
}

func command(ctx context.Context) error {
	return exec.CommandContext(context.Background(), "true").Run() // want `CommandContext gets context.Background\(\) though ctx is at hand`
}

type item struct {
	ctx context.Context
	key string
}

func newItem(ctx context.Context, key string) *item { return &item{ctx, key} }

func process(ctx context.Context, it *item) error { return ctx.Err() }

// What is made under the root is used under ctx.
func constructed(ctx context.Context) (*item, error) {
	it := newItem(context.Background(), "a") // want `newItem gets context.Background\(\) though ctx is at hand`
	err := process(ctx, it)
	return it, err
}

func bounded(ctx context.Context, worker interface{ Serve(context.Context) }) error {
	wctx, cancel := context.WithCancel(context.Background()) // want `WithCancel derives from context.Background\(\) though ctx is at hand: cancelling it doesn't reach Serve`
	defer cancel()
	go worker.Serve(wctx)
	return use(ctx)
}

func generic[K comparable](ctx context.Context, get func(context.Context, K) error, k K) error {
	return get(context.Background(), k) // want `get gets context.Background\(\) though ctx is at hand`
}

func ranged(ctx context.Context, seq func(yield func(string) bool)) error {
	for key := range seq {
		if err := fetch(context.Background(), key); err != nil { // want `fetch gets context.Background\(\) though ctx is at hand`
			return err
		}
	}
	return nil
}

func switched(ctx context.Context, kind int) (err error) {
	switch kind {
	case 1:
		err = use(context.Background()) // want `use gets context.Background\(\) though ctx is at hand`
	default:
		err = use(ctx)
	}
	return err
}

// A handler's goroutine is meant to outlive it; what it loses is the values.
func audit(w http.ResponseWriter, r *http.Request, s store) {
	go func() {
		s.Get(context.Background(), r.URL.Path) // want `context.Background\(\) in a goroutine of a handler: Get loses the values of r.Context\(\)`
	}()
	w.WriteHeader(http.StatusAccepted)
}

type guarded struct{ mu sync.Mutex }

func (g *guarded) WithLock(ctx context.Context, do func() error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	return do()
}

// What a function does with something isn't longer than its call.
func brackets(ctx context.Context, g *guarded) error {
	return g.WithLock(context.Background(), func() error { return nil }) // want `WithLock gets context.Background\(\) though ctx is at hand`
}

type pipeline struct{ ctx context.Context }

type conn struct{ open pipeline }

func (c *conn) StartPipeline(ctx context.Context) *pipeline {
	c.open = pipeline{ctx: ctx}
	return &c.open
}

type batch struct {
	ctx      context.Context
	pipeline *pipeline
}

// What a call makes belongs to the context that it is kept together with.
func sendBatch(ctx context.Context, c *conn) *batch {
	p := c.StartPipeline(context.Background()) // want `StartPipeline gets context.Background\(\) though ctx is at hand`
	return &batch{ctx: ctx, pipeline: p}
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

// The function leaves when it fails, and could do so at once.
func inTurn(ctx context.Context, w *weighted, work func(context.Context)) error {
	if err := w.Acquire(context.Background(), 1); err != nil { // want `Acquire gets context.Background\(\) though ctx is at hand`
		return err
	}
	defer w.Release(1)
	work(ctx)
	return nil
}

type rows struct{ last string }

// The condition asks for something else than what is filled in; and a comment
// that names a root without a reason is none.
func (r *rows) read(ctx context.Context, force bool) error {
	// Reads under context.Background() for now.
	if force {
		if err := use(ctx); err != nil {
			return err
		}
		r.last = "x"
		return use(context.Background()) // want `use gets context.Background\(\) though ctx is at hand`
	}
	return nil
}

// The cancel is called once the literal has used the context.
func cancelsAfterwards(ctx context.Context) error {
	own, cancel := context.WithCancel(context.Background()) // want `WithCancel derives from context.Background\(\) though ctx is at hand`
	run := func() error { return use(own) }
	err := run()
	cancel()
	return err
}

type table struct {
	rows []string
	err  error
}

// It isn't what the condition asks for that is returned.
func (t *table) load(ctx context.Context, s store) ([]string, error) {
	if t.rows == nil && ctx == nil {
		return nil, errors.New("no context")
	}
	row, err := s.Get(context.Background(), "a") // want `Get gets context.Background\(\) though ctx is at hand`
	t.rows = append([]string(nil), row)
	return t.rows, err
}

// A goroutine that works under the context that it was handed, but not here.
func handedAndUsed(ctx context.Context, s store) {
	go func(ctx context.Context, key string) {
		if _, err := s.Get(ctx, key); err != nil {
			s.Get(context.Background(), key) // want `Get gets context.Background\(\) though ctx is at hand`
		}
	}(ctx, "k")
}

// A callback that is called here with a context, and makes one of its own.
func polled(ctx context.Context, poll func(context.Context, func(context.Context) error) error) error {
	return poll(ctx, func(ctx context.Context) error {
		own, cancel := context.WithTimeout(context.Background(), time.Minute) // want `WithTimeout derives from context.Background\(\) though ctx is at hand`
		defer cancel()
		return exec.CommandContext(own, "true").Run()
	})
}

// A complaint is no reason, nor is one for something else.
func complains(ctx context.Context, s store) error {
	if err := use(ctx); err != nil {
		return err
	}
	// TODO: this is not using ctx yet.
	if _, err := s.Get(context.Background(), "a"); err != nil { // want `Get gets context.Background\(\) though ctx is at hand`
		return err
	}
	// Not using the cache here because it may be stale.
	_, err := s.Get(context.Background(), "b") // want `Get gets context.Background\(\) though ctx is at hand`
	return err
}

// A literal whose name says nothing of an end.
func byVariable(ctx context.Context, s store) error {
	load := func(ctx context.Context) error {
		_, err := s.Get(ctx, "a")
		return err
	}
	if err := use(ctx); err != nil {
		return err
	}
	return load(context.TODO()) // want `load gets context.TODO\(\) though ctx is at hand`
}

type radio struct{ heard chan string }

func (r *radio) Listen(ctx context.Context) (string, error) {
	select {
	case s := <-r.heard:
		return s, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// It isn't that of package net.
func tunes(ctx context.Context, r *radio) (string, error) {
	if err := use(ctx); err != nil {
		return "", err
	}
	return r.Listen(context.TODO()) // want `Listen gets context.TODO\(\) though ctx is at hand`
}

// A wish, with its reason, is no reason.
func wishes(ctx context.Context, s store) error {
	if err := use(ctx); err != nil {
		return err
	}
	// TODO: should pass ctx instead of context.Background(), because this can hang.
	_, err := s.Get(context.Background(), "a") // want `Get gets context.Background\(\) though ctx is at hand`
	return err
}

// A name that only begins like one for an end.
func nearest(ctx context.Context, s store) error {
	closest := func(ctx context.Context) error {
		_, err := s.Get(ctx, "a")
		return err
	}
	if err := use(ctx); err != nil {
		return err
	}
	return closest(context.TODO()) // want `closest gets context.TODO\(\) though ctx is at hand`
}

// A description is no reason.
func counts(ctx context.Context, s store) error {
	if err := use(ctx); err != nil {
		return err
	}
	// Continue after the migration, with a new context.
	_, err := s.Get(context.Background(), "a") // want `Get gets context.Background\(\) though ctx is at hand`
	return err
}

type pipes struct{ last pipe }

type pipe struct{ ctx context.Context }

func (p *pipes) StartPipe(ctx context.Context) *pipe {
	p.last = pipe{ctx}
	return &p.last
}

func (p *pipe) send(ctx context.Context) error { return fetch(p.ctx, "a") }

// What is started is used under the live context, here.
func batches(ctx context.Context, p *pipes) error {
	started := p.StartPipe(context.Background()) // want `StartPipe gets context.Background\(\) though ctx is at hand`
	return started.send(ctx)
}

type order struct{ ctx context.Context }

func newOrder(ctx context.Context, name string) *order { return &order{ctx} }

// What is made keeps the root.
func orders(ctx context.Context, run func(*order) error) error {
	o := newOrder(context.Background(), "get") // want `newOrder gets context.Background\(\) though ctx is at hand`
	return run(o)
}
