// Package ok holds loops that leave once a channel is closed, or whose
// channels aren't.
package ok

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

func use(v int)    {}
func log(s string) {}
func step() error  { return nil }

// The case asks, and returns.
func asks(ctx context.Context, ch <-chan int) {
	for {
		select {
		case v, ok := <-ch:
			if !ok {
				return
			}
			use(v)
		case <-ctx.Done():
			return
		}
	}
}

// A nil channel is never ready.
func disables(ctx context.Context, ch <-chan int) {
	for {
		select {
		case v, ok := <-ch:
			if !ok {
				ch = nil
				continue
			}
			use(v)
		case <-ctx.Done():
			return
		}
	}
}

// Both are gone in the end.
func merge(a, b <-chan int) (sum int) {
	for a != nil || b != nil {
		select {
		case v, ok := <-a:
			if !ok {
				a = nil
			}
			sum += v
		case v, ok := <-b:
			if !ok {
				b = nil
			}
			sum += v
		}
	}
	return sum
}

// The zero value says that there is no more.
func sentinel(ctx context.Context) {
	ch := make(chan *int)
	go func() {
		ch <- new(int)
		close(ch)
	}()
	for {
		select {
		case p := <-ch:
			if p == nil {
				return
			}
			use(*p)
		case <-ctx.Done():
			return
		}
	}
}

// A labelled break.
func labelled(ctx context.Context, ch <-chan int) {
loop:
	for {
		select {
		case v, ok := <-ch:
			if !ok {
				break loop
			}
			use(v)
		case <-ctx.Done():
			break loop
		}
	}
	log("over")
}

// Nobody closes it.
func open(ctx context.Context) {
	ch := make(chan int)
	go func() { ch <- 1 }()
	for {
		select {
		case v := <-ch:
			use(v)
		case <-ctx.Done():
			return
		}
	}
}

// Closed by the loop's own goroutine, when it is over.
func own(ctx context.Context) {
	ch := make(chan int, 1)
	defer close(ch)
	for {
		select {
		case v := <-ch:
			use(v)
		case <-ctx.Done():
			return
		}
	}
}

// Closed when the loop is over.
type joined struct {
	events chan int
	quit   chan struct{}
	wg     sync.WaitGroup
}

func newJoined() *joined {
	j := &joined{events: make(chan int), quit: make(chan struct{})}
	j.wg.Go(j.run)
	return j
}

func (j *joined) run() {
	for {
		select {
		case v := <-j.events:
			use(v)
		case <-j.quit:
			return
		}
	}
}

func (j *joined) stop() {
	j.quit <- struct{}{}
	j.wg.Wait()
	close(j.events)
}

// Who closes it stops the loop as well.
type both struct {
	events chan int
	quit   chan struct{}
}

func newBoth() *both { return &both{events: make(chan int), quit: make(chan struct{})} }

func (b *both) run() {
	for {
		select {
		case v := <-b.events:
			use(v)
		case <-b.quit:
			return
		}
	}
}

func (b *both) stop() {
	close(b.events)
	close(b.quit)
}

// The closer makes the channel anew: a broadcast.
type signal struct {
	mu      sync.Mutex
	changed chan struct{}
}

func newSignal() *signal { return &signal{changed: make(chan struct{})} }

func (s *signal) broadcast() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *signal) watch(ctx context.Context) {
	for {
		select {
		case <-s.changed:
			log("changed")
		case <-ctx.Done():
			return
		}
	}
}

// A channel for each turn.
func perTurn(ctx context.Context) {
	for {
		ch := make(chan int)
		go func() {
			defer close(ch)
			ch <- 1
		}()
		select {
		case v := <-ch:
			use(v)
		case <-ctx.Done():
			return
		}
	}
}

// Another channel in the next turn.
func next(ctx context.Context) <-chan int { return nil }

func renews(ctx context.Context) {
	ch := next(ctx)
	for {
		select {
		case v, ok := <-ch:
			if !ok {
				ch = next(ctx)
				continue
			}
			use(v)
		case <-ctx.Done():
			return
		}
	}
}

// The loop counts its turns.
func counts() {
	ch := make(chan int)
	go func() {
		ch <- 1
		close(ch)
	}()
	for range 3 {
		select {
		case v := <-ch:
			use(v)
		case <-time.After(time.Second):
		}
	}
}

// The closed channel says that what the loop waited for has begun, once.
func once(ctx context.Context) {
	started := make(chan struct{})
	go func() {
		step()
		close(started)
	}()
	wait := started
	for {
		select {
		case <-wait:
			log("started")
			wait = nil
		case <-ctx.Done():
			return
		}
	}
}

// No loop.
func single(ctx context.Context) {
	ch := make(chan int)
	go func() { close(ch) }()
	select {
	case v := <-ch:
		use(v)
	case <-ctx.Done():
	}
}

// The turn pauses.
func pauses(ctx context.Context) {
	ch := make(chan int)
	go func() { close(ch) }()
	for {
		select {
		case v := <-ch:
			use(v)
			time.Sleep(time.Second)
		case <-ctx.Done():
			return
		}
	}
}

