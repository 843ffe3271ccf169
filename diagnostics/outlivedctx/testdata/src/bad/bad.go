// Package bad has goroutines that outlive the context they work under.
package bad

import (
	"context"
	"log"
	"net/http"
	"os/exec"
	"sync"
	"time"

	"fan"
	"pb"
)

type store interface {
	Save(ctx context.Context, name string) error
}

func save(ctx context.Context, name string) error {
	return exec.CommandContext(ctx, "save", name).Run()
}

func deferred(ctx context.Context, s store) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	go func() { // want "nobody waits for this goroutine, and ctx is cancelled when deferred returns: its call of Save is cut off"
		if err := s.Save(ctx, "a"); err != nil {
			log.Print(err)
		}
	}()
}

func passed(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go save(ctx, "a") // want "ctx is cancelled when passed returns: its call of save is cut off"
}

func byArgument(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	go func(ctx context.Context) { // want "ctx is cancelled when byArgument returns"
		save(ctx, "a")
	}(ctx)
}

func everyPath(ctx context.Context, early bool) error {
	tctx, cancel := context.WithTimeout(ctx, time.Second)
	go func() { // want "tctx is cancelled when everyPath returns"
		save(tctx, "a")
	}()
	if early {
		cancel()
		return nil
	}
	cancel()
	return nil
}

func inLiteral(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer func() {
		log.Print("over")
		cancel()
	}()
	go save(ctx, "a") // want "ctx is cancelled when inLiteral returns"
}

func derived(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() { // want "its call of save is cut off"
		tctx, stop := context.WithTimeout(ctx, time.Second)
		defer stop()
		save(tctx, "a")
	}()
}

func loops(ctx context.Context, names []string) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	for _, name := range names {
		go save(ctx, name) // want "ctx is cancelled when loops returns"
	}
}

func forgotten(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() { // want "ctx is cancelled when forgotten returns"
		save(ctx, "a")
	})
}

func results(ctx context.Context) <-chan error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	errs := make(chan error, 1)
	go func() { // want "ctx is cancelled when results returns"
		errs <- save(ctx, "a")
	}()
	return errs
}

func handler(w http.ResponseWriter, r *http.Request) {
	name := r.FormValue("name")
	go save(r.Context(), name) // want "r.Context.. ends with the request that handler serves: its call of save is cut off"
	w.WriteHeader(http.StatusAccepted)
}

func handlerLiteral(s store) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		go func() { // want "ctx ends with the request"
			s.Save(ctx, "a")
		}()
		w.WriteHeader(http.StatusAccepted)
	}
}

func handlerWithTimeout(w http.ResponseWriter, r *http.Request) {
	go func() { // want "ends with the request"
		ctx, cancel := context.WithTimeout(r.Context(), time.Minute)
		defer cancel()
		save(ctx, "a")
	}()
}

type echo struct{ s store }

func (e *echo) Say(ctx context.Context, r *pb.Request) (*pb.Reply, error) {
	go func() { // want "ctx ends with the request that Say serves"
		e.s.Save(ctx, "a")
	}()
	return &pb.Reply{}, nil
}

func (e *echo) Follow(r *pb.Request, s pb.Stream) error {
	go save(s.Context(), "a") // want "s.Context.. ends with the request that Follow serves"
	return nil
}

var _ pb.EchoServer = (*echo)(nil)

func generic[T any](ctx context.Context, x T, f func(context.Context, T)) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	go f(ctx, x)
	go func() { // want "ctx is cancelled when generic returns"
		f(ctx, x)
	}()
}

func later(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	time.AfterFunc(time.Second, func() { // want "ctx is cancelled when later returns"
		save(ctx, "a")
	})
}

// The copy goes out under the request's own context.
func mirror(client *http.Client) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		go func() { // want `ends with the request`
			c := r.Clone(r.Context())
			client.Do(c)
		}()
	}
}

func handedOff(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	fan.Off(func() { save(ctx, "a") }) // want "nobody waits for this goroutine, and ctx is cancelled when handedOff returns: its call of save is cut off"
}

func handedOffTwice(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	fan.Twice(func() { save(ctx, "a") }) // want "nobody waits for this goroutine, and ctx is cancelled when handedOffTwice returns"
}

func off(f func()) { go f() }

func handedOffHere(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	off(func() { save(ctx, "a") }) // want "ctx is cancelled when handedOffHere returns: its call of save is cut off"
}

// There is a cancel function, whatever the literal asks.
func asks(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer func() {
		if cancel != nil {
			cancel()
		}
	}()
	go func() { // want `nobody waits for this goroutine, and ctx is cancelled when asks returns`
		if err := save(ctx, "a"); err != nil {
			log.Print(err)
		}
	}()
}

// It cancels on both ways.
func recovers(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer func() {
		if r := recover(); r != nil {
			cancel()
			panic(r)
		}
		cancel()
	}()
	go func() { // want `nobody waits for this goroutine, and ctx is cancelled when recovers returns`
		if err := save(ctx, "a"); err != nil {
			log.Print(err)
		}
	}()
}
