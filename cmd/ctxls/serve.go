package main

import (
	"context"
	"fmt"
	"io"
)

// runServe stands in until package server is there.
func runServe(_ context.Context, _ []string, _ io.Reader, _, stderr io.Writer) int {
	fmt.Fprintln(stderr, "ctxls serve: the server is not part of this build")
	return statusFailed
}
