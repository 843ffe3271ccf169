package fixes

import (
	ctxt "context"
	"errors"
	"fmt"
	"time"
)

var errBad = errors.New("bad")

func use(ctxt.Context) error { return nil }
func bad(ctxt.Context) bool  { return false }

type server struct {
	ctx  ctxt.Context
	stop ctxt.CancelFunc
}

// The context is handed on with its cancel: only the early exits need a call.
func start(p ctxt.Context) (*server, error) {
	ctx, stop := ctxt.WithCancel(p) // want `isn't called`
	if bad(ctx) {
		return nil, errBad
	}
	if err := use(ctx); err != nil {
		return nil, fmt.Errorf("use: %w", err)
	}
	return &server{ctx, stop}, nil
}

// The result depends on the context: no call before it.
func startAndUse(p ctxt.Context) (*server, error) {
	ctx, stop := ctxt.WithCancel(p) // want `isn't called`
	if bad(ctx) {
		return nil, use(ctx)
	}
	return &server{ctx, stop}, nil
}

// Assigned, not declared.
func reassigned(ctx ctxt.Context) error {
	ctx, _ = ctxt.WithTimeout(ctx, time.Second) // want `thrown away`
	return use(ctx)
}

// A loop with all ways out.
func loop(p ctxt.Context, xs []int) error {
	for i := range xs {
		ctx, stop := ctxt.WithTimeout(p, time.Second) // want `isn't called`
		switch {
		case i == 0:
			break
		case i == 1:
			continue
		case bad(ctx):
			return errBad
		}
		for range 3 {
			if use(ctx) != nil {
				break
			}
		}
		if i == 7 {
			stop()
			break
		}
	}
	return nil
}

// The turn returns what the context is needed for: no fix.
func loopReturn(p ctxt.Context, xs []int) error {
	for range xs {
		ctx, stop := ctxt.WithTimeout(p, time.Second) // want `isn't called`
		if bad(ctx) {
			return use(ctx)
		}
		stop()
	}
	return nil
}

func open(p ctxt.Context) (ctxt.Context, ctxt.CancelFunc, error) {
	c, stop := ctxt.WithCancel(p)
	return c, stop, nil
}

// After the check of the error.
func opened(p ctxt.Context) error {
	ctx, stop, err := open(p) // want `isn't called`
	if err != nil {
		return err
	}
	if bad(ctx) {
		return errBad
	}
	stop()
	return nil
}

// Without a check the cancel function can be nil: no fix.
func unchecked(p ctxt.Context) error {
	ctx, stop, err := open(p) // want `isn't called`
	_ = stop
	use(ctx)
	return err
}

// The context leaves: no defer.
func leaves(p ctxt.Context) ctxt.Context {
	ctx, _ := ctxt.WithCancel(p) // want `thrown away`
	return ctx
}

// A goroutine that nobody waits for uses it: no defer.
func goroutine(p ctxt.Context) {
	ctx, stop := ctxt.WithCancel(p) // want `isn't called`
	_ = stop
	go func() { use(ctx) }()
}

// A comment at the end of the line, and code on one line.
func comments(p ctxt.Context) {
	ctx, stop := ctxt.WithCancel(p) /* here */ // want `isn't called`
	// The next one.
	if bad(ctx) {
		return
	}
	stop()
}

func named(p ctxt.Context) (err error) {
	var ctx, stop = ctxt.WithCancelCause(p) // want `isn't called`
	if err = use(ctx); err != nil {
		return
	}
	stop(nil)
	return
}
