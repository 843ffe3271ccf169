// Package ok has goroutines that are waited for, or meant to end with their
// context.
package ok

import (
	"context"
	"log"
	"log/slog"
	"net/http"
	"os/exec"
	"sync"
	"testing"
	"time"

	"fan"
)

func save(ctx context.Context, name string) error {
	return exec.CommandContext(ctx, "save", name).Run()
}

func joined(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() { save(ctx, "a") })
	wg.Wait()
}

func received(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	errs := make(chan error, 1)
	go func() { errs <- save(ctx, "a") }()
	return <-errs
}

func race(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	errs := make(chan error, 2)
	go func() { errs <- save(ctx, "a") }()
	go func() { errs <- save(ctx, "b") }()
	return <-errs
}

func givesUp(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	errs := make(chan error, 1)
	go func() { errs <- save(ctx, "a") }()
	select {
	case err := <-errs:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func listens(ctx context.Context, work <-chan string) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case name := <-work:
				save(ctx, name)
			}
		}
	}()
}

func listensInside(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go follow(ctx)
}

func follow(ctx context.Context) {
	for ctx.Err() == nil {
		save(ctx, "a")
	}
}

func endless(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		for {
			if err := save(ctx, "a"); err != nil {
				return
			}
		}
	}()
}

func accompanies(ctx context.Context, srv *server) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go srv.Run(ctx)
}

type server struct{}

func (*server) Run(ctx context.Context) { save(ctx, "") }

func onlyWaits(ctx context.Context, srv *http.Server) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		<-ctx.Done()
		srv.Close()
	}()
}

func onlyValues(w http.ResponseWriter, r *http.Request) {
	go func() {
		slog.InfoContext(r.Context(), "served", "id", r.Context().Value("id"))
	}()
}

func detached(w http.ResponseWriter, r *http.Request) {
	go save(context.WithoutCancel(r.Context()), "a")
	ctx := context.WithoutCancel(r.Context())
	go func() { save(ctx, "b") }()
}

func own(w http.ResponseWriter, r *http.Request) {
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		save(ctx, "a")
	}()
}

func outer(ctx context.Context) {
	tctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	save(tctx, "a")
	go save(ctx, "b")
}

func ownCancel(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	go func() {
		defer cancel()
		save(ctx, "a")
	}()
}

func sometimes(ctx context.Context, fast bool) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	if fast {
		cancel()
		return
	}
	go func() {
		defer cancel()
		save(ctx, "a")
	}()
}

func waitsInCaller(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	var wg sync.WaitGroup
	spread(ctx, &wg)
	wg.Wait()
}

func spread(ctx context.Context, wg *sync.WaitGroup) {
	wg.Add(1)
	go func() {
		defer wg.Done()
		save(ctx, "a")
	}()
}

func notAHandler(r *http.Request) {
	go save(r.Context(), "a")
}

func otherRequest(w http.ResponseWriter, r *http.Request) {
	req, err := http.NewRequest("GET", "http://localhost", nil)
	if err != nil {
		log.Print(err)
		return
	}
	go save(req.Context(), "a")
}

func neverReturns(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go save(ctx, "a")
	select {}
}

func inTest(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go save(ctx, "a")
}

func after(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	context.AfterFunc(ctx, func() { save(context.WithoutCancel(ctx), "a") })
}

type Logger struct{}

func (*Logger) Info(string) {}

// G is how some packages name the logger of a context.
var G func(ctx context.Context) *Logger

func logs(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	go func() { G(ctx).Info("served") }()
}

type apart struct{ context.Context }

func (apart) Done() <-chan struct{} { return nil }

// The copy is only looked at, and sent under a context of its own.
func mirrored(next http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		go func() {
			c := r.Clone(r.Context())
			c.Host = "mirror"
			next.ServeHTTP(nil, c.WithContext(apart{c.Context()}))
		}()
	}
}

// These come back when the pieces are done.
func fansOut(ctx context.Context, names []string, r fan.Runner) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	check := func(i int) { save(ctx, names[i]) }
	r.Until(ctx, len(names), check)
}

func fansOutItself(ctx context.Context, names []string) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	fan.Out(ctx, len(names), func(i int) { save(ctx, names[i]) })
}

func fansOutDeferred(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	fan.Deferred(func() { save(ctx, "a") })
}

func each(names []string, f func(string)) {
	var wg sync.WaitGroup
	for _, name := range names {
		wg.Go(func() { f(name) })
	}
	wg.Wait()
}

func fansOutHere(ctx context.Context, names []string) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	each(names, func(name string) { save(ctx, name) })
}

type driver struct{ cmd *exec.Cmd }

// Only a failure cancels as the function returns.
func (d *driver) start(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer func() {
		if d.cmd == nil {
			cancel()
		}
	}()
	cmd := exec.CommandContext(ctx, "driver")
	if err := cmd.Start(); err != nil {
		return err
	}
	d.cmd = cmd
	go func() {
		if err := save(ctx, "driver"); err != nil {
			log.Print(err)
		}
	}()
	go func() {
		defer cancel()
		_ = cmd.Wait()
	}()
	return nil
}
