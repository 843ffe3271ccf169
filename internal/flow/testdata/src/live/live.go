package live

import (
	"context"
	"net/http"
	"os"
	"os/signal"
	"testing"
	"time"

	"github.com/spf13/cobra"
)

// here marks a place; the test reports the live contexts at it.
func here() {}

func param(ctx context.Context) {
	here() // want "^ctx param$"
}

func blank(_ context.Context) {
	here() // want "^none$"
}

func none() {
	here() // want "^none$"
}

func nearest(ctx context.Context) {
	tctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_ = tctx
	here() // want "^tctx local, ctx param$"
}

func beforeDerivation(ctx context.Context) {
	here() // want "^ctx param$"
	tctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_ = tctx
}

func shadowed(ctx context.Context) {
	if true {
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		_ = ctx
		here() // want "^ctx local$"
	}
}

func root() {
	ctx := context.Background()
	vctx := context.WithValue(ctx, 1, 2)
	tctx, cancel := context.WithTimeout(context.TODO(), time.Second)
	defer cancel()
	_, _ = vctx, tctx
	here() // want "^none$"
}

func signals() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	go func() {
		<-ctx.Done()
	}()
	here() // want "^none$"
}

func withoutCancel(ctx context.Context) {
	bg := context.WithoutCancel(ctx)
	_ = bg
	here() // want "^ctx param$"
}

func replaced(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	here() // want "^none$"
}

func nilFallback(ctx context.Context) {
	if ctx == nil {
		ctx = context.Background()
	}
	here() // want "^ctx param$"
}

func detachedByCase(ctx context.Context, async bool) {
	c := ctx
	if async {
		c = context.Background()
	}
	_ = c
	here() // want "^ctx param$"
}

func cancelledAlready(ctx context.Context) {
	tctx, cancel := context.WithTimeout(ctx, time.Second)
	_ = tctx
	cancel()
	here() // want "^ctx param$"
}

func cancelledElsewhere(ctx context.Context, bad bool) {
	tctx, cancel := context.WithTimeout(ctx, time.Second)
	if bad {
		cancel()
		return
	}
	_ = tctx
	here() // want "^tctx local, ctx param$"
	cancel()
}

func captured(ctx context.Context) {
	go func() {
		here() // want "^ctx captured$"
	}()
	func(inner context.Context) {
		here() // want "^inner param, ctx captured$"
	}(ctx)
}

func capturedRoot() {
	ctx := context.Background()
	tctx, cancel := context.WithCancel(unknown())
	defer cancel()
	go func() {
		_, _ = ctx, tctx
		here() // want "^tctx captured$"
	}()
}

func unknown() context.Context { return current }

var current context.Context

func fromUnknown() {
	ctx := unknown()
	_ = ctx
	here() // want "^none$"
}

func wrap(ctx context.Context, name string) context.Context { return context.WithValue(ctx, 1, name) }

func wrapDetached(ctx context.Context) context.Context { return context.WithoutCancel(ctx) }

func wrapped(ctx context.Context) {
	named := wrap(ctx, "x")
	_ = named
	here() // want "^named local, ctx param$"
}

func wrappedDetached(ctx context.Context) {
	bg := wrapDetached(ctx)
	_ = bg
	here() // want "^ctx param$"
}

func handler(w http.ResponseWriter, r *http.Request) {
	here() // want "^r.Context.. request$"
	go func() {
		here() // want "^r.Context.. request$"
	}()
	ctx := r.Context()
	_ = ctx
	here() // want "^ctx local, r.Context.. request$"
}

func ownRequest() {
	r, _ := http.NewRequest("GET", "/", nil)
	_ = r
	here() // want "^none$"
}

var cmd = &cobra.Command{
	RunE: func(cmd *cobra.Command, args []string) error {
		here() // want "^cmd.Context.. request$"
		return nil
	},
}

type serverStream interface {
	Context() context.Context
	SendMsg(m any) error
	RecvMsg(m any) error
	SetTrailer(map[string]string)
}

type clientStream interface {
	Context() context.Context
	SendMsg(m any) error
	RecvMsg(m any) error
}

func stream(in serverStream, out clientStream) {
	here() // want "^in.Context.. request$"
}

type service struct {
	name string
	ctx  context.Context
}

func (s *service) run() {
	here() // want "^s.ctx field$"
	go func() {
		here() // want "^s.ctx field$"
	}()
}

func (s *service) nearer(ctx context.Context) {
	here() // want "^ctx param$"
}

func (s *service) local() {
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	_ = ctx
	here() // want "^ctx field$"
}

func (*service) unnamed() {
	here() // want "^none$"
}

type scope struct {
	context.Context
	user string
}

type scoper interface {
	context.Context
	User() string
}

// lazy has a Done of its own, which may never fire.
type lazy struct{ inner context.Context }

func (l *lazy) Deadline() (time.Time, bool) { return time.Time{}, false }
func (l *lazy) Done() <-chan struct{}       { return nil }
func (l *lazy) Err() error                  { return nil }
func (l *lazy) Value(any) any               { return nil }

func embedded(c *scope, i scoper, l *lazy) {
	here() // want "^i param, c param$"
}

func composed(ctx context.Context) {
	c := &scope{Context: ctx}
	_ = c
	here() // want "^c local, ctx param$"
}

func declaredLater(ctx context.Context) {
	var tctx context.Context
	here() // want "^ctx param$"
	tctx = wrap(ctx, "x")
	here() // want "^tctx local, ctx param$"
	_ = tctx
}

func TestPlain(t *testing.T) {
	here() // want "^none$"
}

func TestDerives(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_ = ctx
	here() // want "^ctx local, t.Context.. request$"
}
