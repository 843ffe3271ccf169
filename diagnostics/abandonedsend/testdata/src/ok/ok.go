// Package ok holds goroutines whose sends are received, or needn't be.
package ok

import (
	"context"
	"errors"
	"log"
	"sync"
	"sync/atomic"
	"time"

	"ok/out"
)

func query(id int) string { return "" }
func fetch() error        { return nil }

var errTimeout = errors.New("timeout")

// Room for the one value.
func room(d time.Duration) (string, error) {
	result := make(chan string, 1)
	go func() { result <- query(1) }()
	select {
	case r := <-result:
		return r, nil
	case <-time.After(d):
		return "", errTimeout
	}
}

// Room for all, by the length of the list.
func roomForAll(ids []int) string {
	ch := make(chan string, len(ids))
	for _, id := range ids {
		go func() { ch <- query(id) }()
	}
	return <-ch
}

// A reaper takes what comes late.
func reaper(ctx context.Context) string {
	result := make(chan string)
	go func() { result <- query(1) }()
	select {
	case r := <-result:
		return r
	case <-ctx.Done():
		go func() { <-result }()
		return ""
	}
}

// A deferred call drains the channel.
func drains(limit int) (sum int) {
	numbers := make(chan int)
	go func() {
		defer close(numbers)
		for i := range 1000 {
			numbers <- i
		}
	}()
	defer func() {
		for range numbers {
		}
	}()
	for v := range numbers {
		if sum += v; sum > limit {
			return sum
		}
	}
	return sum
}

// The sender stops with the receiver.
func stops(ctx context.Context) string {
	result := make(chan string)
	go func() {
		select {
		case result <- query(1):
		case <-ctx.Done():
		}
	}()
	select {
	case r := <-result:
		return r
	case <-ctx.Done():
		return ""
	}
}

// The sender stops by a channel that its receiver closes.
func stopChannel(limit int) (sum int) {
	numbers, done := make(chan int), make(chan struct{})
	defer close(done)
	go func() {
		for i := 0; ; i++ {
			select {
			case numbers <- i:
			case <-done:
				return
			}
		}
	}()
	for v := range numbers {
		if sum += v; sum > limit {
			return sum
		}
	}
	return sum
}

// The sender drops what nobody takes.
func drops() {
	events := make(chan int)
	go func() {
		for i := range 10 {
			select {
			case events <- i:
			default:
			}
		}
	}()
	select {
	case <-events:
	case <-time.After(time.Second):
	}
}

// The receiver takes all.
func takesAll(ids []int) (out []string) {
	ch := make(chan string)
	for _, id := range ids {
		go func() { ch <- query(id) }()
	}
	for range ids {
		out = append(out, <-ch)
	}
	return out
}

// The receiver ranges until the close, which comes after the last send.
func rangesToTheEnd(ids []int) (n int) {
	ch := make(chan string)
	var wg sync.WaitGroup
	for _, id := range ids {
		wg.Go(func() { ch <- query(id) })
	}
	go func() {
		wg.Wait()
		close(ch)
	}()
	for s := range ch {
		n += len(s)
	}
	return n
}

// The timeout only warns.
func warns(d time.Duration) string {
	result := make(chan string)
	go func() { result <- query(1) }()
	select {
	case r := <-result:
		return r
	case <-time.After(d):
		println("slow")
	}
	return <-result
}

// One value is sent, on each of two ways, and one received.
func oneOfTwo() error {
	done := make(chan error)
	go func() {
		if err := fetch(); err != nil {
			done <- err
			return
		}
		done <- nil
	}()
	return <-done
}

// A semaphore.
func semaphore(ids []int) {
	tokens := make(chan struct{}, 3)
	var wg sync.WaitGroup
	for _, id := range ids {
		wg.Go(func() {
			tokens <- struct{}{}
			defer func() { <-tokens }()
			query(id)
		})
	}
	wg.Wait()
}

// A channel that goes to code out of view.
func elsewhere() {
	ch := make(chan int)
	out.Register(ch)
	go func() { ch <- 1 }()
}

