// Package words has a case for each sentence of the rule's definition that the
// other packages don't have one for.
package words

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"testing"
	"time"
)

var errBad = errors.New("bad")

func use(context.Context) error { return nil }
func bad(context.Context) bool  { return false }

// Any call that yields a CancelFunc counts: every derivation of package context.
func derivations(p context.Context) {
	c, _ := context.WithDeadline(p, time.Time{}) // want `thrown away`
	use(c)
	c, _ = context.WithDeadlineCause(p, time.Time{}, errBad) // want `thrown away`
	use(c)
	c, _ = context.WithTimeoutCause(p, time.Second, errBad) // want `thrown away`
	use(c)
	c, _ = context.WithCancelCause(p) // want `thrown away`
	use(c)
	// peers FN-33, FN-3
	c, _ = signal.NotifyContext(p, os.Interrupt) // want `thrown away`
	use(c)
}

type client struct{ timeout time.Duration }

func (c *client) scope(p context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(p, c.timeout)
}

// A wrapper behind a method.
func byMethod(p context.Context, c *client) {
	ctx, stop := c.scope(p) // want `stop returned by c.scope isn't called`
	if bad(ctx) {
		return
	}
	stop()
}

// A method value.
func byMethodValue(p context.Context, c *client) {
	scope := c.scope
	ctx, _ := scope(p) // want `returned by scope is thrown away`
	use(ctx)
}

// A method expression.
func byMethodExpression(p context.Context, c *client) {
	ctx, _ := (*client).scope(c, p) // want `thrown away`
	use(ctx)
}

// A func value in a field.
type config struct {
	scope func(context.Context) (context.Context, context.CancelFunc)
}

func byField(p context.Context, c config) {
	ctx, _ := c.scope(p) // want `returned by c.scope is thrown away`
	use(ctx)
}

// A parameter.
func byParameter(p context.Context, with func(context.Context) (context.Context, context.CancelCauseFunc)) error {
	ctx, stop := with(p) // want `stop returned by with isn't called`
	if err := use(ctx); err != nil {
		return err
	}
	stop(nil)
	return nil
}

// A literal that is called at once.
func byLiteral(p context.Context) {
	ctx, _ := func() (context.Context, context.CancelFunc) { return context.WithCancel(p) }() // want `thrown away`
	use(ctx)
}

// A generic wrapper.
func with[T any](p context.Context, v T) (context.Context, context.CancelFunc, T) {
	c, stop := context.WithCancel(p)
	return c, stop, v
}

func byGeneric(p context.Context) int {
	ctx, _, n := with(p, 7) // want `thrown away`
	use(ctx)
	return n
}

// A result alone, as a statement.
func only(p context.Context) context.CancelFunc {
	_, stop := context.WithCancel(p)
	return stop
}

func byStatement(p context.Context) {
	only(p) // want `the cancel function returned by only is thrown away`
}

// Overwritten in a branch while it is live.
func inBranch(p context.Context, again bool) {
	c, stop := context.WithCancel(p) // want `isn't called`
	if again {
		c, stop = context.WithCancel(p)
	}
	use(c)
	stop()
}

// Overwritten by nil.
func byNil(p context.Context) {
	c, stop := context.WithCancel(p) // want `isn't called`
	use(c)
	stop = nil
	if stop != nil {
		stop()
	}
}

// Bound to another variable, which is called on one way only.
func bound(p context.Context) {
	c, cancel := context.WithCancel(p) // want `cancel returned by context.WithCancel isn't called`
	stop := cancel
	if bad(c) {
		return
	}
	stop()
}

// Chosen by a condition.
func chosen(p context.Context, fast bool) {
	var c context.Context
	var stop context.CancelFunc
	if fast {
		c, stop = context.WithTimeout(p, time.Second) // want `isn't called`
	} else {
		c, stop = context.WithCancel(p) // want `isn't called`
	}
	if bad(c) {
		return
	}
	stop()
}

// A named result that a bare return doesn't hand on, since it is another variable.
func shadowed(p context.Context) (c context.Context, stop context.CancelFunc) {
	if p != nil {
		c, stop := context.WithCancel(p) // want `isn't called`
		if bad(c) {
			return p, nil
		}
		return c, stop
	}
	return
}

// The body of a range over a function.
func rangeFunc(p context.Context, seq iter.Seq[int]) {
	for x := range seq {
		c, stop := context.WithCancel(p) // want `isn't called`
		if x > 3 {
			continue
		}
		use(c)
		stop()
	}
}

// One arm of a select.
func arms(p context.Context, a, b <-chan int) {
	c, stop := context.WithCancel(p) // want `isn't called`
	select {
	case <-a:
		stop()
	case <-b:
		use(c)
	}
}

