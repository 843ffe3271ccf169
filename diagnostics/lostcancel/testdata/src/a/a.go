package a

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"time"
)

var errBad = errors.New("bad")

func use(context.Context) error { return nil }
func bad(context.Context) bool  { return false }

// P1: missing on an early return.
func earlyReturn(p context.Context) error {
	ctx, cancel := context.WithTimeout(p, time.Second) // want `cancel returned by context.WithTimeout isn't called on the path that leaves at line 20`
	if bad(ctx) {
		return errBad
	}
	cancel()
	return nil
}

// P2: thrown away.
func thrownAway(p context.Context) {
	ctx, _ := context.WithCancel(p) // want `thrown away`
	use(ctx)
}

// P3: a mention is not a call.
func mention(p context.Context) {
	ctx, cancel := context.WithCancel(p) // want `cancel returned by context.WithCancel isn't called on the path that leaves at line 37`
	_ = cancel
	use(ctx)
}

// P4: a closure that nobody runs.
func idleClosure(p context.Context) {
	ctx, cancel := context.WithCancel(p) // want `isn't called`
	f := func() { cancel() }
	_ = f
	use(ctx)
}

// P5: a deferred mention.
func deferredMention(p context.Context) {
	ctx, cancel := context.WithCancel(p) // want `isn't called`
	defer func() { _ = cancel }()
	use(ctx)
}

// P6: overwritten in a loop.
func loopOverwrite(p context.Context, xs []int) {
	var stop context.CancelFunc = func() {}
	for range xs {
		var c context.Context
		c, stop = context.WithCancel(p) // want `before the next turn of the loop`
		use(c)
	}
	stop()
}

// P7: endless loop without exit.
func endless(p context.Context) {
	for {
		c, stop := context.WithTimeout(p, time.Second) // want `before the next turn of the loop`
		if bad(c) {
			continue
		}
		stop()
	}
}

// P8: straight-line overwrite.
func straightOverwrite(p context.Context) {
	c, stop := context.WithCancel(p) // want `isn't called before line 80 overwrites it`
	use(c)
	c, stop = context.WithCancel(p)
	defer stop()
	use(c)
}

func scope(p context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(p, time.Second)
}

// P9: a wrapper.
func wrapper(p context.Context) {
	c, _ := scope(p) // want `the cancel function returned by scope is thrown away`
	use(c)
}

// P10: NotifyContext.
func notify(p context.Context) {
	c, stop := signal.NotifyContext(p, os.Interrupt) // want `stop returned by signal.NotifyContext isn't called on the path`
	if bad(c) {
		return
	}
	stop()
}

func drop(context.CancelFunc) {}

// P11: given to a function that drops it.
func dropped(p context.Context) {
	c, stop := context.WithCancel(p) // want `isn't called`
	drop(stop)
	use(c)
}

// P12: a func value.
var with = context.WithCancel

func funcValue(p context.Context) {
	c, _ := with(p) // want `thrown away`
	use(c)
}

// P13: Cause variants.
func cause(p context.Context) error {
	c, stop := context.WithCancelCause(p) // want `isn't called`
	if bad(c) {
		return errBad
	}
	stop(nil)
	return nil
}

// P14: switch default.
func switchDefault(p context.Context, n int) {
	c, stop := context.WithCancel(p) // want `isn't called`
	switch n {
	case 1:
		stop()
	case 2:
		defer stop()
	default:
		use(c)
	}
}

// P15: behind an interface.
type maker interface {
	Make(context.Context) (context.Context, context.CancelFunc)
}

func viaInterface(p context.Context, m maker) {
	c, _ := m.Make(p) // want `thrown away`
	use(c)
}

// P16: overwritten although a deferred closure reads it.
func deferredThenOverwritten(p context.Context, n int) {
	var c context.Context
	var stop context.CancelFunc
	defer func() { stop() }()
	c, stop = context.WithCancel(p) // want `isn't called`
	use(c)
	c, stop = context.WithCancel(p)
	use(c)
}

