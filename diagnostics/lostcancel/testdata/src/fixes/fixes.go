package fixes

import (
	ctxt "context"
	"errors"
	"fmt"
	"sync"
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

func openOK(p ctxt.Context) (ctxt.Context, ctxt.CancelFunc, bool) {
	if bad(p) {
		return nil, nil, false
	}
	c, stop := ctxt.WithCancel(p)
	return c, stop, true
}

// After the check of ok.
func openedOK(p ctxt.Context) error {
	ctx, stop, ok := openOK(p) // want `isn't called`
	if !ok {
		return errBad
	}
	if bad(ctx) {
		return errBad
	}
	stop()
	return nil
}

// Not a check of success: no fix, since the cancel function can be nil.
func otherCheck(p ctxt.Context) error {
	ctx, stop, err := openNil(p) // want `isn't called`
	if err != errBad {
		return err
	}
	_ = stop
	return use(ctx)
}

func openNil(p ctxt.Context) (ctxt.Context, ctxt.CancelFunc, error) {
	if bad(p) {
		return nil, nil, errBad
	}
	c, stop := ctxt.WithCancel(p)
	return c, stop, nil
}

// The variable holds something else at the exit: no fix.
func (s *server) overwritten(p ctxt.Context, b bool) {
	c, cancel := ctxt.WithCancel(p) // want `isn't called`
	if b {
		s.stop = cancel
		return
	}
	cancel = nil
	use(c)
}

// Goroutines of a turn go on after it: no fix.
func goroutinesOfATurn(p ctxt.Context, xs []int) {
	var wg sync.WaitGroup
	for range xs {
		ctx, _ := ctxt.WithTimeout(p, time.Second) // want `thrown away`
		wg.Go(func() { use(ctx) })
	}
	wg.Wait()
}

type limiter struct{}

func (limiter) Wait(ctxt.Context) {}

// What is waited for is no goroutine: no fix.
func waitsForALimit(p ctxt.Context, l limiter) {
	l.Wait(p)
	ctx, _ := ctxt.WithCancel(p) // want `thrown away`
	go use(ctx)
}

func (s *server) run(ctx ctxt.Context)  { go func() { <-ctx.Done() }() }
func (s *server) keep(ctx ctxt.Context) { s.ctx = ctx }

// Callees launch and keep the context: no fix.
func (s *server) callees(p ctxt.Context) {
	ctx, _ := ctxt.WithCancel(p) // want `thrown away`
	s.run(ctx)
}

func (s *server) calleesKeep(p ctxt.Context) {
	ctx, _ := ctxt.WithCancel(p) // want `thrown away`
	s.keep(ctx)
}

// The turn's context is used after the loop, or by a deferred call: no fix.
func afterTheLoop(p ctxt.Context, xs []int) error {
	last := p
	for range xs {
		c, _ := ctxt.WithTimeout(p, time.Second) // want `thrown away`
		last = c
	}
	return use(last)
}

func deferredInTheLoop(p ctxt.Context, xs []int) {
	for range xs {
		c, stop := ctxt.WithTimeout(p, time.Second) // want `isn't called`
		defer use(c)
		if bad(c) {
			continue
		}
		stop()
	}
}

// A deferred call looks at the context: no call before the exit.
func deferredUser(p ctxt.Context, n int) (s *server) {
	ctx, stop := ctxt.WithCancel(p) // want `isn't called`
	defer use(ctx)
	if n == 0 {
		return nil
	}
	return &server{ctx, stop}
}

// The context leaves in what is returned: no fix, not even by hand.
func leavesInStruct(p ctxt.Context) *server {
	c, _ := ctxt.WithCancel(p) // want `thrown away`
	s := &server{}
	s.ctx = c
	return s
}

func leavesByDone(p ctxt.Context) <-chan struct{} {
	c, _ := ctxt.WithCancel(p) // want `thrown away`
	return c.Done()
}

type lazy struct{ ctx ctxt.Context }

func (l lazy) Error() string { return l.ctx.Err().Error() }

func leavesAsError(p ctxt.Context) error {
	c, _ := ctxt.WithCancel(p) // want `thrown away`
	return lazy{c}
}

// Nothing follows the switch at the end of the turn.
func terminatingSwitch(p ctxt.Context, xs []int) int {
	for i := range xs {
		c, _ := ctxt.WithTimeout(p, time.Second) // want `thrown away`
		switch {
		case bad(c):
			continue
		default:
			return i
		}
	}
	return 0
}

// Two in one function: their fixes are applied together.
func twice(p ctxt.Context) error {
	a, _ := ctxt.WithTimeout(p, time.Second) // want `thrown away`
	b, _ := ctxt.WithTimeout(p, time.Second) // want `thrown away`
	return errors.Join(use(a), use(b))
}

func twiceATurn(p ctxt.Context, xs []int) {
	for range xs {
		a, _ := ctxt.WithTimeout(p, time.Second) // want `thrown away`
		b, _ := ctxt.WithTimeout(p, time.Second) // want `thrown away`
		_ = errors.Join(use(a), use(b))
	}
}

func twiceByVar(p ctxt.Context) error {
	var a, _ = ctxt.WithTimeout(p, time.Second) // want `thrown away`
	var b, _ = ctxt.WithTimeout(p, time.Second) // want `thrown away`
	return errors.Join(use(a), use(b))
}

// The result depends on the parent alone.
func parentError(p ctxt.Context) (ctxt.Context, error) {
	ctx, stop := ctxt.WithCancel(p) // want `isn't called`
	if p.Err() != nil {
		return nil, p.Err()
	}
	go func() {
		<-time.After(time.Minute)
		stop()
	}()
	return ctx, nil
}