// By goto.
func jumps(p context.Context, n int) {
	c, stop := context.WithCancel(p) // want `isn't called`
	if n > 3 {
		goto end
	}
	use(c)
	stop()
end:
	use(p)
}

// An endless loop without an exit.
func forever(p context.Context) {
	for {
		c, _ := context.WithTimeout(p, time.Second) // want `thrown away`
		use(c)
	}
}

// An argument of a callee that prints it: nobody calls what is printed.
func printed(p context.Context) {
	c, stop := context.WithCancel(p) // want `isn't called`
	log.Println("made", stop)
	fmt.Fprintf(os.Stderr, "%v %v\n", stop, c)
	slog.Info("made", "stop", stop)
}

func debugf(format string, args ...any) { log.Printf(format, args...) }

// By way of a function of our own.
func printedByOurs(p context.Context) {
	c, stop := context.WithCancel(p) // want `isn't called`
	debugf("made %v", stop)
	use(c)
}

func ignore(v any) {}

// An empty interface that the callee does nothing with.
func droppedAsAny(p context.Context) {
	c, stop := context.WithCancel(p) // want `isn't called`
	ignore(stop)
	use(c)
}

type pair struct {
	ctx  context.Context
	stop context.CancelFunc
}

// Kept in a struct of this function, of which only the context is used.
func inStruct(p context.Context) {
	var x pair
	x.ctx, x.stop = context.WithCancel(p) // want `isn't called`
	use(x.ctx)
}

func inLiteral(p context.Context) {
	c, stop := context.WithCancel(p) // want `isn't called`
	x := pair{c, stop}
	use(x.ctx)
}

// In a map, a slice, an array of this function.
func inMap(p context.Context) {
	stops := make(map[string]context.CancelFunc)
	c, stop := context.WithCancel(p) // want `isn't called`
	stops["a"] = stop
	use(c)
	delete(stops, "a")
}

func inSlice(p context.Context, xs []int) {
	var stops []context.CancelFunc
	for range xs {
		c, stop := context.WithCancel(p) // want `isn't called`
		stops = append(stops, stop)
		use(c)
	}
	log.Print(len(stops))
}

func inArray(p context.Context) {
	var stops [2]func()
	c, stop := context.WithCancel(p) // want `isn't called`
	stops[1] = stop
	use(c)
}

func inSliceLiteral(p context.Context) {
	c, stop := context.WithCancel(p) // want `isn't called`
	stops := []func(){stop}
	use(c)
	if len(stops) > 3 {
		return
	}
}

// A flag that tells the deferred closure not to call it, where nobody has
// taken it over.
func flagged(p context.Context) error {
	c, stop := context.WithCancel(p) // want `isn't called`
	done := false
	defer func() {
		if !done {
			stop()
		}
	}()
	if err := use(c); err != nil {
		return err
	}
	done = true
	return nil
}

// The opposite flag.
func failing(p context.Context) error {
	c, stop := context.WithCancel(p) // want `isn't called`
	failed := true
	defer func() {
		if failed {
			stop()
		}
	}()
	if err := use(c); err != nil {
		return err
	}
	failed = false
	return nil
}

// A deferred mention, a comparison, a closure that nobody runs.
func mentions(p context.Context) {
	c, stop := context.WithCancel(p) // want `isn't called`
	_ = stop
	_ = func() { stop() }
	defer func() { _ = stop == nil }()
	if stop == nil {
		return
	}
	use(c)
}

// Paths that end in a panic and its like are silent, the others aren't.
func ends(p context.Context, t *testing.T, n int) {
	c, stop := context.WithCancel(p) // want `leaves at line 356`
	switch n {
	case 1:
		panic(n)
	case 2:
		t.Fatalf("no")
	case 3:
		t.Skip("no")
	case 4:
		runtime.Goexit()
	case 5:
		os.Exit(2)
	case 6:
		log.Panicln("no")
	case 7:
		return
	}
	use(c)
	stop()
}

type conn struct {
	ctx  context.Context
	stop context.CancelFunc
	n    int
}

func (c *conn) close() { c.stop() }

// A constructor that fails after it has put it in what it would return.
func open(p context.Context, opts []func() error) (*conn, error) {
	ctx, stop := context.WithCancel(p) // want `stop returned by context.WithCancel isn't called`
	c := &conn{ctx: ctx, stop: stop}
	for _, opt := range opts {
		if err := opt(); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func openField(p context.Context) (*conn, error) {
	c := new(conn)
	c.ctx, c.stop = context.WithCancel(p) // want `c.stop returned by context.WithCancel isn't called`
	if bad(p) {
		return nil, errBad
	}
	return c, nil
}

func openValue(p context.Context, n int) (c conn, ok bool) {
	var x conn
	x.ctx, x.stop = context.WithCancel(p) // want `x.stop returned by context.WithCancel isn't called`
	if n > 3 {
		return conn{}, false
	}
	return x, true
}
