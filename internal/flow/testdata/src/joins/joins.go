// Package joins has launches of which somebody waits for the goroutine, or
// nobody.
package joins

import (
	"context"
	"errors"
	"io"
	"iter"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"joins/group"
)

func work() {}

func local() {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() { // want `^joined by Wait$`
		defer wg.Done()
		work()
	}()
	wg.Wait()
}

func pointer(n int) {
	wg := new(sync.WaitGroup)
	for range n {
		wg.Add(1)
		go worker(wg) // want `^joined by Wait$`
	}
	wg.Wait()
}

func worker(wg *sync.WaitGroup) {
	defer wg.Done()
	work()
}

func wgGo() {
	var wg sync.WaitGroup
	wg.Go(work) // want `^joined by Wait$`
	wg.Wait()
}

func deferredWait() {
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(work) // want `^joined by Wait$`
}

func deferredLiteral() {
	var wg sync.WaitGroup
	_, cancel := context.WithCancel(context.Background())
	defer func() {
		cancel()
		wg.Wait()
	}()
	wg.Go(work) // want `^joined by Wait$`
}

func helper() {
	var wg sync.WaitGroup
	wg.Go(work) // want `^joined by Wait$`
	waitFor(&wg)
}

func waitFor(wg *sync.WaitGroup) { wg.Wait() }

func sometimes(err error) error {
	var wg sync.WaitGroup
	wg.Go(work) // want `^joined sometimes by Wait$`
	if err != nil {
		return err
	}
	wg.Wait()
	return nil
}

func never() {
	go work() // want `^not joined$`
}

func forgotten() {
	var wg sync.WaitGroup
	wg.Go(work) // want `^not joined$`
}

func groups() error {
	var g errgroup.Group
	g.Go(func() error { return nil }) // want `^joined by Wait$`
	return g.Wait()
}

func groupOnTheHeap(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	_ = ctx
	g.Go(func() error { // want `^joined by Wait$`
		g.Go(func() error { return nil }) // want `^callers: joined by Wait$`
		return nil
	})
	return g.Wait()
}

func closes() {
	done := make(chan struct{})
	go func() { // want `^joined by receive$`
		defer close(done)
		work()
	}()
	<-done
}

func receivesAll(n int) {
	done := make(chan bool)
	for range n {
		go func() { // want `^joined by receive$`
			work()
			done <- true
		}()
	}
	for range n {
		<-done
	}
}

func firstError(n int) error {
	errs := make(chan error, n)
	for range n {
		go func() { errs <- errors.New("") }() // want `^joined sometimes by receive$`
	}
	for range n {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}

func hedge() error {
	errs := make(chan error, 2)
	go func() { errs <- nil }() // want `^joined sometimes by receive$`
	go func() { errs <- nil }() // want `^joined sometimes by receive$`
	return <-errs
}

func race(ctx context.Context) error {
	errs := make(chan error, 1)
	go func() { errs <- nil }() // want `^joined sometimes by select$`
	select {
	case err := <-errs:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func polled(t *time.Ticker) {
	done := make(chan struct{})
	go func() { // want `^joined by select$`
		defer close(done)
		work()
	}()
	for {
		select {
		case <-done:
			return
		case <-t.C:
			println("still there")
		}
	}
}

func ranges() {
	out := make(chan int)
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() { // want `^joined by range$`
			defer wg.Done()
			out <- 1
		}()
	}
	go func() { // want `^joined by range$`
		wg.Wait()
		close(out)
	}()
	for range out {
	}
}

func relayed(ctx context.Context) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() { // want `^joined sometimes by select$`
		defer wg.Done()
		work()
	}()
	done := make(chan struct{})
	go func() { // want `^joined sometimes by select$`
		wg.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

func semaphore(n int) {
	sem := make(chan struct{}, 4)
	for range n {
		sem <- struct{}{}
		go func() { // want `^joined by send$`
			defer func() { <-sem }()
			work()
		}()
	}
	for range cap(sem) {
		sem <- struct{}{}
	}
}

func launched() {
	group.Launch(work) // want `^not joined$`
}

func launchedHere() {
	done := make(chan struct{})
	launch(func() { // want `^joined by receive$`
		defer close(done)
		work()
	})
	<-done
}

func launch(f func()) {
	go func() { f() }() // want `^callers: joined by receive$`
}

func pool() {
	var p group.Pool
	p.Go(work) // want `^joined by Wait$`
	p.Wait()
}

func poolForgotten() {
	var p group.Pool
	p.Go(work) // want `^not joined$`
}

type server struct {
	wg   sync.WaitGroup
	done chan struct{}
}

func (s *server) Start() {
	s.wg.Add(1)
	go s.run() // want `^callers: unknown$`
}

func (s *server) run() { defer s.wg.Done(); work() }

func (s *server) Stop() { s.wg.Wait() }

func (s *server) Run() {
	s.done = make(chan struct{})
	go s.loop() // want `^joined by receive$`
	<-s.done
}

func (s *server) loop() { defer close(s.done); work() }

func (s *server) background() {
	go s.loop2() // want `^not joined$`
}

func (s *server) loop2() { work() }

func callerWaits() {
	var wg sync.WaitGroup
	spread(&wg)
	wg.Wait()
}

func spread(wg *sync.WaitGroup) {
	for range 3 {
		wg.Add(1)
		go worker(wg) // want `^callers: joined by Wait$`
	}
}

func Spread(wg *sync.WaitGroup) {
	wg.Add(1)
	go worker(wg) // want `^callers: unknown$`
}

func literalLaunches(xs []int) {
	var wg sync.WaitGroup
	start := func() {
		wg.Add(1)
		go func() { // want `^callers: joined by Wait$`
			defer wg.Done()
			work()
		}()
	}
	for range xs {
		start()
	}
	wg.Wait()
}

func rangeOver(seq iter.Seq[int]) {
	var wg sync.WaitGroup
	for range seq {
		wg.Go(work) // want `^joined by Wait$`
	}
	wg.Wait()
}

func generic[T any](xs []T, f func(T)) {
	var wg sync.WaitGroup
	for _, x := range xs {
		wg.Go(func() { f(x) }) // want `^joined by Wait$`
	}
	wg.Wait()
}

func drained() {
	ch := make(chan int)
	go func() { // want `^unknown$`
		defer close(ch)
		work()
	}()
	group.Drain(ch)
}

func piped() {
	r, w := io.Pipe()
	go func() { // want `^unknown$`
		work()
		w.Close()
	}()
	io.ReadAll(r)
}

func Stream() <-chan int {
	ch := make(chan int)
	go func() { // want `^callers: unknown$`
		defer close(ch)
		work()
	}()
	return ch
}

func LaunchFor(f func()) {
	go func() { f() }() // want `^callers: unknown$`
}

func outOfView(f func()) {
	go f() // want `^not joined$`
}

func methodValue(s *server) {
	var wg sync.WaitGroup
	wg.Go(s.loop2) // want `^joined by Wait$`
	wg.Wait()
}

// Its Done tells that it has begun.
func begins(jobs chan func() bool) {
	var started sync.WaitGroup
	started.Add(1)
	go func() { // want `^not joined$`
		started.Done()
		for {
			if job := <-jobs; !job() {
				return
			}
		}
	}()
	started.Wait()
}

// This one tells its end, early.
func tellsEarly() {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() { // want `^joined by Wait$`
		work()
		wg.Done()
		for range 3 {
			work()
		}
	}()
	wg.Wait()
}
