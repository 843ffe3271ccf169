package silent

import (
	"context"
	"crypto/rand"
	"fmt"
	"iter"
	"log"
	"reflect"
	"runtime"
	"testing"
	"time"
)

type pair struct {
	ctx  context.Context
	stop context.CancelFunc
}

func (x *pair) close() { x.stop() }

// N38: kept in a struct of this function, and called there.
func inStruct(p context.Context) {
	var x pair
	x.ctx, x.stop = context.WithCancel(p)
	defer x.stop()
	use(x.ctx)
}

// N39: called by a method.
func byMethod(p context.Context) {
	x := new(pair)
	x.ctx, x.stop = context.WithCancel(p)
	use(x.ctx)
	x.close()
}

// N40: in a map, a slice, an array, a channel, whose elements are called.
func inMap(p context.Context, xs []string) {
	stops := make(map[string]context.CancelFunc)
	for _, x := range xs {
		_, stop := context.WithCancel(p)
		stops[x] = stop
	}
	for _, stop := range stops {
		stop()
	}
}

func inSlice(p context.Context, xs []string) {
	var stops []context.CancelFunc
	defer func() {
		for _, stop := range stops {
			stop()
		}
	}()
	for range xs {
		c, stop := context.WithCancel(p)
		stops = append(stops, stop)
		use(c)
	}
}

func inArray(p context.Context) {
	var all [2]func()
	_, all[0] = context.WithCancel(p)
	_, all[1] = context.WithCancel(p)
	for i := range all {
		all[i]()
	}
}

func inChannel(p context.Context) {
	ch := make(chan context.CancelFunc, 1)
	_, stop := context.WithCancel(p)
	ch <- stop
	(<-ch)()
}

func inSliceLiteral(p context.Context) []func() {
	_, stop := context.WithCancel(p)
	return []func(){stop}
}

func inMapLiteral(p context.Context, take func(map[string]func())) {
	_, stop := context.WithCancel(p)
	take(map[string]func(){"stop": stop})
}

func inNested(p context.Context) [][]func() {
	_, stop := context.WithCancel(p)
	inner := []func(){stop}
	var outer [][]func()
	outer = append(outer, inner)
	return outer
}

// N41: a flag that tells the deferred closure that somebody has taken it over.
func flagged(p context.Context) (*pair, error) {
	c, stop := context.WithCancel(p)
	done := false
	defer func() {
		if !done {
			stop()
		}
	}()
	if err := use(c); err != nil {
		return nil, err
	}
	done = true
	return &pair{c, stop}, nil
}

// N42: a flag that isn't certain.
func maybe(p context.Context, n int) error {
	c, stop := context.WithCancel(p)
	done := false
	defer func() {
		if !done {
			stop()
		}
	}()
	if n > 3 {
		done = n > 7
	}
	return use(c)
}

// N43: a flag that is reset.
func reset(p context.Context) error {
	c, stop := context.WithCancel(p)
	done := true
	defer func() {
		if !done {
			stop()
		}
	}()
	err := use(c)
	done = false
	return err
}

// N44: a callee that can find out what an argument is, and call it.
func runAny(v any) {
	if f, ok := v.(func()); ok {
		f()
	}
}

func asAny(p context.Context) {
	_, stop := context.WithCancel(p)
	runAny((func())(stop))
}

func reflected(p context.Context) {
	_, stop := context.WithCancel(p)
	reflect.ValueOf(stop).Call(nil)
}

type logger interface{ Log(...any) }

func logged(p context.Context, l logger) {
	_, stop := context.WithCancel(p)
	l.Log(stop)
}

func formatted(p context.Context) context.CancelFunc {
	_, stop := context.WithCancel(p)
	fmt.Println(stop)
	return stop
}

type stack[T any] struct{ items []T }

func (s *stack[T]) push(v T) { s.items = append(s.items, v) }

// N45: a container of any type.
func generic(p context.Context, s *stack[context.CancelFunc]) {
	_, stop := context.WithCancel(p)
	s.push(stop)
}

// N46: bound to another variable, chosen by a condition.
func bound(p context.Context, deep bool) {
	c, cancel := context.WithCancel(p)
	stop := cancel
	if deep {
		c, stop = context.WithTimeout(c, time.Second)
		defer cancel()
	}
	use(c)
	stop()
}

