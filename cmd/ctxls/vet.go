package main

import (
	"context"
	"flag"
	"io"
	"strconv"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/diagnostics/vet"
	"github.com/ctxls/ctxls/internal/checker"
)

// runVet answers go vet, which was told to use ctxls as its tool. Users give
// the flags to go vet.
func runVet(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o := checker.Options{Rules: make(ruleSwitches)}
	flags := flag.NewFlagSet("ctxls", flag.ContinueOnError)
	flags.Var(ruleSwitches(o.Rules), "rules", "switch rules on, or off with a minus before the name: `a,-b`")
	flags.BoolVar(&o.All, "all", false, "all rules and all severities")
	flags.Func("severity", "the least `SEVERITY` that is shown: hint, information, warning", func(value string) (err error) {
		o.Least, err = rule.ParseSeverity(value)
		return err
	})
	flags.BoolFunc("tests", "findings in tests too (default true)", func(value string) error {
		tests, err := strconv.ParseBool(value)
		o.Tests = &tests
		return err
	})
	return vet.Main(ctx, args, flags, &o, stdout, stderr)
}