// A stream: who calls it decides when it stops.
func Stream() <-chan int {
	ch := make(chan int)
	go func() {
		defer close(ch)
		for i := range 10 {
			ch <- i
		}
	}()
	return ch
}

// A channel from outside.
func Into(ch chan<- int) {
	go func() { ch <- 1 }()
}

// The branch that starts the sender receives.
func correlated(async bool) error {
	done := make(chan error)
	if async {
		go func() { done <- fetch() }()
	}
	query(1)
	if async {
		return <-done
	}
	return fetch()
}

// A loop that only a panic ends receives for ever.
func listens() {
	events := make(chan int)
	go func() {
		for i := range 10 {
			events <- i
		}
	}()
	go func() {
		for {
			query(<-events)
		}
	}()
}

// The loop is told to stop by the sender itself.
type loop struct{ quit, work chan int }

func (l *loop) run() {
	for {
		select {
		case id := <-l.work:
			query(id)
		case <-l.quit:
			return
		}
	}
}

func runLoop() {
	l := &loop{quit: make(chan int), work: make(chan int)}
	go l.run()
	go func() { l.quit <- 1 }()
}

// What the parser receives tells it that there is nothing more.
func untilLast() (n int) {
	items := make(chan int)
	go func() {
		for _, v := range []int{1, 2, 0} {
			items <- v
		}
	}()
	for v := range items {
		if v == 0 {
			return n
		}
		n += v
	}
	return n
}

// What makes the receiver leave is the sender's own last word.
func lastWord(read func() (int, error)) error {
	values, errs := make(chan int), make(chan error, 1)
	go func() {
		for {
			v, err := read()
			if err != nil {
				errs <- err
				return
			}
			values <- v
		}
	}()
	for {
		select {
		case v := <-values:
			query(v)
		case err := <-errs:
			return err
		}
	}
}

// As many places as turns.
func boundedTurns() {
	const workers = 10
	fail := make(chan struct{}, workers)
	for range workers {
		go func() {
			if fetch() != nil {
				fail <- struct{}{}
			}
		}()
	}
	select {
	case <-fail:
	case <-time.After(time.Second):
	}
}

// A stop that is answered.
type handshake struct{ stop chan chan struct{} }

func newHandshake() *handshake {
	h := &handshake{stop: make(chan chan struct{})}
	go h.run()
	go h.close()
	return h
}

func (h *handshake) run() {
	for {
		select {
		case done := <-h.stop:
			close(done)
			return
		case <-time.After(time.Second):
		}
	}
}

func (h *handshake) close() {
	done := make(chan struct{})
	h.stop <- done
	<-done
}

// The lock is given back before the send.
type unlocked struct {
	mu    sync.Mutex
	items chan int
	n     int
}

func newUnlocked() *unlocked {
	u := &unlocked{items: make(chan int)}
	go u.serve()
	go u.put(1)
	return u
}

func (u *unlocked) put(v int) {
	u.mu.Lock()
	u.n++
	u.mu.Unlock()
	u.items <- v
}

func (u *unlocked) serve() {
	for v := range u.items {
		u.mu.Lock()
		u.n -= v
		u.mu.Unlock()
	}
}

// The receiver runs already.
func inTime() {
	ch := make(chan int)
	go func() { <-ch }()
	go func() { ch <- 1 }()
}

// What is decorated is of the same kind: each has its own channel.
type report interface{ total() int }

type sum struct{ base report }

func (s *sum) total() int {
	ch := make(chan int, 1)
	go func() { ch <- s.base.total() }()
	return 1 + <-ch
}

// Begin has callers that receive, and others that nobody here knows.
func Begin(job func() error) (stop func(), failed <-chan error) {
	ch := make(chan error)
	go func() { ch <- job() }()
	return func() {}, ch
}

func waits() error {
	_, failed := Begin(func() error { return nil })
	return <-failed
}

func handsOn() <-chan error {
	_, failed := Begin(func() error { return nil })
	return failed
}

