package alone

import "context"

// What is received after the end of a context, from senders that leave at it.
type queue struct{ chans []chan bool }

func newQueue() *queue {
	q := &queue{}
	q.chans = append(q.chans, make(chan bool), make(chan bool))
	return q
}

func (q *queue) wait(ctx context.Context) {
	done := ctx.Done()
	for _, ch := range q.chans {
		select {
		case <-ch:
		case <-done:
			go func() {
				for _, ch := range q.chans {
					<-ch // want `its sender leaves when the context is done, as it is here`
				}
			}()
			return
		}
	}
}

func (q *queue) send(ctx context.Context) {
	for _, ch := range q.chans {
		select {
		case ch <- true:
		case <-ctx.Done():
			return
		}
	}
}

func one(ctx context.Context) {
	ch := make(chan int)
	go func() {
		select {
		case ch <- 1:
		case <-ctx.Done():
		}
	}()
	<-ctx.Done()
	go func() {
		use(<-ch) // want `its sender leaves when the context is done, as it is here`
	}()
}

// There is room for what was sent before.
func room(ctx context.Context) {
	ch := make(chan int, 1)
	go func() {
		select {
		case ch <- 1:
		case <-ctx.Done():
		}
	}()
	<-ctx.Done()
	go func() { use(<-ch) }()
}

// The sender closes it as it leaves.
func closes(ctx context.Context) {
	ch := make(chan int)
	go func() {
		defer close(ch)
		select {
		case ch <- 1:
		case <-ctx.Done():
		}
	}()
	<-ctx.Done()
	go func() { use(<-ch) }()
}

// The sender tries again.
func tries(ctx context.Context) {
	ch := make(chan int)
	go func() {
		for i := range 10 {
			select {
			case ch <- i:
			case <-ctx.Done():
			}
		}
	}()
	<-ctx.Done()
	go func() { use(<-ch) }()
}

// Another sender stays.
type stays struct{ chans []chan bool }

func newStays() *stays {
	s := &stays{}
	s.chans = append(s.chans, make(chan bool))
	return s
}

func (s *stays) wait(ctx context.Context) {
	<-ctx.Done()
	go func() {
		for _, ch := range s.chans {
			<-ch
		}
	}()
}

func (s *stays) send(ctx context.Context) {
	for _, ch := range s.chans {
		select {
		case ch <- true:
		case <-ctx.Done():
			return
		}
	}
}

func (s *stays) force() {
	for i := range s.chans {
		s.chans[i] <- true
	}
}

// Somebody else has the channels.
type given struct{ chans []chan bool }

func newGiven(list []chan bool) *given { return &given{chans: list} }

func (g *given) wait(ctx context.Context) {
	<-ctx.Done()
	go func() {
		for _, ch := range g.chans {
			<-ch
		}
	}()
}

func (g *given) send(ctx context.Context) {
	for _, ch := range g.chans {
		select {
		case ch <- true:
		case <-ctx.Done():
			return
		}
	}
}

// So does who gets the slice.
type handed struct{ chans []chan bool }

func newHanded(f func([]chan bool)) *handed {
	h := &handed{}
	h.chans = append(h.chans, make(chan bool))
	f(h.chans)
	return h
}

func (h *handed) wait(ctx context.Context) {
	<-ctx.Done()
	go func() {
		for _, ch := range h.chans {
			<-ch
		}
	}()
}

func (h *handed) send(ctx context.Context) {
	for _, ch := range h.chans {
		select {
		case ch <- true:
		case <-ctx.Done():
			return
		}
	}
}
