package chains

import (
	"context"
	"net/http"
	"time"
)

type key struct{}

type server struct {
	ctx    context.Context
	client *http.Client
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	handle(ctx, "a")
}

func handle(ctx context.Context, id string) error {
	if id == "" {
		return ctx.Err()
	}
	vctx := context.WithValue(ctx, key{}, id)
	return fetch(vctx)
}

func fetch(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Second):
		return nil
	}
}

func twice(ctx context.Context) {
	_ = fetch(ctx)
	_ = fetch(context.WithoutCancel(ctx))
	_ = fetch(context.TODO())
}

func Exported(ctx context.Context, d time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	ctx, stop := context.WithDeadline(ctx, time.Now().Add(90*time.Second))
	defer stop()
	return fetch(ctx)
}

func joined(ctx context.Context, d time.Duration) error {
	if d > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, d)
		defer cancel()
	}
	return fetch(ctx)
}

func (s *server) serve(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	_ = fetch(ctx)
	_ = fetch(r.Context())
	_ = fetch(s.ctx)
}

func newServer() *server {
	ctx, cancel := context.WithCancel(context.Background())
	_ = cancel
	return &server{ctx: ctx}
}

func (s *server) renew(ctx context.Context) { s.ctx = ctx }

func unknown(of map[string]context.Context, make func() context.Context) {
	ctx := of["x"]
	_ = fetch(ctx)
	made := make()
	_ = fetch(made)
	_ = fetch(global)
}

var global = context.Background()

var _ = http.HandlerFunc((&server{}).serve)

func wrapper(parent context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(parent, time.Minute)
}

func wrapped(ctx context.Context) error {
	wctx, cancel := wrapper(ctx)
	defer cancel()
	lit := func(ctx context.Context) error { return fetch(ctx) }
	return lit(wctx)
}

type getter interface {
	Get(ctx context.Context, id string) error
}

func through(parent context.Context, g getter) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	return g.Get(ctx, "id")
}

func (s *server) keep() context.CancelFunc {
	ctx, cancel := context.WithCancel(context.Background())
	s.ctx = ctx
	return cancel
}

func (s *server) keepAtOnce() (cancel context.CancelFunc) {
	s.ctx, cancel = context.WithCancel(context.Background())
	return cancel
}

func again(ctx context.Context) *server {
	ctx, cancel := context.WithCancel(ctx)
	_ = cancel
	if ctx == nil {
		return nil
	}
	return &server{ctx: ctx}
}

func back(ctx context.Context, all map[string]context.Context) (context.Context, context.CancelFunc) {
	all["x"] = ctx
	ctx, cancel := context.WithCancel(ctx)
	return ctx, cancel
}

func calls(ctx context.Context) {
	never(nil)
	never(ctx)
	var none context.Context
	once(none)
}

func never(ctx context.Context) { _ = fetch(ctx) }

func once(ctx context.Context) { _ = fetch(ctx) }