// N47: a method value of the function.
func viaCleanup(t *testing.T) {
	c, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	use(c)
}

// N48: the body of a range over a function.
func rangeFunc(p context.Context, seq iter.Seq[int]) {
	c, stop := context.WithCancel(p)
	defer stop()
	for x := range seq {
		inner, end := context.WithCancel(c)
		if x > 3 {
			end()
			return
		}
		use(inner)
		end()
	}
}

// N49: an iterator that its consumer ends.
func sequence(p context.Context) iter.Seq[int] {
	return func(yield func(int) bool) {
		c, stop := context.WithCancel(p)
		defer stop()
		for i := 0; use(c) == nil && yield(i); i++ {
		}
	}
}

// N50: ends of other kinds.
func ends(p context.Context, t *testing.T, n int) {
	c, stop := context.WithCancel(p)
	switch n {
	case 1:
		t.Fatalf("no")
	case 2:
		t.SkipNow()
	case 3:
		runtime.Goexit()
	case 4:
		log.Panicln("no")
	case 5:
		exit(n)
	}
	use(c)
	stop()
}

func exit(n int) { log.Fatalln(n) }

// N51: by goto to where it is called.
func jumps(p context.Context, n int) {
	c, stop := context.WithCancel(p)
	if n > 3 {
		goto end
	}
	use(c)
end:
	stop()
}

// N52: the arms of a type switch, and a fallthrough.
func switches(p context.Context, v any) {
	_, stop := context.WithCancel(p)
	switch v.(type) {
	case int:
		stop()
	default:
		defer stop()
	}
	_, stop = context.WithCancel(p)
	switch v {
	case 1:
		fallthrough
	default:
		stop()
	}
}

// N53: a struct that goes away by a copy.
func copied(p context.Context, keep func(pair)) {
	var x pair
	x.ctx, x.stop = context.WithCancel(p)
	y := x
	keep(y)
}

// N54: a struct that a closure takes.
func captured(p context.Context) func() {
	var x pair
	x.ctx, x.stop = context.WithCancel(p)
	return func() { x.stop() }
}

type conn struct {
	ctx  context.Context
	stop context.CancelFunc
	n    int
}

func (c *conn) close()      { c.stop() }
func (c *conn) init() error { return use(c.ctx) }

var conns = map[*conn]bool{}

// N55: a constructor that fails, and calls it before.
func openConn(p context.Context) (*conn, error) {
	c := new(conn)
	c.ctx, c.stop = context.WithCancel(p)
	if bad(p) {
		c.stop()
		return nil, errBad
	}
	if bad(c.ctx) {
		c.close()
		return nil, errBad
	}
	return c, nil
}

// N56: the object is in other hands by then.
func register(p context.Context) (*conn, error) {
	c := new(conn)
	c.ctx, c.stop = context.WithCancel(p)
	conns[c] = true
	if bad(p) {
		return nil, errBad
	}
	return c, nil
}

func registerFirst(p context.Context) error {
	c := &conn{n: 1}
	conns[c] = true
	c.ctx, c.stop = context.WithCancel(p)
	if bad(p) {
		return errBad
	}
	return nil
}

func deferFirst(p context.Context) error {
	c := &conn{stop: func() {}}
	defer c.close()
	c.ctx, c.stop = context.WithCancel(p)
	return use(c.ctx)
}

func deferClosure(p context.Context) (err error) {
	c := &conn{stop: func() {}}
	defer func() {
		if err != nil {
			c.stop()
		}
	}()
	c.ctx, c.stop = context.WithCancel(p)
	if bad(c.ctx) {
		return errBad
	}
	conns[c] = true
	return nil
}

func cleanupFirst(t *testing.T) {
	c := &conn{stop: func() {}}
	t.Cleanup(c.close)
	c.ctx, c.stop = context.WithCancel(context.Background())
	use(c.ctx)
}

// N57: the object is chosen by a condition.
func either(p context.Context, old *conn, fresh bool) *conn {
	c := old
	if fresh {
		c = new(conn)
		c.ctx, c.stop = context.WithCancel(p)
	}
	return c
}

func eitherByValue(p context.Context, fresh bool) (c conn) {
	if fresh {
		c.ctx, c.stop = context.WithCancel(p)
	}
	c.n++
	return
}

