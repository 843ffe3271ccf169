// Soak edits function bodies of a package at random, for as many steps as
// asked for, and compares what the incremental analysis says of each state
// with what an analysis of the whole package does.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	dir := flag.String("dir", ".", "the `folder` that patterns are relative to")
	seed := flag.Uint64("seed", 1, "edit by this `number`")
	steps := flag.Int("n", 200, "make this `many` edits a package")
	verbose := flag.Bool("v", false, "tell each step")
	flag.Parse()
	patterns := flag.Args()
	if len(patterns) == 0 {
		patterns = []string{"net/http"}
	}
	log := io.Discard
	if *verbose {
		log = os.Stdout
	}
	for _, pattern := range patterns {
		r, err := soak{dir: *dir, pattern: pattern, seed: *seed, steps: *steps, log: log}.run(ctx)
		fmt.Printf("%s: %d edits, %d by update; %v incremental, %v whole; %d with errors, %d with findings\n",
			pattern, r.steps, r.updated, r.incremental, r.whole, r.withErrors, r.withFindings)
		if n := len(r.interrupted); n > 0 {
			slices.Sort(r.interrupted)
			fmt.Printf("%s: %d interrupted, back after %v in the median, %v for 9 of 10, %v at most\n",
				pattern, n, r.interrupted[n/2], r.interrupted[n*9/10], r.interrupted[n-1])
		}
		if err != nil {
			return err
		}
	}
	return nil
}
