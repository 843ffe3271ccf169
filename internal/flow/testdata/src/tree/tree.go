package tree

import (
	"context"
	"errors"
	"net/http"
	"os/signal"
	"time"
)

func here(context.Context) {}

func do(context.Context) error { return nil }

type key struct{}

func params(ctx context.Context) {
	here(ctx) // want "param ctx$"
	tctx, cancel := context.WithTimeout(ctx, time.Second)
	here(tctx) // want "WithTimeout<param ctx$"
	vctx := context.WithValue(tctx, key{}, 1)
	here(vctx) // want "WithValue<WithTimeout<param ctx$"
	cancel()
	here(vctx) // want "WithValue<WithTimeout<param ctx done$"
	here(context.WithoutCancel(tctx)) // want "WithoutCancel$"
	here(ctx)  // want "param ctx$"
}

func branches(ctx context.Context, d time.Duration) {
	if d > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, d)
		defer cancel()
	}
	here(ctx) // want "WithTimeout<param ctx, param ctx$|param ctx, WithTimeout<param ctx$"
	<-ctx.Done()
	here(ctx) // want "param ctx.* done$"
}

func captured(ctx context.Context, d time.Duration) {
	here(ctx) // want "param ctx$"
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	go func() {
		here(ctx) // want "WithTimeout<param ctx$"
		<-ctx.Done()
		here(ctx) // want "WithTimeout<param ctx done$"
	}()
	here(ctx) // want "WithTimeout<param ctx$"
}

func reassigned(ctx context.Context) {
	use := func() { here(ctx) } // want "param ctx, WithCancel<param ctx$"
	use()
	var cancel context.CancelFunc
	ctx, cancel = context.WithCancel(ctx)
	defer cancel()
	use()
}

func loop(ctx context.Context) {
	for range 3 {
		ctx = context.WithValue(ctx, key{}, 1) // grows
		here(ctx)                              // want "WithValue<.* grows$"
	}
}

func loopCaptured(ctx context.Context, seq func(func(int) bool)) {
	for i := range seq {
		ctx = context.WithValue(ctx, key{}, i)
		here(ctx) // want "WithValue<.* grows$"
	}
}

func once(ctx context.Context) {
	func() {
		ctx = context.WithValue(ctx, key{}, 1)
		here(ctx) // want "WithValue<param ctx$"
	}()
	here(ctx) // want "WithValue<param ctx$|param ctx, WithValue<param ctx$"
}

func fresh(ctx context.Context) {
	for range 3 {
		ctx := context.WithValue(ctx, key{}, 1)
		go func() { here(ctx) }() // want "WithValue<param ctx$"
	}
}

type server struct{ ctx context.Context }

func (s *server) field() {
	here(s.ctx) // want "field ctx$"
	<-s.ctx.Done()
	here(s.ctx) // want "field ctx done$"
	s.ctx = context.Background()
	here(s.ctx) // want "field ctx$"
}

func request(r *http.Request) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	here(ctx)         // want "WithCancel<request$"
	here(r.Context()) // want "request$"
}

func wrapped(ctx context.Context) {
	ctx, cancel := scope(ctx)
	here(ctx) // want "scope<param ctx$"
	cancel()
	here(ctx) // want "scope<param ctx done$"
}

func scope(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, time.Second)
}

func valued(ctx context.Context) {
	with := context.WithCancel
	ctx, cancel := with(ctx)
	defer cancel()
	here(ctx) // want "WithCancel<param ctx$"
}

func errs(ctx, other context.Context) {
	if ctx.Err() != nil {
		here(ctx)   // want "param ctx done$"
		here(other) // want "param other$"
	} else {
		here(ctx) // want "param ctx$"
	}
	if err := do(ctx); errors.Is(err, context.Canceled) {
		here(ctx) // want "param ctx$"
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		here(ctx) // want "param ctx done$"
	}
	select {
	case <-ctx.Done():
		here(ctx) // want "param ctx done$"
	case <-other.Done():
		here(ctx)   // want "param ctx$"
		here(other) // want "param other done$"
	}
	here(ctx) // want "param ctx$"
}

func deferred(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer here(ctx) // want "WithCancel<param ctx done$"
	defer func() {
		here(ctx) // want "WithCancel<param ctx done$"
	}()
	defer cancel()
	defer here(ctx) // want "WithCancel<param ctx$"
	here(ctx)       // want "WithCancel<param ctx$"
}

func sometimes(ctx context.Context, early bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer here(ctx) // want "WithCancel<param ctx$"
	if early {
		return
	}
	cancel()
	here(ctx) // want "WithCancel<param ctx done$"
}

func turns(ctx context.Context) {
	for {
		c, cancel := context.WithTimeout(ctx, time.Second)
		here(c) // want "WithTimeout<param ctx$"
		cancel()
		here(c) // want "WithTimeout<param ctx done$"
	}
}

func notified(ctx context.Context) {
	ctx, stop := signal.NotifyContext(ctx)
	defer stop()
	<-ctx.Done()
	here(ctx) // want "NotifyContext<param ctx done$"
}

func after(ctx context.Context) {
	context.AfterFunc(ctx, func() {
		here(ctx) // want "param ctx done$"
	})
}

func closing(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	stop := func() { cancel() }
	here(ctx) // want "WithCancel<param ctx$"
	stop()
	here(ctx) // want "WithCancel<param ctx done$"
}
