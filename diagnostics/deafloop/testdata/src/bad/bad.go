package bad

import (
	"bad/store"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

type conn struct{ open bool }

func try(ctx context.Context) error              { return ctx.Err() }
func fetch(ctx context.Context) (int, error)     { return 0, ctx.Err() }
func dial(ctx context.Context) (*conn, error)    { return nil, ctx.Err() }
func handle(ctx context.Context, item int) error { return ctx.Err() }
func refresh()                                   {}

// peers FN-35: a loop with an exit.
func spins(ctx context.Context) error {
	for { // want `this loop ends only when try succeeds, which it can't once ctx is done: it spins`
		if try(ctx) == nil {
			return nil
		}
	}
}

func retries(ctx context.Context) *conn {
	var c *conn
	for { // want `this loop ends only when dial succeeds, which it can't once ctx is done: it tries for ever`
		var err error
		c, err = dial(ctx)
		if err == nil {
			break
		}
		log.Print(err)
		time.Sleep(time.Second)
	}
	return c
}

// A way out on an error that the end of the context isn't.
func wrongError(ctx context.Context) (int, error) {
	for { // want `this loop ends only when fetch succeeds, which it can't once ctx is done: it spins`
		n, err := fetch(ctx)
		if err == io.EOF {
			return n, nil
		}
		if errors.Is(err, os.ErrNotExist) {
			return 0, err
		}
		if err != nil {
			continue
		}
		return n, nil
	}
}

func eachTurnItsOwn(ctx context.Context) error {
	for { // want `ends only when try succeeds`
		turn, cancel := context.WithTimeout(ctx, time.Second)
		err := try(turn)
		cancel()
		if err == nil {
			return nil
		}
	}
}

// peers FN-35: a loop that blocks on a channel.
func worker(ctx context.Context, jobs chan int) {
	for { // want `this loop goes on when ctx is done: it has no way out`
		job := <-jobs
		if err := handle(ctx, job); err != nil {
			log.Print(err)
		}
	}
}

func sleeper(ctx context.Context) {
	for { // want `this loop goes on when ctx is done: it has no way out`
		_ = try(ctx)
		time.Sleep(5 * time.Second)
	}
}

func ticks(ctx context.Context) error {
	ticker := time.NewTicker(time.Minute)
	defer ticker.Stop()
	for range ticker.C { // want `this loop goes on when ctx is done: it has no way out`
		refresh()
	}
	return nil
}

func ticksWithTime(ctx context.Context) {
	for now := range time.Tick(time.Minute) { // want `this loop goes on when ctx is done`
		log.Print(now)
	}
}

func selects(ctx context.Context, a, b chan int) {
	for { // want `this loop goes on when ctx is done: it has no way out`
		select {
		case v := <-a:
			log.Print(v)
		case v := <-b:
			log.Print(-v)
		}
	}
}

func polls(ctx context.Context, path string) error {
	for { // want `this loop goes on when ctx is done, until Stat succeeds`
		if _, err := os.Stat(path); err == nil {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func reachable(address string) (net.Conn, error) {
	return net.Dial("tcp", address)
}

func pollsThrough(ctx context.Context, address string) net.Conn {
	for { // want `this loop goes on when ctx is done, until reachable succeeds`
		if c, err := reachable(address); err == nil {
			return c
		}
		<-time.After(time.Second)
	}
}

func inLiteral(ctx context.Context) {
	work := func() {
		for { // want `this loop goes on when ctx is done`
			refresh()
			time.Sleep(time.Second)
		}
	}
	work()
}

func handler(w http.ResponseWriter, r *http.Request) {
	for { // want `ends only when fetch succeeds, which it can't once r.Context\(\) is done`
		if n, err := fetch(r.Context()); err == nil {
			log.Print(n)
			return
		}
	}
}

type stream interface {
	Recv() (int, error)
	Context() context.Context
}

type client struct{}

func (client) Watch(ctx context.Context) (stream, error) { return nil, ctx.Err() }

func receives(ctx context.Context, c client) error {
	s, err := c.Watch(ctx)
	if err != nil {
		return err
	}
	for { // want `ends only when Recv succeeds, which it can't once ctx is done`
		n, err := s.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			log.Print(err)
			continue
		}
		if n == 0 {
			return nil
		}
	}
}

func untilEOF(ctx context.Context, c client) error {
	s, err := c.Watch(ctx)
	if err != nil {
		return err
	}
	for { // want `this loop ends only when Recv returns io.EOF, which it doesn't once ctx is done: it spins`
		if _, err := s.Recv(); err == io.EOF {
			return nil
		}
	}
}

func notFound(ctx context.Context) {
	for { // want `ends only when try succeeds`
		err := try(ctx)
		if err == nil || strings.Contains(err.Error(), "not found") {
			return
		}
	}
}

func starts(ctx context.Context) {
	for { // want `ends only when Run succeeds, which it can't once ctx is done`
		cmd := exec.CommandContext(ctx, "true")
		if err := cmd.Run(); err == nil {
			return
		}
	}
}

func requests(ctx context.Context, url string) *http.Response {
	for { // want `ends only when Do succeeds`
		req, _ := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			return resp
		}
		time.Sleep(time.Second)
	}
}

// A context that comes out of an unknown function with something else.
func scoped(ctx context.Context, open func(context.Context) (context.Context, func())) error {
	inner, end := open(ctx)
	defer end()
	for { // want `ends only when try succeeds`
		if err := try(inner); err == nil {
			return nil
		}
	}
}

func firstThenTicks(ctx context.Context) {
	ticker := time.NewTicker(time.Minute)
	for ; true; <-ticker.C { // want `this loop goes on when ctx is done: it has no way out`
		_ = try(ctx)
	}
	ticker.Stop()
}

type queue[T any] struct {
	mu    sync.Mutex
	ready *sync.Cond
	items []T
}

func (q *queue[T]) drain(ctx context.Context, each func(context.Context, T)) {
	for { // want `this loop goes on when ctx is done`
		q.mu.Lock()
		q.ready.Wait()
		each(ctx, q.items[0])
		q.mu.Unlock()
	}
}

func nested(ctx context.Context, ids []int) error {
	for _, id := range ids {
		for { // want `ends only when handle succeeds`
			if err := handle(ctx, id); err == nil {
				break
			}
		}
	}
	return nil
}

func elsewhere(ctx context.Context, s *store.Store) error {
	for { // want `ends only when Load succeeds`
		if err := s.Load(ctx); err == nil {
			return nil
		}
		time.Sleep(time.Second)
	}
}

func labelled(ctx context.Context) (n int, err error) {
again:
	for { // want `ends only when fetch succeeds`
		n, err = fetch(ctx)
		switch {
		case err != nil:
			continue again
		default:
			return n, nil
		}
	}
}

func always(ctx context.Context) {
	for true { // want `this loop goes on when ctx is done`
		refresh()
		time.Sleep(time.Minute)
	}
}

func accepts(ctx context.Context, l net.Listener) {
	for { // want `this loop goes on when ctx is done`
		c, err := l.Accept()
		if err != nil {
			log.Print(err) // and on, once l is closed
			continue
		}
		go serve(ctx, c)
	}
}

func serve(ctx context.Context, c net.Conn) {}

// Success goes on as failure does.
func pollsAnyway(ctx context.Context, warn func(error)) {
	for { // want `this loop goes on when ctx is done: it has no way out`
		err := try(ctx)
		if err != nil && warn != nil {
			warn(err)
		}
		time.Sleep(time.Minute)
	}
}
