package main

import "context"

func use(context.Context) {}

var (
	shared     context.Context
	stopShared context.CancelFunc
)

// What an initialiser makes is there until the process ends.
func init() {
	shared, stopShared = context.WithCancel(context.Background()) // want `stored in the variable stopShared`
	use(shared)
}

var stopMain func()

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	stopMain = cancel // want `stored in the variable stopMain`
	use(ctx)
	e := &evaluator{updates: make(chan bool)}
	go e.loop(ctx, func(context.Context) {})
	e.Update()
}

type evaluator struct {
	stop    context.CancelFunc
	updates chan bool
}

// Update ends what is under way and starts anew.
func (e *evaluator) Update() {
	e.stop()
	e.updates <- true
}

// Who sends an update has called it.
func (e *evaluator) loop(ctx context.Context, work func(context.Context)) {
	for range e.updates {
		// Update has called e.stop before.
		inner, cancel := context.WithCancel(ctx)
		e.stop = cancel // want `e.stop still holds the cancel function of the turn before`
		work(inner)
	}
}
