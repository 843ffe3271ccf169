//go:build unix

// Draw pools what check reports on projects, draws some of it at random, and
// writes it for a reader to label: right, harmless, wrong or doubtful. From the
// labels it computes how often the rules are right.
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
	"syscall"
	"time"

	"github.com/ctxls/ctxls/internal/cmd/internal/program"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "draw:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	flag.Usage = func() {
		fmt.Fprint(flag.CommandLine.Output(), "usage: draw [flags] FOLDER[:PATTERN,PATTERN…]...\n       draw -table FILE.tsv...\n")
		flag.PrintDefaults()
	}
	seed := flag.Uint64("seed", 1, "draw by this `number`")
	count := flag.Int("n", 100, "draw this `many` findings")
	out := flag.String("o", "draw.txt", "write the findings to this `file`, and the list to be filled in beside it, with .tsv")
	severity := flag.String("severity", "information", "the least `severity` that is pooled")
	cache := flag.String("cache", "", "ctxls keeps its facts in this `folder`")
	most := flag.Int("most", 0, "draw at most this `many` findings of a rule in a project; 0: any number")
	table := flag.Bool("table", false, "compute the precision from lists that were filled in")
	limit := flag.Duration("timeout", 40*time.Minute, "a check of a project that takes longer hangs")
	known := flag.String("known", "", "draw nothing, but tell which findings of this filled-in `file` are still reported")
	flag.Parse()
	if *table {
		return printTable(os.Stdout, flag.Args())
	}
	if flag.NArg() == 0 {
		return errors.New("want the folders of the projects")
	}
	if _, err := os.Stat(*out + ".tsv"); err == nil && *known == "" {
		return fmt.Errorf("%s.tsv is there already, and may have been filled in", *out)
	}
	var projects []project
	for _, arg := range flag.Args() {
		p, err := newProject(ctx, arg)
		if err != nil {
			return err
		}
		projects = append(projects, p)
	}

	tmp, err := os.MkdirTemp("", "ctxls-draw-")
	if err != nil {
		return fmt.Errorf("making a temporary folder: %w", err)
	}
	defer os.RemoveAll(tmp)
	prog, err := program.Build(ctx, tmp)
	if err != nil {
		return err
	}
	prog.Limit, prog.Cache = *limit, *cache
	var pool []finding
	checked := 0
	for _, p := range projects {
		start := time.Now()
		report, err := prog.Check(ctx, p.dir, []string{"GOTOOLCHAIN=local"}, append([]string{"--severity", *severity}, p.patterns...)...)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil { // the draw is from the others
			fmt.Fprintf(os.Stderr, "%s: not checked: %v\n", p.name, err)
			continue
		}
		checked++
		fmt.Fprintf(os.Stderr, "%s: %d findings, %d load errors, %s\n", p.name, len(report.Findings), len(report.Errors), time.Since(start).Round(time.Second))
		for _, f := range report.Findings {
			pool = append(pool, finding{project: p, Finding: f})
		}
	}
	if checked == 0 {
		return errors.New("none of the projects could be checked")
	}
	if *known != "" {
		return printKnown(os.Stdout, *known, projects, pool)
	}
	drawn := sample(pool, *count, *most, *seed)
	if err := printPool(os.Stdout, pool, drawn, *seed); err != nil {
		return err
	}
	if err := writeBlocks(*out, drawn); err != nil {
		return err
	}
	return writeList(*out+".tsv", drawn)
}

// project is a folder that is checked.
type project struct {
	name, dir string
	patterns  []string
}

// newProject reads FOLDER[:PATTERN,PATTERN…]. Without patterns it is all
// packages of the module, or of all modules of a workspace.
func newProject(ctx context.Context, arg string) (project, error) {
	folder, patterns, given := strings.Cut(arg, ":")
	dir, err := filepath.Abs(folder)
	if err != nil {
		return project{}, fmt.Errorf("finding a project: %w", err)
	}
	if _, err := os.Stat(dir); err != nil {
		return project{}, fmt.Errorf("finding a project: %w", err)
	}
	p := project{name: filepath.Base(dir), dir: dir}
	if given {
		p.patterns = strings.Split(patterns, ",")
		return p, nil
	}
	p.patterns, err = program.Patterns(ctx, dir)
	return p, err
}