type closer interface{ close() }

// N58: as an interface, in a slice, by a result.
func asInterface(p context.Context) closer {
	c := &conn{}
	c.ctx, c.stop = context.WithCancel(p)
	return c
}

func inList(p context.Context, n int) []*conn {
	var all []*conn
	for range n {
		c := &conn{}
		c.ctx, c.stop = context.WithCancel(p)
		all = append(all, c)
	}
	return all
}

func nested(p context.Context) struct{ inner *conn } {
	c := conn{}
	c.ctx, c.stop = context.WithCancel(p)
	return struct{ inner *conn }{&c}
}

type outer struct {
	conn
	stopper *context.CancelFunc
}

func embedded(p context.Context) *outer {
	o := new(outer)
	o.ctx, o.stop = context.WithCancel(p)
	return o
}

func address(p context.Context) *context.CancelFunc {
	c := new(conn)
	keep := &c.stop
	c.ctx, c.stop = context.WithCancel(p)
	return keep
}

// N59: a goroutine has it.
func goroutine(p context.Context, done <-chan bool) error {
	c := &conn{}
	c.ctx, c.stop = context.WithCancel(p)
	go func() {
		<-done
		c.close()
	}()
	if bad(p) {
		return errBad
	}
	return nil
}

// N60: the old one is called in each turn, through the struct.
func rearmField(p context.Context) {
	c := &conn{}
	c.ctx, c.stop = context.WithCancel(p)
	for use(c.ctx) == nil {
		c.stop()
		c.ctx, c.stop = context.WithCancel(p)
	}
	c.stop()
}

func closeIt(x closer) { x.close() }

func closeAny(x any) {
	if c, ok := x.(closer); ok {
		c.close()
	}
}

// N61: behind an interface, in a callee.
func viaInterface(p context.Context) {
	c := &conn{}
	c.ctx, c.stop = context.WithCancel(p)
	closeIt(c)
	d := &conn{}
	d.ctx, d.stop = context.WithCancel(p)
	closeAny(d)
}

func watched(tb testing.TB, p context.Context) (context.Context, context.CancelFunc) {
	c, stop := context.WithCancel(p)
	tb.Cleanup(stop)
	return c, stop
}

// The test's end calls it, too.
func watches(t *testing.T) {
	c, _ := watched(t, context.Background())
	use(c)
}

type slots[K comparable, V any] struct{ m map[K]V }

func (t *slots[K, V]) load(k K) (value V, ok bool) {
	value, ok = t.m[k]
	return value, ok
}

// Who asks a container whether it has one owes nothing.
func asksContainer(t *slots[string, context.CancelFunc]) bool {
	_, ok := t.load("a")
	return ok
}

type keptPair struct {
	context.Context
	context.CancelCauseFunc
}

type keptPairs struct{ m map[string]keptPair }

// It keeps what it returns.
func (p *keptPairs) add(k string) (context.Context, context.CancelCauseFunc) {
	if known, ok := p.m[k]; ok {
		return known.Context, known.CancelCauseFunc
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	ends := func(cause error) {
		cancel(cause)
		delete(p.m, k)
	}
	p.m[k] = keptPair{ctx, ends}
	return ctx, ends
}

func newKeptPairs(k string) *keptPairs {
	p := &keptPairs{m: make(map[string]keptPair)}
	p.add(k)
	return p
}

// token never fails, and so nothing leaves before the end.
func token(n int) ([]byte, error) {
	b := make([]byte, n)
	if n > 1 {
		copy(b, "token")
	}
	return b, nil
}

func random(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	b := make([]byte, 8)
	if _, err := rand.Read(b); err != nil {
		return err
	}
	if _, err := token(8); err != nil {
		return err
	}
	<-ctx.Done()
	cancel()
	return nil
}

// The test's Cleanup runs what it returns.
func startsFor(t *testing.T, p context.Context) context.CancelFunc {
	ctx, cancel := context.WithCancel(p)
	stop := func() {
		cancel()
		<-ctx.Done()
	}
	t.Cleanup(stop)
	return stop
}

func startsTwo(t *testing.T, p context.Context) {
	startsFor(t, p)
	stop := startsFor(t, p)
	defer stop()
}
