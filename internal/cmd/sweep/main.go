//go:build unix

// Sweep runs every rule over the standard library and over the modules that
// ctxls is built from, or over the projects that it is given, applies every
// safe fix to copies of them, and checks what comes out: no function is lost,
// every fixed file type-checks and is formatted as before, no fix brings a
// finding of the default set, and a second run of the fixes changes nothing.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "sweep:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	out := flag.String("o", "", "write the lists of findings and the diffs of the fixes to this `folder`")
	only := flag.String("only", "", "sweep only the targets with this `text` in their name")
	limit := flag.Duration("timeout", 20*time.Minute, "a check that takes longer hangs")
	flag.Usage = func() {
		fmt.Fprint(flag.CommandLine.Output(), "usage: sweep [flags] [FOLDER[:PATTERN,PATTERN…]]...\n")
		flag.PrintDefaults()
	}
	flag.Parse()

	tmp, err := os.MkdirTemp("", "ctxls-sweep-")
	if err != nil {
		return fmt.Errorf("making a temporary folder: %w", err)
	}
	defer os.RemoveAll(tmp)
	s := &sweep{program: filepath.Join(tmp, "ctxls"), cache: filepath.Join(tmp, "cache"), limit: *limit}
	if *out != "" {
		if s.out, err = filepath.Abs(*out); err != nil {
			return fmt.Errorf("finding the folder for the lists: %w", err)
		}
		if err := os.MkdirAll(s.out, 0o755); err != nil {
			return fmt.Errorf("making the folder for the lists: %w", err)
		}
	}
	build := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", s.program, "github.com/ctxls/ctxls/cmd/ctxls")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("building ctxls: %w", err)
	}
	find := findTargets
	if flag.NArg() > 0 {
		find = func(ctx context.Context) ([]target, error) { return projects(ctx, flag.Args()) }
	}
	targets, err := find(ctx)
	if err != nil {
		return err
	}
	var outcomes []*outcome
	for _, t := range targets {
		if !strings.Contains(t.name, *only) {
			continue
		}
		fmt.Fprintf(os.Stderr, "%s: copying and sweeping\n", t.name)
		o, err := s.sweep(ctx, t, filepath.Join(tmp, "copy", t.fileName()))
		if err != nil {
			return fmt.Errorf("sweeping %s: %w", t.name, err)
		}
		outcomes = append(outcomes, o)
		for _, failure := range o.failures {
			fmt.Fprintf(os.Stderr, "%s: FAIL: %s\n", t.name, failure)
		}
	}
	return summarise(os.Stdout, outcomes)
}
