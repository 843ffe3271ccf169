// Package alone holds goroutines without a context.
package alone

import "sync"

func use(v int) {}

// Nobody sends, nobody closes.
func nobody() {
	done := make(chan struct{})
	go func() {
		<-done // want `goroutine waits for ever to receive from done: nobody sends to it or closes it`
	}()
}

// Nobody closes what it ranges over.
func neverClosed(items []int) {
	ch := make(chan int)
	go func() {
		for v := range ch { // want `receive from ch: nobody closes it`
			use(v)
		}
	}()
	for _, v := range items {
		ch <- v
	}
}

// The loop has a case to leave, and nobody serves it.
type worker struct{ jobs, quit chan int }

func newWorker() *worker {
	w := &worker{jobs: make(chan int), quit: make(chan int)}
	go w.run()
	return w
}

func (w *worker) run() {
	for {
		select { // want `nothing ever comes on the channel by which it would leave`
		case v := <-w.jobs:
			use(v)
		case <-w.quit:
			return
		}
	}
}

func (w *worker) add(v int) { w.jobs <- v }

// Who closes it takes the lock before.
type owner struct {
	mu   sync.Mutex
	jobs chan int
	done chan struct{}
}

func newOwner() *owner {
	o := &owner{jobs: make(chan int, 1), done: make(chan struct{})}
	go o.run()
	go o.stop()
	return o
}

func (o *owner) run() {
	defer close(o.done)
	for v := range o.jobs {
		o.mu.Lock()
		use(v)
		o.mu.Unlock()
	}
}

func (o *owner) stop() {
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.jobs)
	<-o.done // want `it holds mu, which who should answer takes as well`
}

// Closed elsewhere.
func closed() {
	done := make(chan struct{})
	go func() { <-done }()
	close(done)
}

// A worker for the life of the program.
type service struct{ jobs chan int }

func newService() *service {
	s := &service{jobs: make(chan int)}
	go s.run()
	return s
}

func (s *service) run() {
	for v := range s.jobs {
		use(v)
	}
}

func (s *service) add(v int) { s.jobs <- v }

// The lock is given back before.
func (o *owner) waits() {
	go func() {
		o.mu.Lock()
		o.mu.Unlock()
		<-o.done
	}()
}
