package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/ctxls/ctxls/internal/term"
	"github.com/ctxls/ctxls/internal/version"
	"github.com/ctxls/ctxls/server"
)

// foreignFlags are what editors pass to other servers out of habit. They are
// accepted and mean nothing.
func foreignFlags(flags *flag.FlagSet) {
	const habit = "accepted for editors that pass it; no effect"
	flags.Bool("stdio", false, habit)
	flags.Bool("rpc.trace", false, habit)
	flags.String("mode", "stdio", habit)
	flags.String("remote", "", habit)
	flags.Bool("vv", false, habit)
	flags.String("logfile", "", habit)
	flags.String("clientProcessId", "", habit)
}

func runServe(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := newFlags("serve")
	foreignFlags(flags)
	listen := flags.String("listen", "", "serve one client after another on the loopback `ADDRESS` 127.0.0.1:PORT; port 0 picks one and prints it")
	gopls := flags.String("gopls", "", "stand in front of the gopls at `PATH`, for clients that take one server; arguments after -- are gopls's")
	verbose := flags.Bool("v", false, "log more")
	rest, status, ok := parseFlags(flags, args, stdout, stderr)
	if !ok {
		return status
	}
	if len(rest) > 0 && rest[0] == "serve" { // ctxls -rpc.trace serve
		rest = rest[1:]
	}
	switch {
	case *gopls != "" && *listen != "":
		fmt.Fprintln(stderr, "ctxls serve: --gopls serves standard input and output alone, not --listen")
		return statusFailed
	case *gopls == "" && !noArguments(flags, rest, stderr):
		return statusFailed
	}
	log := newLog(stderr, *verbose)
	if *gopls != "" {
		return serveFront(ctx, *gopls, rest, log, stdin, stdout, stderr)
	}
	opts := server.Options{Version: version.Read().Version, CacheDir: cacheDir(), Log: log}
	if *listen != "" {
		if err := server.ListenTCP(ctx, opts, *listen, stderr); err != nil {
			fmt.Fprintf(stderr, "ctxls serve: %v\n", err)
			return statusFailed
		}
		return statusOK
	}
	if f, ok := stdin.(*os.File); ok && term.IsTerminal(f) {
		fmt.Fprintln(stderr, "ctxls speaks LSP on standard input and output, to an editor; ctxls help lists the commands for people")
	}
	return served(server.Serve(ctx, opts, stdin, stdout), stderr)
}

// newLog logs to standard error, for the rules as well.
func newLog(stderr io.Writer, verbose bool) *slog.Logger {
	level := slog.LevelWarn
	if verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level}))
	slog.SetDefault(log)
	return log
}

// served is the status after a visit.
func served(err error, stderr io.Writer) int {
	switch {
	case err == nil:
		return statusOK
	case !errors.Is(err, server.ErrNoShutdown):
		fmt.Fprintf(stderr, "ctxls serve: %v\n", err)
	}
	return 1 // as the protocol wants it
}
