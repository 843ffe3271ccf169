package bad

import (
	"context"
	"io"
	"log"
	"net/http"
	"time"
)

func work(int) error { return nil }

// A goroutine that means to wait.
func watch(ctx context.Context, c io.Closer) {
	go func() {
		ctx.Done() // want `the channel that ctx.Done\(\) returns is thrown away: nothing here waits for ctx to be done`
		c.Close()
	}()
}

// The end of a function that means to wait.
func serve(ctx context.Context, srv *http.Server) {
	go srv.ListenAndServe()
	ctx.Done() // want `the channel that ctx.Done\(\) returns is thrown away`
}

// A loop that means to stop.
func loop(ctx context.Context, jobs []int) error {
	for _, j := range jobs {
		ctx.Err() // want `the result of ctx.Err\(\) is thrown away: nothing changes here when ctx is done`
		if err := work(j); err != nil {
			return err
		}
	}
	return nil
}

func loopWithoutError(ctx context.Context, jobs chan int) (n int, ok bool) {
	for j := range jobs {
		ctx.Done() // want `the channel that ctx.Done\(\) returns is thrown away`
		n += j
	}
	return n, true
}

// What was meant is defer cancel().
func deferred(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, time.Second)
	defer ctx.Done() // want `defer ctx.Done\(\) does nothing: nobody gets its result when the function returns`
	go func() { <-ctx.Done(); cancel() }()
	return work(1)
}

// There is no cancel function at hand.
func deferredParam(ctx context.Context) error {
	defer ctx.Done() // want `defer ctx.Done\(\) does nothing`
	return work(1)
}

func launched(ctx context.Context) {
	go ctx.Done() // want `go ctx.Done\(\) does nothing: nobody gets its result`
	log.Print("watching")
}

func blank(ctx context.Context, jobs []int) error {
	_ = ctx.Err() // want `the result of ctx.Err\(\) is thrown away`
	for _, j := range jobs {
		if err := work(j); err != nil {
			return err
		}
	}
	return nil
}

func declared(ctx context.Context) {
	var _ = ctx.Done() // want `the channel that ctx.Done\(\) returns is thrown away`
	log.Print("on")
}

func cause(ctx context.Context) (*http.Response, error) {
	context.Cause(ctx) // want `the result of context.Cause\(ctx\) is thrown away`
	return http.Get("http://localhost/")
}

func last(ctx context.Context) {
	log.Print("stopping")
	ctx.Err() // want `the result of ctx.Err\(\) is thrown away`
}

func handler(w http.ResponseWriter, r *http.Request) {
	r.Context().Done() // want `the channel that r.Context\(\).Done\(\) returns is thrown away: nothing here waits for r.Context\(\) to be done`
	w.WriteHeader(http.StatusOK)
}

type scope struct {
	context.Context
	user string
}

// A type that embeds a context.
func embedded(s *scope) error {
	s.Done() // want `the channel that s.Done\(\) returns is thrown away`
	return work(2)
}

type server struct{ ctx context.Context }

func (s *server) run() {
	s.ctx.Err() // want `the result of s.ctx.Err\(\) is thrown away: nothing changes here when s.ctx is done`
	log.Print(work(3))
}
