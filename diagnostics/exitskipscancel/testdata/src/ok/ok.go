package ok

import (
	"a/lib"
	"context"
	"errors"
	"log"
	"os"
	"runtime"
	"testing"
)

func use(context.Context) error { return nil }

// N1, peers FP-26: called by hand before.
func byHand(p context.Context) {
	ctx, cancel := context.WithCancel(p)
	defer cancel()
	if use(ctx) != nil {
		cancel()
		os.Exit(1)
	}
}

// N2, peers FP-27: the branch with the defer has returned.
func returned(p context.Context, n int) {
	if n > 0 {
		ctx, cancel := context.WithCancel(p)
		defer cancel()
		use(ctx)
		return
	}
	os.Exit(2)
}

// N3: the exit comes before the defer.
func before(p context.Context) {
	ctx, cancel := context.WithCancel(p)
	if use(ctx) != nil {
		os.Exit(1)
	}
	defer cancel()
	use(ctx)
}

// N4: a panic runs what is deferred.
func panics(p context.Context) {
	ctx, cancel := context.WithCancel(p)
	defer cancel()
	if err := use(ctx); err != nil {
		panic(err)
	}
}

// N5: so does a helper that panics.
func raises(p context.Context) {
	ctx, cancel := context.WithCancel(p)
	defer cancel()
	if err := use(ctx); err != nil {
		lib.Raise(err)
	}
}

// N6: the end of a test runs it.
func fails(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if err := use(ctx); err != nil {
		t.Fatal(err)
	}
}

// N7: and that of a goroutine.
func goexit(p context.Context) {
	ctx, cancel := context.WithCancel(p)
	defer cancel()
	if use(ctx) != nil {
		runtime.Goexit()
	}
}

// N8: nothing is deferred.
func plain(p context.Context) {
	ctx, cancel := context.WithCancel(p)
	err := use(ctx)
	cancel()
	if err != nil {
		os.Exit(1)
	}
}

// N9: something else is deferred.
func other(f *os.File) {
	defer f.Close()
	os.Exit(1)
}

// N10: main only exits once the function with the defer has returned.
func run(p context.Context) error {
	ctx, cancel := context.WithCancel(p)
	defer cancel()
	return use(ctx)
}

func main() {
	if run(context.Background()) != nil {
		os.Exit(1)
	}
}

// N11: the deferred call itself.
func deferred(p context.Context) {
	ctx, cancel := context.WithCancel(p)
	defer os.Exit(1)
	defer cancel()
	use(ctx)
}

// N12: an ordinary log line.
func logs(p context.Context) {
	ctx, cancel := context.WithCancel(p)
	defer cancel()
	log.Print(use(ctx))
}

// N13: a helper that returns sometimes.
func check(err error) {
	if err != nil {
		os.Exit(1)
	}
}

func checks(p context.Context) {
	ctx, cancel := context.WithCancel(p)
	defer cancel()
	check(use(ctx))
}

// N14: a method that has only the name of it.
type account struct{}

func (account) Fatal(error) error { return errors.New("no") }

func named(p context.Context, a account) error {
	ctx, cancel := context.WithCancel(p)
	defer cancel()
	return a.Fatal(use(ctx))
}

// N15: in a literal that runs in another goroutine.
func watch(p context.Context, broken <-chan error) {
	ctx, cancel := context.WithCancel(p)
	defer cancel()
	go func() {
		<-broken
		os.Exit(1)
	}()
	use(ctx)
}

// N: literals: one that ends the process on some ways only, and one that calls itself.
func someWays(p context.Context, n int) {
	ctx, cancel := context.WithCancel(p)
	defer cancel()
	check := func(err error) {
		if err != nil {
			os.Exit(1)
		}
	}
	var again func(n int)
	again = func(n int) {
		if n > 0 {
			again(n - 1)
		}
	}
	check(use(ctx))
	again(n)
}
