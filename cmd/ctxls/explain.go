package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/internal/report"
)

func runExplain(_ context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	rest, status, ok := parseFlags(newFlags("explain"), args, stdout, stderr)
	if !ok {
		return status
	}
	if len(rest) == 0 {
		if err := report.WriteCatalogue(stdout, diagnostics.All); err != nil {
			fmt.Fprintf(stderr, "ctxls explain: %v\n", err)
			return statusFailed
		}
		return statusOK
	}
	for i, name := range rest {
		r := diagnostics.ByName(name)
		if r == nil {
			fmt.Fprintf(stderr, "ctxls explain: %v\n", unknownRule(name))
			return statusFailed
		}
		if i > 0 {
			fmt.Fprintln(stdout)
		}
		fmt.Fprintln(stdout, strings.TrimSpace(r.Doc))
	}
	return statusOK
}