// P17: in a server's main loop.
func main() {
	for {
		c, stop := context.WithTimeout(context.Background(), time.Second) // want `before the next turn`
		if bad(c) {
			continue
		}
		stop()
	}
}

// P18: the loop lies outside of what the parent's end can help with.
func childPerTurn(p context.Context, xs []int) {
	root, stopAll := context.WithCancel(p)
	defer stopAll()
	for range xs {
		c, _ := context.WithCancel(root) // want `thrown away`
		use(c)
	}
}

// P19: in a literal, and in a goroutine.
func literals(p context.Context) {
	go func() {
		c, stop := context.WithCancel(p) // want `stop returned by context.WithCancel isn't called`
		if bad(c) {
			return
		}
		stop()
	}()
}

var handler = func(p context.Context) {
	c, _ := context.WithCancel(p) // want `thrown away`
	use(c)
}

// P20: a closure that calls it on one path, itself called on one path.
func halfway(p context.Context, n int) {
	c, stop := context.WithCancel(p) // want `isn't called`
	end := func() { stop() }
	if n > 0 {
		end()
		return
	}
	use(c)
}

// P21: passed on by an argument that the callee only compares.
func compared(stop context.CancelFunc) bool { return stop == nil }

func passedToCompare(p context.Context) {
	c, stop := context.WithCancel(p) // want `isn't called`
	if compared(stop) {
		return
	}
	use(c)
}

// P22: a deferred closure that calls it only on an error, and a success that
// keeps nothing.
func deferredOnError(p context.Context) (err error) {
	c, stop := context.WithCancel(p) // want `isn't called`
	defer func() {
		if err != nil {
			stop()
		}
	}()
	if err := use(c); err != nil {
		return err
	}
	return nil
}

// P23: the condition looks the same, but what it reads is assigned between.
func reassigned(p context.Context) (err error) {
	defer func() { println(err) }()
	err = use(p)
	if err != nil {
		return err
	}
	c, stop := context.WithTimeout(p, time.Second) // want `isn't called`
	err = use(c)
	if err != nil {
		return err
	}
	stop()
	return nil
}

type counter struct{ n int }

// P24: the same with a field.
func (s *counter) reassigned(p context.Context) {
	if s.n > 3 {
		return
	}
	c, stop := context.WithTimeout(p, time.Second) // want `isn't called`
	use(c)
	s.n++
	if s.n > 3 {
		return
	}
	stop()
}

// P25: many conditions.
func flags(p context.Context, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12 bool) {
	n := 0
	c, stop := context.WithTimeout(p, time.Second) // want `isn't called`
	for _, b := range []bool{b1, b2} {
		if b {
			n++
		}
	}
	if b1 {
		n++
	}
	if b2 {
		n++
	}
	if b3 {
		n++
	}
	if b4 {
		n++
	}
	if b5 {
		n++
	}
	if b6 {
		n++
	}
	if b7 {
		n++
	}
	if b8 {
		n++
	}
	if b9 {
		n++
	}
	if b10 {
		n++
	}
	if b11 {
		n++
	}
	if b12 {
		n++
	}
	if b1 {
		n++
	}
	if b2 {
		n++
	}
	if b3 {
		n++
	}
	if b4 {
		n++
	}
	if b5 {
		n++
	}
	if b6 {
		n++
	}
	if b7 {
		n++
	}
	if b8 {
		n++
	}
	if b9 {
		n++
	}
	if b10 {
		n++
	}
	if b11 {
		n++
	}
	if b12 {
		n++
	}
	if bad(c) {
		return
	}
	stop()
}

// P26: a loop that calls it when it finds something, and may find nothing.
func search(p context.Context, xs []int) int {
	c, stop := context.WithCancel(p) // want `isn't called`
	use(c)
	for _, x := range xs {
		if x > 3 {
			stop()
			return x
		}
	}
	return 0
}

// What another linter is told is no reason.
func otherLinter() context.Context {
	//nolint:errcheck,gosec
	ctx, _ := context.WithTimeout(context.Background(), time.Second) // want `the cancel function returned by context.WithTimeout is thrown away`
	return ctx
}
