package bad

import (
	"context"
	"errors"
	"fmt"
	"log"
	"sync"
	"time"
)

type block struct{ id int }

func handle(int)       {}
func work() error      { return nil }
func cleanup()         {}
func fetch(block) bool { return false }

// An empty case, as in adapters that copy updates to a file.
func empty(ctx context.Context, updates chan int) {
	for {
		select {
		case <-ctx.Done(): // want `this case doesn't leave the loop of line 21: once ctx is done, the loop spins`
		case u, ok := <-updates:
			if !ok {
				return
			}
			handle(u)
		}
	}
}

// Only a log line.
func logged(ctx context.Context, updates chan int) error {
	for {
		select {
		case <-ctx.Done(): // want `this case doesn't leave the loop`
			log.Println("stopping:", ctx.Err())
		case u := <-updates:
			handle(u)
		}
	}
}

// A break that leaves the select alone.
func bareBreak(ctx context.Context, updates chan int) {
	for {
		select {
		case <-ctx.Done(): // want `the break at the end of this case leaves the select, not the loop of line 47, which goes on after ctx is done`
			break
		case u := <-updates:
			handle(u)
		}
	}
}

// The same, with a default and the work behind the select: pulling blocks
// from peers goes on.
func pull(ctx context.Context, blocks []block) error {
	var lastErr error
	for {
		select {
		case <-ctx.Done(): // want `the break at the end of this case leaves the select`
			lastErr = errors.New("folder stopped")
			break
		default:
		}
		if len(blocks) == 0 {
			break
		}
		b := blocks[0]
		blocks = blocks[1:]
		if fetch(b) {
			return nil
		}
	}
	return lastErr
}

// A continue, and code that waits behind the loop.
func continues(ctx context.Context, updates chan int) {
	for {
		select {
		case <-ctx.Done(): // want `this case doesn't leave the loop`
			log.Print("done")
			continue
		case u := <-updates:
			handle(u)
		}
	}
	cleanup()
}

// A flag that nobody reads.
func flag(ctx context.Context, updates chan int) (n int, err error) {
	stopping := false
	for {
		select {
		case <-ctx.Done(): // want `this case doesn't leave the loop`
			stopping = true
		case u := <-updates:
			n += u
		}
		_ = stopping
	}
}

// Once is not enough.
func once(ctx context.Context, updates chan int) {
	var o sync.Once
	for {
		select {
		case <-ctx.Done(): // want `this case doesn't leave the loop`
			o.Do(cleanup)
		case u := <-updates:
			handle(u)
		}
	}
}

// The channel of Done never sends: ok is false.
func asksOK(ctx context.Context, updates chan int) {
	for {
		select {
		case _, ok := <-ctx.Done(): // want `this case doesn't leave the loop`
			if ok {
				return
			}
		case u := <-updates:
			handle(u)
		}
	}
}

// Work goes on under default.
func worker(ctx context.Context) {
	for {
		select {
		case <-ctx.Done(): // want `this case doesn't leave the loop`
			fmt.Println("worker: stop")
		default:
			if err := work(); err != nil {
				log.Print(err)
			}
		}
	}
}

type server struct {
	ctx  context.Context
	jobs chan int
	done chan struct{}
}

// A context in a field, and a goroutine.
func (s *server) run() {
	go func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case j := <-s.jobs:
				handle(j)
			case <-tick.C:
				handle(0)
			case <-s.ctx.Done(): // want `once s.ctx is done`
				log.Println("server stops")
			}
		}
	}()
}

// Done held in a variable.
func held(ctx context.Context, updates chan int) bool {
	done := ctx.Done()
	for {
		select {
		case <-done: // want `once ctx is done`
			log.Print("cancelled")
		case u := <-updates:
			if u == 0 {
				return true
			}
		}
	}
}

// A break in a loop that ends by itself still leaves the select only.
func retries(ctx context.Context) error {
	var err error
	for i := 0; i < 5; i++ {
		if err = work(); err == nil {
			return nil
		}
		select {
		case <-ctx.Done(): // want `the break at the end of this case leaves the select, not the loop`
			break
		case <-time.After(time.Second):
		}
	}
	return err
}

// The same in a range.
func each(ctx context.Context, blocks []block) {
	for _, b := range blocks {
		select {
		case <-ctx.Done(): // want `the break at the end of this case leaves the select, not the loop`
			break
		default:
		}
		fetch(b)
	}
}

// A loop with a label, and a result without an error.
func labelled(ctx context.Context, updates chan int) map[int]bool {
	seen := map[int]bool{}
outer:
	for {
		select {
		case <-ctx.Done(): // want `this case doesn't leave the loop`
		case u := <-updates:
			if u < 0 {
				break outer
			}
			seen[u] = true
		}
	}
	return seen
}

// A loop within a loop: a break would begin the outer loop's next turn.
func nested(ctx context.Context, updates chan int, connect func() error) error {
	for {
		if err := connect(); err != nil {
			return err
		}
		for {
			select {
			case <-ctx.Done(): // want `this case doesn't leave the loop`
				// The connection ends by itself.
			case u := <-updates:
				handle(u)
			}
		}
	}
}

// What the others wait for comes after the select.
func locked(ctx context.Context, mu *sync.Mutex, updates chan int) {
	for {
		mu.Lock()
		select {
		case <-ctx.Done(): // want `this case doesn't leave the loop`
		case u := <-updates:
			handle(u)
		}
		mu.Unlock()
	}
}

// A deadline is no way out either.
func kinds(ctx context.Context, updates chan int) {
	for {
		select {
		case <-ctx.Done(): // want `this case doesn't leave the loop`
			if ctx.Err() == context.DeadlineExceeded {
				log.Print("too slow")
			}
		case u := <-updates:
			handle(u)
		}
	}
}

type failing interface{ Fail(message string) bool }

type suite struct{ failing }

// Fail returns.
func (s *suite) await(ctx context.Context, events <-chan int) {
	for {
		select {
		case n := <-events:
			handle(n)
		case <-ctx.Done(): // want `doesn't leave the loop`
			s.Fail("timed out")
		}
	}
}

type conn struct{ stop context.CancelFunc }

func (c *conn) shut() { c.stop() }

// No other case leaves.
func shutsDown(ctx context.Context, c *conn, lines <-chan string, use func(string)) {
	for {
		select {
		case <-ctx.Done(): // want "this case doesn't leave the loop of line [0-9]+: once ctx is done, the loop spins"
			c.shut()
		case line := <-lines:
			use(line)
		}
	}
}
