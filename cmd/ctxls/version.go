package main

import (
	"context"
	"fmt"
	"io"

	"github.com/ctxls/ctxls/internal/version"
)

func runVersion(_ context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	flags := newFlags("version")
	rest, status, ok := parseFlags(flags, args, stdout, stderr)
	if !ok {
		return status
	}
	if !noArguments(flags, rest, stderr) {
		return statusFailed
	}
	fmt.Fprintln(stdout, version.Read())
	return statusOK
}
