//go:build unix

// Corpus measures ctxls on labelled places of real projects: how many of the
// known bugs it reports, and how often it reports correct code.
//
// Its arguments are folders with the projects, each a bare git store
// OWNER+NAME/repo, a clone OWNER+NAME or NAME, or a plain folder NAME that has
// the files of the one commit that is asked for.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/ctxls/ctxls/internal/cmd/internal/program"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "corpus:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	labelsFile := flag.String("labels", "", "the `file` with the labels (default: labels.jsonl in the first folder)")
	cache := flag.String("cache", filepath.Join(os.TempDir(), "ctxls-corpus"), "keep the checkouts, and what ctxls remembers, in this `folder`")
	only := flag.String("only", "", "measure only the labels with one of these `texts`, separated by commas, in their id, class or level")
	verbose := flag.Bool("v", false, "print a line for each label")
	parallel := flag.Int("j", 1, "this `many` checks at a time")
	flag.Parse()
	if flag.NArg() == 0 {
		return errors.New("want the folder of the projects")
	}
	var folders []string
	for _, arg := range flag.Args() {
		folder, err := filepath.Abs(arg)
		if err != nil {
			return fmt.Errorf("finding the folder of the projects: %w", err)
		}
		folders = append(folders, folder)
	}
	if *labelsFile == "" {
		*labelsFile = filepath.Join(folders[0], "labels.jsonl")
	}
	labels, err := readLabels(*labelsFile)
	if err != nil {
		return err
	}
	labels = choose(labels, *only)
	if *cache, err = filepath.Abs(*cache); err != nil {
		return fmt.Errorf("finding the folder of the checkouts: %w", err)
	}

	tmp, err := os.MkdirTemp("", "ctxls-corpus-")
	if err != nil {
		return fmt.Errorf("making a temporary folder: %w", err)
	}
	defer os.RemoveAll(tmp)
	prog, err := program.Build(ctx, tmp)
	if err != nil {
		return err
	}
	prog.Cache = filepath.Join(*cache, "facts")
	c := &corpus{projects: folders, checkouts: filepath.Join(*cache, "checkouts"), program: prog}
	if err := c.measureAll(ctx, groups(labels), max(*parallel, 1)); err != nil {
		return err
	}
	if *verbose {
		printLabels(os.Stdout, labels)
	}
	return printTables(os.Stdout, labels)
}

// choose returns the labels that the flag -only names.
func choose(labels []*label, only string) []*label {
	if only == "" {
		return labels
	}
	var chosen []*label
	for _, l := range labels {
		for text := range strings.SplitSeq(only, ",") {
			if strings.Contains(l.ID, text) || l.Class == text || l.Level == text {
				chosen = append(chosen, l)
				break
			}
		}
	}
	return chosen
}

// corpus is what all groups have in common.
type corpus struct {
	projects  []string
	checkouts string
	program   *program.Program
}

// group are the labels of one module at one commit: they share one check.
type group struct {
	repo, commit, gomod string
	labels              []*label
}

// groups returns the labels by module and commit, in the order of the list.
func groups(labels []*label) []*group {
	type key struct{ repo, commit, gomod string }
	var all []*group
	known := make(map[key]*group)
	for _, l := range labels {
		k := key{l.Repo, l.Commit, l.Gomod}
		g := known[k]
		if g == nil {
			g = &group{repo: l.Repo, commit: l.Commit, gomod: l.Gomod}
			known[k] = g
			all = append(all, g)
		}
		g.labels = append(g.labels, l)
	}
	return all
}

// measureAll measures the groups, some at a time.
func (c *corpus) measureAll(ctx context.Context, all []*group, parallel int) error {
	work := make(chan *group, len(all)) // room for all: closing it needs no receiver
	for _, g := range all {
		work <- g
	}
	close(work)
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		done int
	)
	for range parallel {
		wg.Go(func() {
			for g := range work {
				if ctx.Err() != nil {
					return
				}
				start := time.Now()
				problem := c.measure(ctx, g)
				mu.Lock()
				done++
				fmt.Fprintf(os.Stderr, "%3d/%d %6s %s@%.12s/%s: %d labels%s\n", done, len(all), time.Since(start).Round(100*time.Millisecond), g.repo, g.commit, g.gomod, len(g.labels), note(problem))
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}

func note(problem error) string {
	if problem == nil {
		return ""
	}
	text, _, _ := strings.Cut(problem.Error(), "\n")
	return ": " + text
}
