package cancels

import (
	"context"
	"time"
)

type service struct {
	cancel context.CancelFunc
	stop   context.CancelFunc
}

func lost(ctx context.Context, ok bool) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	if !ok {
		return nil
	}
	<-ctx.Done()
	cancel()
	return ctx.Err()
}

func blank(ctx context.Context) context.Context {
	ctx, _ = context.WithCancel(ctx)
	return ctx
}

func stored(s *service, ctx context.Context) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	s.cancel = cancel
	return ctx
}

func (s *service) Stop() {
	if s.cancel != nil {
		s.cancel()
	}
}

func direct(s *service, ctx context.Context) (out context.Context) {
	out, s.stop = context.WithCancel(ctx)
	return out
}

func handed(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go run(ctx, cancel)
	drop(cancel)
	stopLater(cancel)
	return ctx, cancel
}

func run(ctx context.Context, cancel context.CancelFunc) {
	defer cancel()
	<-ctx.Done()
}

func drop(cancel context.CancelFunc) { _ = cancel }

func stopLater(cancel context.CancelFunc) { time.AfterFunc(time.Second, cancel) }

func rearmed(ctx context.Context, n int) {
	tctx, cancel := context.WithTimeout(ctx, time.Second)
	for range n {
		cancel()
		tctx, cancel = context.WithTimeout(ctx, 2*time.Second)
		<-tctx.Done()
	}
	cancel()
}

func deferred(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer func() { cancel(nil) }()
	go func() {
		time.Sleep(time.Second)
		cancel(context.Canceled)
	}()
	<-ctx.Done()
	return context.Cause(ctx)
}

func literal() func() {
	ctx, cancel := context.WithCancel(context.Background())
	return func() {
		cancel()
		<-ctx.Done()
	}
}

func mereFunc(parent context.Context) {
	var cancel func()
	var ctx context.Context
	ctx, cancel = context.WithCancel(parent)
	<-ctx.Done()
	cancel()
}
