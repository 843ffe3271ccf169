package a

import (
	"context"
	"errors"
	"log"
	"net/http"
	"time"
)

var errBad = errors.New("bad")

func use(context.Context) error { return errBad }

// P1: a deferred recover in this function.
func recovered(p context.Context, f func(context.Context)) {
	defer func() { log.Print(recover()) }()
	ctx, cancel := context.WithCancel(p) // want `cancel is called but not deferred: if f of line 19 panics, recovered recovers and the call is skipped`
	f(ctx)
	cancel()
}

// P2: on several ways out.
func several(p context.Context, f func(context.Context) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errBad
		}
	}()
	ctx, cancel := context.WithTimeout(p, time.Second) // want `if f of line 31 panics`
	if f(ctx) != nil {
		cancel()
		return errBad
	}
	cancel()
	return nil
}

// P3: a caller recovers.
func outer(p context.Context, f func(context.Context)) {
	defer func() {
		if recover() != nil {
			log.Print("panic")
		}
	}()
	inner(p, f)
}

func inner(p context.Context, f func(context.Context)) {
	ctx, stop := context.WithCancel(p) // want `stop is called but not deferred: if f of line \d+ panics, outer recovers`
	f(ctx)
	stop()
}

var base = context.Background()

type server struct{ query func(context.Context) error }

// P4: a handler of net/http with a context that isn't the request's.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(base, time.Second) // want `net/http recovers`
	err := s.query(ctx)
	cancel()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// P5: two calls down from a handler.
func handle(w http.ResponseWriter, r *http.Request) { first(w) }

func first(w http.ResponseWriter) { second(w, nil) }

func second(w http.ResponseWriter, f func(context.Context) []byte) {
	ctx, cancel := context.WithCancelCause(base) // want `if f of line \d+ panics, net/http recovers`
	data := f(ctx)
	cancel(nil)
	w.Write(data)
}

// P6: something else is deferred in between: no fix.
func between(p context.Context, f func(context.Context)) {
	defer func() { _ = recover() }()
	ctx, cancel := context.WithCancel(p) // want `cancel is called but not deferred`
	defer log.Print("done")
	f(ctx)
	cancel()
}

// P7: work that comes after: no fix.
func after(p context.Context, f func(context.Context)) {
	defer func() { _ = recover() }()
	ctx, cancel := context.WithCancel(p) // want `cancel is called but not deferred`
	f(ctx)
	cancel()
	use(p)
}

// P8: in a loop: no fix.
func loop(p context.Context, fs []func(context.Context)) {
	defer func() { _ = recover() }()
	for _, f := range fs {
		ctx, cancel := context.WithCancel(p) // want `cancel is called but not deferred`
		f(ctx)
		cancel()
	}
}

// P9: a named function recovers.
func swallow() { _ = recover() }

func named(p context.Context, f func(context.Context)) {
	defer swallow()
	ctx, cancel := context.WithCancel(p) // want `named recovers`
	f(ctx)
	cancel()
}

// P10: in a literal.
func literal(p context.Context, f func(context.Context)) func() {
	return func() {
		defer func() { _ = recover() }()
		ctx, cancel := context.WithCancel(p) // want `a function literal recovers`
		f(ctx)
		cancel() // the last thing
	}
}

// P11: a wrapper's context, and a method of an interface.
type runner interface{ Run(context.Context) error }

func scope(p context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(p, time.Second)
}

func wrapper(p context.Context, r runner) error {
	defer func() { _ = recover() }()
	ctx, cancel := scope(p) // want `if r.Run of line \d+ panics`
	if err := r.Run(ctx); err != nil {
		cancel()
		return err
	}
	cancel()
	return nil
}
