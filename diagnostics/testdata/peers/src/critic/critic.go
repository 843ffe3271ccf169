// Package critic has the cases of go-critic's exitAfterDefer.
package critic

import (
	"context"
	"log"
	"os"
)

func use(ctx context.Context) error { return ctx.Err() }

// peers FP-26: called by hand before the exit.
func FP26(p context.Context) {
	ctx, stop := context.WithCancel(p)
	defer stop()
	if use(ctx) != nil {
		stop()
		os.Exit(1)
	}
}

// peers FP-27: the defer stands in a branch that returns.
func FP27(p context.Context, a bool) {
	ctx, stop := context.WithCancel(p)
	if a {
		defer stop()
		_ = use(ctx)
		return
	}
	os.Exit(2)
}

func fatal(err error) {
	println(err)
	os.Exit(1)
}

// peers FN-37: a helper.
func FN37(p context.Context) {
	ctx, stop := context.WithCancel(p)
	defer stop()
	if err := use(ctx); err != nil {
		fatal(err) // want hint exitskipscancel
	}
}

// peers FN-37: a logger.
func FN37Logger(p context.Context, l *log.Logger) {
	ctx, stop := context.WithCancel(p)
	defer stop()
	if err := use(ctx); err != nil {
		l.Fatalln(err) // want hint exitskipscancel
	}
}

// peers FN-37: a literal.
func FN37Literal(p context.Context) {
	ctx, stop := context.WithCancel(p)
	defer func() { stop() }()
	end := func(err error) {
		println(err)
		os.Exit(1)
	}
	if err := use(ctx); err != nil {
		end(err) // want hint exitskipscancel
	}
}