// Roomy has room for what nobody may want to know.
func Roomy(job func() error) <-chan error {
	ch := make(chan error, 1)
	go func() { ch <- job() }()
	return ch
}

func doesNotCare() {
	Roomy(func() error { return nil })
}

// What ends the process leaves nobody behind.
func fatal(d time.Duration) int {
	ch := make(chan int)
	go func() { ch <- 1 }()
	select {
	case v := <-ch:
		return v
	case <-time.After(d):
		log.Fatal("too late")
	}
	return 0
}

// Who makes room for several values knows how many come.
func counted(ids []int) string {
	const most = 3
	ch := make(chan string, most)
	for _, id := range ids {
		go func() { ch <- query(id) }()
	}
	return <-ch
}

// The receiver leaves before anybody has got the channel.
type waiting struct {
	from int
	errs chan<- error
}

type waitingRoom struct {
	mu   sync.Mutex
	list []waiting
}

func (r *waitingRoom) wait(from int) error {
	errs := make(chan error)
	w := waiting{from: from, errs: errs}
	if err := r.ensure(from); err != nil {
		return err
	}
	r.mu.Lock()
	r.list = append(r.list, w)
	r.mu.Unlock()
	return <-errs
}

func (r *waitingRoom) ensure(from int) error {
	if from < 0 {
		return errTimeout
	}
	go r.serve()
	return nil
}

func (r *waitingRoom) serve() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, w := range r.list {
		w.errs <- fetch()
	}
	r.list = nil
}

// The room is for the one value that each object gets, though nobody takes it.
type pump struct {
	out    chan int
	result chan error
}

func newPump() *pump { return &pump{out: make(chan int), result: make(chan error, 1)} }

func (p *pump) fill(xs []int) {
	for _, x := range xs {
		select {
		case p.out <- x:
		default:
		}
	}
	close(p.out)
	p.result <- nil
}

func pumpsOfTheirOwn(xs []int) {
	for range 3 {
		p := newPump()
		go p.fill(xs)
	}
	a, b := newPump(), newPump()
	go a.fill(xs)
	go b.fill(xs)
}

// The counter comes to 0 once.
func lastOne(n int) error {
	done := make(chan error)
	var left atomic.Int64
	left.Store(int64(n))
	for range n {
		go func() {
			_ = fetch()
			if left.Add(-1) == 0 {
				done <- nil
			}
		}()
	}
	return <-done
}

// The flag lets one goroutine start, on some ways.
func startSometimes(events <-chan int, ready func() bool, wanted bool) error {
	failed := make(chan error)
	started := false
	for n := range events {
		if !started {
			if n > 0 && ready() {
				started = true
				if wanted {
					go func() { failed <- fetch() }()
				}
			}
		}
	}
	return <-failed
}

// The flag lets one goroutine start.
func startOnce(events <-chan int) error {
	failed := make(chan error)
	started := false
	for n := range events {
		if n == 7 && !started {
			started = true
			go func() { failed <- fetch() }()
		}
	}
	return <-failed
}

// It leaves when all senders are over.
func gathers(paths []string, size func(string) int) (total int) {
	sizes, done := make(chan int), make(chan bool)
	go func() {
		var wg sync.WaitGroup
		for _, path := range paths {
			wg.Add(1)
			go func() {
				defer wg.Done()
				sizes <- size(path)
			}()
		}
		wg.Wait()
		done <- true
	}()
	for {
		select {
		case n := <-sizes:
			total += n
		case <-done:
			return total
		}
	}
}

const slots = 10

type peer struct{ done chan struct{} }

// The slots are filled as they are made.
func (p *peer) init(stop chan struct{}) {
	p.done = make(chan struct{}, slots)
	for i := 0; i < slots; i++ {
		p.done <- struct{}{}
	}
	go p.read(stop)
}

func (p *peer) read(stop chan struct{}) {
	for {
		select {
		case <-p.done:
		case <-stop:
			return
		}
	}
}

func connects(p *peer, stop chan struct{}) {
	go func() { p.init(stop) }()
}
