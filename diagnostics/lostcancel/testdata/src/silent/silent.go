package silent

import (
	"context"
	"errors"
	"log"
	"os"
	"sync"
	"time"
)

var errBad = errors.New("bad")

func use(context.Context) error { return nil }
func bad(context.Context) bool  { return false }

// N1: deferred.
func deferred(p context.Context) {
	c, stop := context.WithCancel(p)
	defer stop()
	use(c)
}

// N2: deferred closure above the assignment.
func closureAbove(ctx context.Context) error {
	var stop context.CancelFunc
	defer func() {
		if stop != nil {
			stop()
		}
	}()
	var c context.Context
	c, stop = context.WithCancel(ctx)
	return use(c)
}

// N3: re-arm loop.
func rearm(ctx context.Context) {
	c, stop := context.WithTimeout(ctx, time.Second)
	defer func() { stop() }()
	for use(c) == nil {
		if bad(c) {
			return
		}
		stop()
		c, stop = context.WithTimeout(ctx, time.Second)
	}
}

// N4: retry with goto and a deferred closure.
func retryGoto(ctx context.Context) error {
	var stop context.CancelFunc
	defer func() {
		if stop != nil {
			stop()
		}
	}()
	n := 0
again:
	var c context.Context
	if stop != nil {
		stop()
	}
	c, stop = context.WithCancel(ctx)
	if err := use(c); err != nil {
		if n++; n < 3 {
			goto again
		}
		return err
	}
	return nil
}

// N5: returned.
func returned(p context.Context) (context.Context, context.CancelFunc) {
	c, stop := context.WithCancel(p)
	return c, stop
}

type job struct{ stop func() }

// N6: stored in a struct.
func stored(p context.Context) *job {
	_, stop := context.WithCancel(p)
	return &job{stop: stop}
}

// N7: sent.
func sent(p context.Context, ch chan<- context.CancelFunc) {
	_, stop := context.WithCancel(p)
	ch <- stop
}

// N8: launched.
func launched(p context.Context, done <-chan bool) {
	c, stop := context.WithCancel(p)
	go func() {
		<-done
		stop()
	}()
	use(c)
}

func open(p context.Context) (context.Context, context.CancelFunc, error) {
	if bad(p) {
		return nil, nil, errBad
	}
	c, stop := context.WithCancel(p)
	return c, stop, nil
}

// N9: the error branch of a wrapper.
func wrapperError(p context.Context) error {
	c, stop, err := open(p)
	if err != nil {
		return err
	}
	defer stop()
	return use(c)
}

// N10: os.Exit and log.Fatal end the path.
func fatal(p context.Context, n int) {
	c, stop := context.WithCancel(p)
	if n == 1 {
		os.Exit(1)
	}
	if n == 2 {
		log.Fatal("no")
	}
	if n == 3 {
		die()
	}
	if bad(c) {
		panic("no")
	}
	stop()
}

func die() { os.Exit(3) }

// N11: nil check.
func nilCheck(p context.Context, d time.Duration) {
	c := p
	var stop context.CancelFunc
	if d > 0 {
		c, stop = context.WithTimeout(p, d)
	}
	use(c)
	if stop != nil {
		stop()
	}
}

// N13: passed to a function that calls it.
func handed(p context.Context) {
	c, stop := context.WithCancel(p)
	use(c)
	run(stop)
}

func run(f func()) { f() }

// N14: stored in a map, a slice, a global.
var stops = map[string]context.CancelFunc{}
var list []func()

func keptInMap(p context.Context) {
	_, stop := context.WithCancel(p)
	stops["a"] = stop
	_, stop2 := context.WithCancel(p)
	list = append(list, stop2)
}

// N15: t.Cleanup-like registration of a closure before the assignment.
func cleanup(register func(func()), p context.Context) {
	var stop context.CancelFunc
	register(func() { stop() })
	_, stop = context.WithCancel(p)
}

// N16: sync.Once around it.
func once(p context.Context) func() {
	_, stop := context.WithCancel(p)
	var o sync.Once
	return func() { o.Do(stop) }
}

// N17: named result.
func named(p context.Context) (c context.Context, stop context.CancelFunc) {
	c, stop = context.WithCancel(p)
	return
}

type server struct {
	stop context.CancelFunc
	ctx  context.Context
}

// N18: a field.
func (s *server) start(p context.Context) {
	s.ctx, s.stop = context.WithCancel(p)
}

// N19: a getter is no obligation.
func (s *server) cancelFunc() context.CancelFunc { return s.stop }

func (s *server) look() bool {
	f := s.cancelFunc()
	return f != nil
}

