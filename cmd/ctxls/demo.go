package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/ctxls/ctxls/internal/demo"
	"github.com/ctxls/ctxls/internal/term"
	"github.com/ctxls/ctxls/internal/version"
	"github.com/ctxls/ctxls/server"
)

func runDemo(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	flags := newFlags("demo")
	rest, status, ok := parseFlags(flags, args, stdout, stderr)
	if !ok {
		return status
	}
	if !noArguments(flags, rest, stderr) {
		return statusFailed
	}
	dir, err := os.MkdirTemp("", "ctxls-demo-")
	if err != nil {
		fmt.Fprintf(stderr, "ctxls demo: making a folder for the sample: %v\n", err)
		return statusFailed
	}
	defer os.RemoveAll(dir)
	err = demo.Run(ctx, stdout, demo.Options{
		Server: server.Options{Version: version.Read().Version, CacheDir: cacheDir()},
		Paint:  term.Painter{Colour: term.HasColour(stdout)},
		Dir:    dir,
	})
	switch {
	case ctx.Err() != nil:
		return statusInterrupted
	case err != nil:
		fmt.Fprintf(stderr, "ctxls demo: %v\n", err)
		return statusFindings
	}
	return statusOK
}
