package tiers

import "context"

// owner passes tokens through a channel of its own: whether two runs of put are
// under way at once, its users decide.
type owner struct {
	token chan int
	errs  chan error
}

func newOwner() *owner { return &owner{token: make(chan int, 1), errs: make(chan error)} }

func (o *owner) start(ctx context.Context, n int) {
	go o.serve(ctx)
	for i := range n {
		go o.put(i)
	}
}

func (o *owner) put(i int) {
	o.token <- i // want `goroutine can block for ever as it wants to send to o.token: its receiver can leave first`
}

// report has no room at all.
func (o *owner) report(err error) {
	go func() {
		o.errs <- err // want `goroutine can block for ever as it wants to send to o.errs: its receiver can leave first`
	}()
}

func (o *owner) serve(ctx context.Context) {
	for {
		select {
		case <-o.token:
		case <-o.errs:
		case <-ctx.Done():
			return
		}
	}
}

// The loop starts the next one when it has received, or so it looks.
func gated(ctx context.Context, work func(), jobs <-chan bool) {
	free := make(chan bool, 1)
	pending, running := false, false
	for {
		select {
		case <-jobs:
			pending = true
		case <-free:
			running = false
		case <-ctx.Done():
			return
		}
		if pending && !running {
			pending, running = false, true
			go func() {
				work()
				free <- true // want `goroutine can block for ever as it wants to send to free: its receiver can leave first`
			}()
		}
	}
}

type item struct{ answer chan string }

// Each item has room for its answer.
func answers(ctx context.Context, names []string) {
	items := make(chan *item)
	go func() {
		for it := range items {
			it.answer <- "x"
		}
	}()
	for range names {
		it := &item{answer: make(chan string, 1)}
		items <- it
		select {
		case <-it.answer:
		case <-ctx.Done():
			return
		}
	}
}

// One goroutine sends twice, and there is room for one: no pace helps.
func twice(ctx context.Context, send func() error) error {
	done := make(chan error, 1)
	go func() {
		err := send()
		if err != nil {
			done <- err
		}
		done <- nil // want `goroutine can block for ever as it wants to send to done: its receiver can leave first`
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

type asker struct{ errs chan error }

func (a *asker) ask(ctx context.Context) error {
	go a.answer()
	select {
	case err := <-a.errs:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Who else receives from the field, and when, its owner decides.
func (a *asker) answer() {
	a.errs <- nil // want `goroutine can block for ever as it wants to send to a.errs: its receiver can leave first`
}

func newAsker() *asker { return &asker{errs: make(chan error)} }

// Each try is over before the next one starts.
func tries(stop <-chan bool, try func() error) error {
	answer := make(chan error)
	for {
		go func() { answer <- try() }()
		select {
		case err := <-answer:
			if err == nil {
				return nil
			}
		case <-stop:
			<-answer
			return nil
		}
	}
}

// The next try starts though the last one may still be on its way.
func overlapping(ticks <-chan bool, try func() error) error {
	answer := make(chan error)
	for {
		go func() {
			answer <- try() // want `goroutine can block for ever as it wants to send to answer: its receiver can leave first`
		}()
		select {
		case err := <-answer:
			if err == nil {
				return nil
			}
		case <-ticks:
		}
	}
}

// The second sender starts only when the first one has answered something else.
func steps(ctx context.Context, first, second func() error) error {
	errs, ready := make(chan error, 1), make(chan bool, 1)
	go func() {
		if err := first(); err != nil {
			errs <- err // want `goroutine can block for ever as it wants to send to errs: its receiver can leave first`
			return
		}
		ready <- true
	}()
	select {
	case err := <-errs:
		return err
	case <-ready:
	case <-ctx.Done():
		return ctx.Err()
	}
	go func() {
		errs <- second() // want `goroutine can block for ever as it wants to send to errs: its receiver can leave first`
	}()
	select {
	case err := <-errs:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Both run at the same time, and one value is taken.
func both(first, second func() error) error {
	errs := make(chan error)
	go func() { errs <- first() }()
	go func() { errs <- second() }() // want `goroutine can block for ever as it wants to send to errs: fewer values are received than sent`
	return <-errs
}