// What is received decides, by a call.
func decides(ctx context.Context) error {
	ch := make(chan int)
	go func() { close(ch) }()
	for {
		select {
		case v := <-ch:
			if v < 1 {
				return nil
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// The range ends with the list.
func ranges(list []int) {
	ch := make(chan int)
	go func() { close(ch) }()
	for _, v := range list {
		select {
		case <-ch:
		case <-time.After(time.Duration(v)):
		}
	}
}

// The case sets a flag, by which the next tick leaves.
func lastTick(done <-chan struct{}) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	over := make(chan struct{})
	go func() {
		<-done
		close(over)
	}()
	last := false
	for {
		select {
		case <-ticker.C:
			log("tick")
			if last {
				return
			}
		case <-over:
			last = true
		}
	}
}

// The default of another select asks something else, by which it leaves.
func asksAnother(stop, drained chan struct{}, ch <-chan int) {
	for {
		select {
		case <-drained:
			return
		default:
		}
		select {
		case <-stop:
			return
		case v, ok := <-ch:
			if !ok {
				break
			}
			use(v)
		}
	}
}

type closer struct{ done chan struct{} }

func (c *closer) SignalAndWait() { <-c.done }

type logs struct {
	closer *closer
	manage chan bool
	stop   chan struct{}
}

func (l *logs) run() {
	for {
		select {
		case <-l.manage:
			_ = step()
		case <-l.stop:
			return
		}
	}
}

// The loop has left by then.
func (l *logs) close() {
	l.closer.SignalAndWait()
	close(l.manage)
}

func startLogs() *logs {
	l := &logs{closer: &closer{make(chan struct{})}, manage: make(chan bool, 1), stop: make(chan struct{})}
	go l.run()
	return l
}

type hub struct{ subs map[chan int]bool }

func (h *hub) drop(ch chan int) {
	delete(h.subs, ch)
	close(ch)
}

// It closes what it receives from itself, as it leaves.
func (h *hub) watch(stop <-chan struct{}) {
	ch := make(chan int)
	h.subs[ch] = true
	defer func() { h.drop(ch) }()
	for {
		select {
		case <-stop:
			return
		case <-ch:
			_ = step()
		}
	}
}

type gate struct{ open chan bool }

// Each turn takes the gate that is there.
func (g *gate) turns(stop <-chan struct{}) {
	for {
		open := g.open
		select {
		case <-open:
			_ = step()
		case <-stop:
			return
		}
	}
}

func (g *gate) let() { close(g.open) }

func (g *gate) shut() { g.open = make(chan bool) }

func newGate() *gate {
	g := &gate{open: make(chan bool)}
	go g.turns(make(chan struct{}))
	return g
}

// Whoever leaves last closes what both listen to.
type pair struct {
	left, right chan int
	stop        chan struct{}
	out         atomic.Int32
}

func (p *pair) run() {
	go p.turnLeft()
	go p.turnRight()
}

func (p *pair) turnLeft() {
	for {
		select {
		case <-p.left:
			_ = step()
		case <-p.stop:
			p.leave()
			return
		}
	}
}

func (p *pair) turnRight() {
	for {
		select {
		case <-p.right:
			_ = step()
		case <-p.stop:
			p.leave()
			return
		}
	}
}

func (p *pair) leave() {
	if p.out.Add(1) == 2 {
		close(p.left)
		close(p.right)
	}
}

func newPair() *pair {
	p := &pair{left: make(chan int), right: make(chan int), stop: make(chan struct{})}
	p.run()
	return p
}

// Exported closes what only its own loop hears, as that leaves.
type Session struct{ updates chan int }

func (s *Session) Done() { close(s.updates) }

func (s *Session) Run(stop <-chan struct{}) {
	defer func() {
		_ = step()
		s.Done()
	}()
	for {
		select {
		case <-s.updates:
			_ = step()
		case <-stop:
			return
		}
	}
}

func NewSession() *Session { return &Session{updates: make(chan int)} }

// The channel is closed once the loop is over.
func loops(ctx context.Context, updates chan int) {
	for {
		select {
		case v := <-updates:
			use(v)
		case <-ctx.Done():
			return
		}
	}
}

func watchAll(ctx context.Context) {
	updates := make(chan int)
	go func() {
		for i := range 3 {
			updates <- i
		}
	}()
	loops(ctx, updates)
	defer close(updates)
	log("over")
}

type controller struct{ updates func(int) }

func (c *controller) Run(ctx context.Context) {
	c.updates(1)
	<-ctx.Done()
}

// Run returns when the context is done, by which the loop ends as well.
func runs(ctx context.Context, c *controller) {
	updates, stop := make(chan int), ctx.Done()
	c.updates = func(v int) { updates <- v }
	go func() {
		for {
			select {
			case v := <-updates:
				use(v)
			case <-stop:
				return
			}
		}
	}()
	c.Run(ctx)
	close(updates)
}
