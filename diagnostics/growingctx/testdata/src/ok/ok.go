package ok

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"
)

type key struct{}

type named string

func use(context.Context) error { return nil }

// peers FP-15: assigned from another one.
func unrelated(ctx context.Context, list []context.Context) {
	for _, x := range list {
		ctx = x
		use(ctx)
	}
}

// peers FP-16: always derived from the base.
func fromBase(ctx context.Context, xs []int) {
	cur := ctx
	for i := range xs {
		cur = context.WithValue(ctx, key{}, i)
		use(cur)
	}
}

// peers FP-17: it leaves the loop right after.
func leaves(ctx context.Context, xs []int) context.Context {
	for _, x := range xs {
		if x > 3 {
			ctx = context.WithValue(ctx, key{}, x)
			break
		}
	}
	return ctx
}

// peers FP-18: a literal that runs once.
func once(ctx context.Context) {
	func() {
		ctx = context.WithValue(ctx, key{}, 1)
	}()
	use(ctx)
}

func fresh(ctx context.Context, xs []int) {
	for range xs {
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		use(ctx)
		cancel()
	}
}

func freshVar(ctx context.Context, xs []int) {
	for i := range xs {
		c := ctx
		if i > 2 {
			c = context.WithValue(c, key{}, i)
		}
		use(c)
	}
}

func restored(ctx context.Context, xs []int) {
	for i := range xs {
		saved := ctx
		ctx = context.WithValue(ctx, key{}, i)
		use(ctx)
		ctx = saved
	}
}

// Values under keys of their own, for use after the loop.
func baggage(ctx context.Context, headers map[string]string) error {
	for k, v := range headers {
		ctx = context.WithValue(ctx, named(k), v)
	}
	return use(ctx)
}

func with(ctx context.Context, k, v string) context.Context {
	return context.WithValue(ctx, named(k), v)
}

func baggageByWrapper(ctx context.Context, headers map[string]string) error {
	for k, v := range headers {
		ctx = with(ctx, k, v)
	}
	return use(ctx)
}

func options(ctx context.Context, opts []func(context.Context) context.Context) error {
	for _, opt := range opts {
		ctx = opt(ctx)
	}
	return use(ctx)
}

type job struct{ ctx context.Context }

// Another value's field in each turn.
func fields(jobs []*job) {
	for i, j := range jobs {
		j.ctx = context.WithValue(j.ctx, key{}, i)
		use(j.ctx)
	}
}

func background(xs []int) {
	var ctx context.Context
	for i := range xs {
		ctx = context.WithValue(context.Background(), key{}, i)
		use(ctx)
	}
}

func rearmed(parent context.Context, xs []int) {
	ctx, cancel := context.WithTimeout(parent, time.Second)
	for range xs {
		use(ctx)
		cancel()
		ctx, cancel = context.WithTimeout(parent, time.Second)
	}
	cancel()
}

func recursive(ctx context.Context, n int) {
	if n > 0 {
		recursive(context.WithValue(ctx, key{}, n), n-1)
	}
}

func handler(w http.ResponseWriter, r *http.Request) {
	for _, c := range r.Cookies() {
		r := r.WithContext(context.WithValue(r.Context(), key{}, c))
		use(r.Context())
	}
}

func returned(ctx context.Context, xs []int) context.Context {
	for _, x := range xs {
		ctx = context.WithValue(ctx, key{}, x)
		if use(ctx) == nil {
			return ctx
		}
		panic("no")
	}
	return ctx
}

func TestDeep(t *testing.T) {
	ctx := context.Background()
	for range 100 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		t.Cleanup(cancel)
	}
	use(ctx)
}

func wrap(ctx context.Context, v int) context.Context { return context.WithValue(ctx, key{}, v) }

// Derived once, before the literal with the loop captures it.
func beforeLiteral(ctx context.Context, xs []int) (context.Context, func() error) {
	ctx = wrap(ctx, 0)
	return ctx, func() error {
		for _, x := range xs {
			if err := use(ctx); err != nil {
				return err
			}
			if x == 0 {
				ctx = context.WithoutCancel(ctx)
				return use(ctx)
			}
		}
		return nil
	}
}

type holder struct{ context.Context }

// Each turn starts from what was there before the loop.
func fromBefore(h holder, keys []string, use func(holder)) {
	before := h.Context
	for _, key := range keys {
		h.Context = context.WithValue(before, label{}, key)
		use(h)
	}
}

type label struct{}

// It runs once.
func firstTurn(ctx context.Context, use func(context.Context) bool) {
	var first sync.Once
	for {
		first.Do(func() { ctx = context.WithValue(ctx, key{}, 1) })
		if use(ctx) {
			return
		}
	}
}
