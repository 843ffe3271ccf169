// Package bad holds goroutines whose sends nobody may receive.
package bad

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

func query(id int) string { return "" }
func fetch() error        { return nil }

var errTimeout = errors.New("timeout")

// The receiver leaves at the timeout.
func timeout(d time.Duration) (string, error) {
	result := make(chan string)
	go func() {
		result <- query(1) // want `send to result: its receiver can leave first`
	}()
	select {
	case r := <-result:
		return r, nil
	case <-time.After(d):
		return "", errTimeout
	}
}

// The receiver leaves when its context is done.
func cancelled(ctx context.Context) (string, error) {
	result := make(chan string)
	go func() {
		result <- query(1) // want `send to result: its receiver can leave first`
	}()
	select {
	case r := <-result:
		return r, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// The receiver returns before it comes to receive.
func earlyReturn() error {
	done := make(chan error)
	go func() {
		done <- fetch() // want `send to done: its receiver can leave first`
	}()
	if err := fetch(); err != nil {
		return err
	}
	return <-done
}

// The first answer is taken, the others are not.
func firstOf(ids []int) string {
	ch := make(chan string)
	for _, id := range ids {
		go func() {
			ch <- query(id) // want `send to ch: fewer values are received than sent`
		}()
	}
	return <-ch
}

// Room for two of three.
func tooLittleRoom() string {
	ch := make(chan string, 1)
	go func() { ch <- query(1) }()
	go func() { ch <- query(2) }()
	go func() { ch <- query(3) }() // want `send to ch: fewer values are received than sent`
	return <-ch
}

// The collector leaves its loop at the first error.
func collect(ids []int) error {
	errs := make(chan error)
	for range ids {
		go func() {
			errs <- fetch() // want `send to errs: its receiver can leave first`
		}()
	}
	for range ids {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}

// The consumer leaves its range early, while the producer has more.
func rangesPart(n int, limit int) (sum int) {
	numbers := make(chan int)
	go func() {
		defer close(numbers)
		for i := 0; ; i++ {
			numbers <- i // want `send to numbers: its receiver can leave first`
		}
	}()
	for v := range numbers {
		sum += v
		if sum > limit {
			return sum
		}
	}
	return sum
}

// Nobody receives at all.
func nobody() {
	done := make(chan struct{})
	go func() {
		query(1)
		done <- struct{}{} // want `send to done: nobody receives from it`
	}()
}

// Two kinds of answers, one of which is taken: whichever comes, the timeout
// may have come before.
func eitherOr(d time.Duration) error {
	values, errs := make(chan string), make(chan error)
	go func() {
		if err := fetch(); err != nil {
			errs <- err // want `send to errs: its receiver can leave first`
			return
		}
		values <- query(1)
	}()
	select {
	case <-values:
		return nil
	case err := <-errs:
		return err
	case <-time.After(d):
		return errTimeout
	}
}

// The send stands in a function that the goroutine calls.
func sender(out chan<- string) {
	for i := range 10 {
		out <- query(i)
	}
}

func throughCall(ctx context.Context) string {
	out := make(chan string)
	go func() {
		defer close(out)
		sender(out) // want `block for ever in sender, which wants to send to out`
	}()
	select {
	case s := <-out:
		return s
	case <-ctx.Done():
		return ""
	}
}

// A generic channel, and a WaitGroup's goroutine.
func race[T any](a, b func() T, limit <-chan time.Time) (t T) {
	ch := make(chan T)
	var wg sync.WaitGroup
	wg.Go(func() {
		ch <- a() // want `send to ch: its receiver can leave first`
	})
	select {
	case t = <-ch:
	case <-limit:
	}
	return t
}

// A named function is the goroutine.
func answer(ch chan string) {
	ch <- query(1) // want `send to ch: its receiver can leave first`
}

func named(d time.Duration) string {
	ch := make(chan string)
	go answer(ch)
	select {
	case s := <-ch:
		return s
	case <-time.After(d):
	}
	return ""
}

// A server whose loop stops, and a client that doesn't ask whether it has.
type server struct {
	requests chan int
	stop     chan struct{}
}

func (s *server) run() {
	for {
		select {
		case id := <-s.requests:
			query(id)
		case <-s.stop:
			return
		}
	}
}

func newServer() *server {
	s := &server{requests: make(chan int), stop: make(chan struct{})}
	go s.run()
	go func() {
		for i := range 10 {
			s.requests <- i // want `send to s.requests: its receiver can leave first`
		}
	}()
	return s
}

func (s *server) close() { close(s.stop) }

// The receiver starts only behind the send.
func tooLate() {
	go func() {
		ch := make(chan int)
		ch <- 1 // want `send to ch: its receiver starts only afterwards`
		go func() { <-ch }()
	}()
}

// Both want the lock: the receiver before it comes to receive again.
type queue struct {
	mu    sync.Mutex
	items chan int
	taken int
}

func newQueue() *queue {
	q := &queue{items: make(chan int)}
	go q.serve()
	go q.put(1)
	go q.put(2)
	return q
}

func (q *queue) put(v int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.items <- v // want `it holds mu, which its receiver takes as well`
}

func (q *queue) serve() {
	for v := range q.items {
		q.mu.Lock()
		q.taken += v
		q.mu.Unlock()
	}
}

// The send is behind an interface of this package.
type output interface{ write(int) }

type pipe struct{ ch chan int }

func (p *pipe) write(v int) { p.ch <- v }

func behindInterface(stop <-chan struct{}) {
	p := &pipe{ch: make(chan int)}
	var out output = p
	go func() {
		for i := range 10 {
			out.write(i) // want `in write, which wants to send to p.ch: its receiver can leave first`
		}
	}()
	for {
		select {
		case v := <-p.ch:
			query(v)
		case <-stop:
			return
		}
	}
}

// A channel that is an output by its own method.
type sink chan<- int

func (s sink) emit(v int) {
	s <- v
}

type emitter interface{ emit(int) }

func ownMethod(limit int) {
	ch := make(chan int)
	feed(sink(ch), 1)
	for v := range ch {
		if v > limit {
			return
		}
	}
}

func feed(out emitter, step int) {
	go func() {
		for i := 0; ; i += step {
			out.emit(i) // want `in emit, which wants to send to s: its receiver can leave first`
		}
	}()
}

// Start hands out a channel that one of its callers drops.
func Start(job func() error) <-chan error {
	failed := make(chan error)
	go func() {
		failed <- job() // want `send to failed: nobody receives from it, as it is thrown away`
	}()
	return failed
}

func forgets() {
	Start(fetch)
}

func remembers() error { return <-Start(fetch) }

// Both hands out two things, of which one is dropped.
func Both(job func() error) (stop func(), failed <-chan error) {
	ch := make(chan error)
	go func() {
		ch <- job() // want `send to ch: nobody receives from it, as it is thrown away`
	}()
	return func() {}, ch
}

func takesOne() {
	stop, _ := Both(fetch)
	stop()
}

// The receiver leaves after the channel has been handed on.
type waiting struct{ errs chan<- error }

type waitingRoom struct{ list []waiting }

func (r *waitingRoom) wait(d time.Duration) error {
	errs := make(chan error)
	r.list = append(r.list, waiting{errs: errs})
	go r.serve()
	select {
	case err := <-errs:
		return err
	case <-time.After(d):
		return nil
	}
}

func (r *waitingRoom) serve() {
	for _, w := range r.list {
		w.errs <- nil // want `goroutine can block for ever as it wants to send to w.errs: its receiver can leave first`
	}
	r.list = nil
}

// Two values of one object for one place, and nobody takes any.
type pump struct{ result chan error }

func (p *pump) fill() {
	p.result <- nil // want `wants to send to p.result: nobody receives from it`
}

func fillsTwice() {
	p := &pump{result: make(chan error, 1)}
	go p.fill()
	go p.fill()
}

// The counter comes to 0 as often as somebody adds to it again.
func sometimesLast(n int) error {
	done := make(chan error)
	var left atomic.Int64
	for range n {
		left.Add(1)
		go func() {
			_ = fetch()
			if left.Add(-1) == 0 {
				done <- nil // want `send to done: fewer values are received than sent`
			}
		}()
	}
	return <-done
}

// The flag is turned back.
func startAgain(events <-chan int) error {
	failed := make(chan error)
	started := false
	for n := range events {
		if n == 7 && !started {
			started = true
			go func() {
				failed <- fetch() // want `send to failed: fewer values are received than sent`
			}()
		} else if n == 8 {
			started = false
		}
	}
	return <-failed
}

// One passes, but its receiver leaves.
func lastOrTimeout(n int, d time.Duration) error {
	done := make(chan error)
	var left atomic.Int64
	left.Store(int64(n))
	for range n {
		go func() {
			if left.Add(-1) == 0 {
				done <- fetch() // want `send to done: its receiver can leave first`
			}
		}()
	}
	select {
	case err := <-done:
		return err
	case <-time.After(d):
		return errTimeout
	}
}

// Only the second one can find no room.
func twice(d time.Duration) error {
	done := make(chan error, 1)
	go func() {
		err := fetch()
		if err != nil {
			done <- nil
		}
		done <- err // want `send to done: its receiver can leave first`
	}()
	select {
	case err := <-done:
		return err
	case <-time.After(d):
		return errTimeout
	}
}

const slots = 10

type pool struct{ free chan struct{} }

// The slots are made once, and filled in each turn.
func (p *pool) fills(stop chan struct{}, again func() bool) {
	p.free = make(chan struct{}, slots)
	go p.takes(stop)
	for again() {
		for i := 0; i < slots; i++ {
			p.free <- struct{}{}
		}
	}
}

func (p *pool) takes(stop chan struct{}) {
	for {
		select {
		case <-p.free:
		case <-stop:
			return
		}
	}
}

func pools(p *pool, stop chan struct{}, again func() bool) {
	go func() { p.fills(stop, again) }() // want `in fills, which wants to send to p.free: its receiver can leave first`
}

// The receiver leaves by what several senders may say.
func first(paths []string) error {
	errs := make(chan error)
	for _, p := range paths {
		go func() { errs <- check(p) }() // want `goroutine can block for ever as it wants to send to errs: its receiver can leave first`
	}
	for range paths {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}

func check(path string) error { return nil }

// It fails after it has started the sender.
func starts(ch chan int, ping func() error) (int, error) {
	go func() { ch <- 1 }() // want `goroutine can block for ever as it wants to send to ch: its receiver can leave first`
	if err := ping(); err != nil {
		return 0, err
	}
	return 1, nil
}

func failsLate(ping func() error) error {
	ch := make(chan int)
	if _, err := starts(ch, ping); err != nil {
		return err
	}
	<-ch
	return nil
}

// The panic comes after the send, and brings another one.
func twiceAfterPanic(work func() int, after func(), limit time.Duration) int {
	ch := make(chan int, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				ch <- -1
			}
		}()
		ch <- work() // want `goroutine can block for ever as it wants to send to ch: its receiver can leave first`
		after()
	}()
	select {
	case v := <-ch:
		return v
	case <-time.After(limit):
		return 0
	}
}

type item struct{ err error }

func emit(out chan<- item, err error) {
	out <- item{err}
}

func step(out chan<- item, work func() error) { emit(out, work()) }

// The receiver leaves by one of many that are sent.
func pumps(works []func() error) error {
	items := make(chan item)
	go func() {
		for _, work := range works {
			step(items, work) // want `goroutine can block for ever in step → emit, which wants to send to out: its receiver can leave first`
		}
		close(items)
	}()
	for it := range items {
		if it.err != nil {
			return it.err
		}
	}
	return nil
}
