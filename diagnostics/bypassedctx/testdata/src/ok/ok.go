package ok

import (
	"context"
	"log/slog"
	"time"
)

func work(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Second):
		return nil
	}
}

func used(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return work(ctx)
}

func both(ctx context.Context) error {
	tctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if err := work(tctx); err != nil {
		return err
	}
	return work(ctx)
}

func asked(ctx context.Context, ch <-chan int) error {
	tctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	select {
	case <-tctx.Done():
	case <-ch:
	}
	return work(ctx)
}

func err(ctx context.Context) error {
	tctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if err := work(ctx); err != nil {
		return err
	}
	return tctx.Err()
}

func value(ctx context.Context) error {
	tctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	tctx.Value(1)
	return work(ctx)
}

func child(ctx context.Context) error {
	tctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	vctx := context.WithValue(tctx, "k", 1)
	work(vctx)
	return work(ctx)
}

func before(ctx context.Context) error {
	if err := work(ctx); err != nil {
		return err
	}
	_, cancel := context.WithCancel(ctx)
	cancel()
	return nil
}

func cancelledFirst(ctx context.Context) error {
	_, cancel := context.WithCancel(ctx)
	cancel()
	return work(ctx)
}

func logged(ctx context.Context) {
	_, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	slog.InfoContext(ctx, "made")
}

type server struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func stored(ctx context.Context) (*server, error) {
	sctx, cancel := context.WithCancel(ctx)
	s := &server{sctx, cancel}
	return s, work(ctx)
}

func returned(ctx context.Context) (context.Context, context.CancelFunc) {
	tctx, cancel := context.WithTimeout(ctx, time.Second)
	work(ctx)
	return tctx, cancel
}

func captured(ctx context.Context) error {
	tctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	go func() { work(tctx) }()
	return work(ctx)
}

func otherPath(ctx context.Context, timed bool) error {
	if timed {
		_, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		return nil
	}
	return work(ctx)
}

func values(ctx context.Context) error {
	vctx := context.WithValue(ctx, "k", 1)
	_ = vctx
	return work(ctx)
}

func otherContext(ctx, next context.Context) error {
	_, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return work(next)
}

func assignedLater(ctx context.Context, d time.Duration) error {
	tctx := ctx
	if d > 0 {
		var cancel context.CancelFunc
		tctx, cancel = context.WithTimeout(ctx, d)
		defer cancel()
	}
	work(ctx)
	return work(tctx)
}

func deferred(ctx context.Context) error {
	_, cancel := context.WithTimeout(ctx, time.Second)
	defer work(ctx)
	defer cancel()
	return nil
}

// Who gets the CancelFunc decides.
func authorizes(ctx context.Context, authorize func(ctx context.Context, kill context.CancelFunc) error) error {
	_, kill := context.WithCancel(ctx)
	return authorize(ctx, kill)
}

type conn struct{ kill context.CancelFunc }

func (c *conn) authorize(ctx context.Context, kill context.CancelFunc) error {
	c.kill = kill
	return work(ctx)
}

func authorizesConn(ctx context.Context, c *conn) error {
	_, kill := context.WithCancel(ctx)
	if err := c.authorize(ctx, kill); err != nil {
		return err
	}
	return work(ctx)
}

type killer func()

func authorizesAs(ctx context.Context, authorize func(ctx context.Context, kill killer) error) error {
	_, kill := context.WithCancel(ctx)
	if err := authorize(ctx, killer(kill)); err != nil {
		return err
	}
	return work(ctx)
}

func authorizesLate(ctx context.Context, authorize func(ctx context.Context, kill func()) error) error {
	_, kill := context.WithCancel(ctx)
	defer func() { kill() }()
	if err := authorize(ctx, kill); err != nil {
		return err
	}
	return work(ctx)
}
