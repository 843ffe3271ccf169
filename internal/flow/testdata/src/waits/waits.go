// Package waits has operations that can wait for ever, and such that can't.
package waits

import (
	"os"
	"os/signal"
	"sync"
	"time"
)

func Park() { // want `Park:leave an empty select`
	select {} // want `leave an empty select: it has no cases`
}

// Its callee waits.
func Park2() { // want `Park2:leave an empty select by Park`
	Park() // want `return from Park: Park can wait for ever to leave an empty select`
}

type Hub struct {
	events  chan int
	replies chan int
	quit    chan struct{}
}

func New() *Hub { return &Hub{make(chan int), make(chan int, 1), make(chan struct{})} }

func (h *Hub) Emit(v int) { // want `Emit:send to h.events`
	h.events <- v // want `send to h.events: its receiver can leave first`
}

func (h *Hub) Reply(v int) { h.replies <- v }

func (h *Hub) Run() {
	for {
		select {
		case <-h.events:
		case <-h.replies:
		case <-h.quit:
			return
		}
	}
}

func (h *Hub) Close() { close(h.quit) }

// The same operations on a field that other packages can see.
type Open struct{ Events chan int }

func NewOpen() *Open { return &Open{make(chan int)} }

func (o *Open) Emit(v int) { o.Events <- v }

// A generic type stands for all its instances.
type Queue[T any] struct{ items chan T }

func NewQueue[T any]() *Queue[T] { return &Queue[T]{make(chan T)} }

func (q *Queue[T]) Put(v T) { q.items <- v }

func (q *Queue[T]) Serve(f func(T)) { // want `Serve:receive from q.items`
	for v := range q.items { // want `receive from q.items: nobody closes it`
		f(v)
	}
}

var strings = NewQueue[string]()

// Package variables.
var (
	wake  = make(chan struct{})
	Woken = make(chan struct{})
)

func waitForWake() { // want `waitForWake:receive from wake`
	<-wake // want `receive from wake: nobody sends to it or closes it`
}

func WaitForWoken() { <-Woken }

// Parameters, where every caller is in view.
func receive(c chan int) int { // want `receive:receive from c`
	return <-c // want `receive from c: nobody sends to it or closes it`
}

func Receive(c chan int) int { return <-c }

func calls() { // want `calls:receive from c by receive`
	receive(make(chan int)) // want `return from receive: receive can wait for ever to receive from c`
}

// Results, where every caller is in view.
func produce() chan int {
	c := make(chan int)
	go func() {
		c <- 1 // want `send to c: its receiver can leave first`
	}()
	return c
}

func consume(d time.Duration) int {
	c := produce()
	select {
	case v := <-c:
		return v
	case <-time.After(d):
		return 0
	}
}

func consumeAll() int { return <-produceSafely() }

func produceSafely() chan int {
	c := make(chan int)
	go func() { c <- 1 }()
	return c
}

// Channels that go out of view.
var registry = map[string]chan int{}

func Register(name string) {
	c := make(chan int)
	registry[name] = c
	<-c
}

func box() any { return make(chan int) }

func unbox() { <-box().(chan int) }

func addressed(fill func(*chan int)) {
	var c chan int
	c = make(chan int)
	fill(&c)
	<-c
}

// Captured variables.
func captured() { // want `captured:receive from c`
	c := make(chan int)
	func() {
		c = make(chan int)
	}()
	<-c // want `receive from c: nobody sends to it or closes it`
}

func signals() { // want `signals:receive from c`
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	<-c // want `receive from c: only a signal of the operating system wakes it`
}

// Conditions.
type gate struct {
	mu   sync.Mutex
	cond *sync.Cond
	open bool
}

func newGate() *gate {
	g := new(gate)
	g.cond = sync.NewCond(&g.mu)
	return g
}

func (g *gate) pass() { // want `pass:be woken by g.cond`
	g.mu.Lock()
	for !g.open {
		g.cond.Wait() // want `be woken by g.cond: nobody wakes it`
	}
	g.mu.Unlock()
}
