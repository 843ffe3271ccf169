package a

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"a/lib"
	"a/zlog"
)

func use(context.Context) error { return nil }

// P1: os.Exit after the defer.
func exit(p context.Context) {
	ctx, cancel := context.WithCancel(p)
	defer cancel()
	if use(ctx) != nil {
		os.Exit(1) // want `os.Exit ends the process without the deferred cancel\(\) of line 22`
	}
}

// P2: the log package.
func logFatal(p context.Context) {
	ctx, stop := signal.NotifyContext(p, os.Interrupt)
	defer stop()
	if err := use(ctx); err != nil {
		log.Fatalf("no: %v", err) // want `log.Fatalf ends the process without the deferred stop\(\)`
	}
}

// P3: a logger.
func logger(p context.Context, l *log.Logger) {
	ctx, cancel := context.WithTimeout(p, time.Second)
	defer func() { cancel() }()
	if use(ctx) != nil {
		l.Fatalln("no") // want `l.Fatalln ends the process without the deferred call of the cancel function`
	}
}

// P4, peers FN-37: a helper that never returns.
func fatal(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func helper(p context.Context) {
	ctx, cancel := context.WithCancel(p)
	defer cancel()
	if err := use(ctx); err != nil {
		fatal(err) // want `fatal ends the process`
	}
}

// P5: a helper of another package.
func other(p context.Context) {
	ctx, cancel := context.WithCancel(p)
	defer cancel()
	if err := use(ctx); err != nil {
		lib.Die(err) // want `lib.Die ends the process`
	}
}

// P6: another program takes over.
func replaced(p context.Context) error {
	ctx, cancel := context.WithCancel(p)
	defer cancel()
	if err := use(ctx); err != nil {
		return err
	}
	return syscall.Exec("/bin/true", nil, nil) // want `syscall.Exec ends the process`
}

// P7: on one path only.
func onePath(p context.Context, n int) {
	if n > 0 {
		ctx, cancel := context.WithCancel(p)
		defer cancel()
		use(ctx)
	}
	os.Exit(n) // want `os.Exit ends the process`
}

// P8: the tests' main.
type m interface{ Run() int }

func testMain(m m) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	use(ctx)
	os.Exit(m.Run()) // want `os.Exit ends the process`
}

// P9: a command that the cancel would end.
func command(p context.Context) {
	ctx, cancel := context.WithCancel(p)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sleep", "1000")
	if err := cmd.Start(); err != nil {
		log.Fatal(err) // want `log.Fatal ends the process without the deferred cancel\(\) of line \d+: the command that it would end goes on`
	}
}

type mutex struct{}

func (mutex) Lock(context.Context) error   { return nil }
func (mutex) Unlock(context.Context) error { return nil }

// P10: a lock that another deferred call gives back.
func locked(p context.Context, m mutex) {
	ctx, cancel := context.WithCancel(p)
	defer cancel()
	m.Lock(ctx)
	defer m.Unlock(ctx)
	if use(ctx) != nil {
		os.Exit(1) // want `what it holds outside of the process isn't released`
	}
}

type lease struct{}

func (*lease) Revoke() {}

func grant(context.Context) (*lease, error) { return nil, nil }

// P11: a lease.
func leased(p context.Context) {
	ctx, cancel := context.WithCancel(p)
	defer cancel()
	l, err := grant(ctx)
	if err != nil {
		return
	}
	defer l.Revoke()
	if use(ctx) != nil {
		os.Exit(1) // want `isn't released`
	}
}

// P12: a logging library, by the name of its level.
func library(p context.Context, l zlog.Logger) {
	ctx, cancel := context.WithCancel(p)
	defer cancel()
	if use(ctx) != nil {
		l.Fatal("no") // want `l.Fatal ends the process`
	}
}

// P13: in a literal.
func literal(p context.Context) func() {
	return func() {
		ctx, cancel := context.WithCancelCause(p)
		defer cancel(nil)
		if use(ctx) != nil {
			os.Exit(1) // want `os.Exit ends the process without the deferred cancel\(\)`
		}
	}
}

// P14: two of them.
func both(p context.Context) {
	ctx, cancel := context.WithCancel(p)
	defer cancel()
	tctx, stop := context.WithTimeout(ctx, time.Second)
	defer stop()
	if use(tctx) != nil {
		os.Exit(1) // want `os.Exit ends the process`
	}
}

// P15: a literal that never returns.
func fatalLiteral(p context.Context) {
	ctx, cancel := context.WithCancel(p)
	defer cancel()
	fatal := func(err error) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := use(ctx); err != nil {
		fatal(err) // want `fatal ends the process without the deferred cancel\(\)`
	}
}