// N20: a no-op cancel.
func noop(p context.Context) (context.Context, context.CancelFunc) {
	return p, func() {}
}

func useNoop(p context.Context) {
	c, _ := noop(p)
	use(c)
}

// N21: called in a loop, all paths.
func loopOK(p context.Context, xs []int) {
	for range xs {
		c, stop := context.WithCancel(p)
		err := use(c)
		stop()
		if err != nil {
			break
		}
	}
}

// N23: generic.
type box[T any] struct{ stop context.CancelFunc }

func (b *box[T]) start(p context.Context) { _, b.stop = context.WithCancel(p) }

// N24: select arms all call it.
func arms(p context.Context, a, b chan int) {
	_, stop := context.WithCancel(p)
	select {
	case <-a:
		stop()
	case <-b:
		stop()
	}
}

// N25: AfterFunc.
func after(p, q context.Context) context.Context {
	c, stop := context.WithCancel(p)
	context.AfterFunc(q, stop)
	return c
}

// N26: closure called on a path.
func helper(p context.Context) error {
	c, stop := context.WithCancel(p)
	finish := func(err error) error {
		stop()
		return err
	}
	if bad(c) {
		return finish(errBad)
	}
	return finish(nil)
}

// N27: a deferred closure calls it on an error, the result keeps it on success.
func deferredOnError(p context.Context) (j *job, err error) {
	c, stop := context.WithCancel(p)
	defer func() {
		if err != nil {
			stop()
		}
	}()
	if err := use(c); err != nil {
		return nil, err
	}
	return &job{stop: stop}, nil
}

// N28: the error is not known at a bare return.
func deferredBare(p context.Context) (err error) {
	c, stop := context.WithCancel(p)
	defer func() {
		if err != nil {
			stop()
		}
	}()
	err = use(c)
	return
}

// N29: called, then made again, in a conditional.
func remade(p context.Context, d time.Duration) error {
	c, stop := context.WithCancel(p)
	if d > 0 {
		stop()
		c, stop = context.WithTimeout(p, d)
	}
	defer stop()
	return use(c)
}

type ctxWithStop struct {
	context.Context
	stop context.CancelFunc
}

// N30: inside of a context of our own.
func custom(p context.Context) context.Context {
	c, stop := context.WithCancel(p)
	return ctxWithStop{c, stop}
}

// N31: a struct that is passed on.
func passedInStruct(p context.Context, take func(job)) {
	_, stop := context.WithCancel(p)
	take(job{stop: stop})
}

// N32: the method value of what holds it.
func viaOnClose(p context.Context, onClose func(func(error))) {
	c, stop := context.WithCancel(p)
	onClose(func(err error) {
		if err != nil {
			stop()
		}
	})
	use(c)
}

type myErr struct{}

func (*myErr) Error() string { return "" }

func openMine(p context.Context) (context.Context, context.CancelFunc, *myErr) {
	if bad(p) {
		return nil, nil, &myErr{}
	}
	c, stop := context.WithCancel(p)
	return c, stop, nil
}

// N33: an error of a type of its own.
func ownError(p context.Context) error {
	c, stop, err := openMine(p)
	if err != nil {
		return err
	}
	defer stop()
	return use(c)
}

func openStatus(p context.Context) (context.Context, context.CancelFunc, int) {
	if bad(p) {
		return nil, nil, 1
	}
	c, stop := context.WithCancel(p)
	return c, stop, 0
}

// N34: a status.
func status(p context.Context) int {
	c, stop, code := openStatus(p)
	if code != 0 {
		return code
	}
	defer stop()
	use(c)
	return 0
}

// N35: the context is nil when nothing was made.
func nilContext(p context.Context) {
	c, stop, _ := openStatus(p)
	if c == nil {
		return
	}
	defer stop()
	use(c)
}

// N36: the error is asked what it is, in more than one way.
func asked(p context.Context) error {
	c, stop, err := open(p)
	if errors.Is(err, errBad) {
		return nil
	}
	if wrapped := wrap(err); wrapped != nil {
		return wrapped
	}
	defer stop()
	return use(c)
}

func askedInSwitch(p context.Context) error {
	c, stop, err := open(p)
	switch {
	case errors.Is(err, errBad):
		return nil
	case err != nil:
		return err
	}
	defer stop()
	return use(c)
}

func wrap(err error) error {
	if err == nil {
		return nil
	}
	return errors.Join(errBad, err)
}

// N37: a nil parent panics: nothing is made.
func nilParent() (recovered any) {
	defer func() { recovered = recover() }()
	_, _ = context.WithCancel(nil)
	return nil
}
