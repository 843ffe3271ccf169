//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/internal/cmd/internal/program"
)

// measure checks the packages of the group's labels and gives each label its
// findings. The error has been kept for each label.
func (c *corpus) measure(ctx context.Context, g *group) error {
	err := c.check(ctx, g)
	if err != nil {
		for _, l := range g.labels {
			l.skipped = err
		}
	}
	return err
}

func (c *corpus) check(ctx context.Context, g *group) error {
	root, err := c.checkout(ctx, g.repo, g.commit)
	if err != nil {
		return err
	}
	dir := filepath.Join(root, g.gomod)
	env, err := module(root, dir, g)
	if err != nil {
		return err
	}
	var patterns []string
	for _, l := range g.labels {
		if _, err := os.Stat(filepath.Join(root, l.File)); err != nil {
			l.skipped = errors.New("no such file in the project as it is here")
			continue
		}
		patterns = append(patterns, l.pkg())
	}
	if len(patterns) == 0 {
		return errors.New("none of the files is there")
	}
	slices.Sort(patterns)
	patterns = slices.Compact(patterns)
	if err := resolve(ctx, dir, env, patterns); err != nil {
		return err
	}

	args := []string{"--severity", "hint"}
	var on []string
	for _, r := range diagnostics.All {
		if !r.Default {
			on = append(on, r.Name)
		}
	}
	if len(on) > 0 {
		args = append(args, "--rules", strings.Join(on, ","))
	}
	report, err := c.program.Check(ctx, dir, env, append(args, patterns...)...)
	if err != nil {
		return err
	}
	g.distribute(report)
	return nil
}

// distribute gives the labels what was found at them.
func (g *group) distribute(report *program.Report) {
	from := func(file string) string { return path.Join(g.gomod, file) }
	for _, f := range report.Findings {
		f.File = from(f.File)
		for i := range f.Missing {
			f.Missing[i].File = from(f.Missing[i].File)
		}
		for i := range f.Related {
			f.Related[i].File = from(f.Related[i].File)
		}
		for _, l := range g.labels {
			l.take(f)
		}
	}
	for _, e := range report.Errors {
		for _, l := range g.labels {
			if path.Dir(from(e.File)) == path.Dir(l.File) {
				l.errors++
			}
		}
	}
}

// resolve lets the go command find and download what the packages import,
// once for each checkout and set of packages.
func resolve(ctx context.Context, dir string, env, patterns []string) error {
	mark := filepath.Join(dir, ".ctxls-resolved")
	want := strings.Join(patterns, "\n")
	if have, err := os.ReadFile(mark); err == nil && string(have) == want {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	list := exec.CommandContext(ctx, "go", append([]string{"list", "-e", "-deps", "-test", "-f", "{{.ImportPath}}"}, patterns...)...)
	list.Dir, list.Env = dir, append(os.Environ(), env...)
	if out, err := list.CombinedOutput(); err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("go list in %s: %w", dir, ctx.Err())
		}
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		return fmt.Errorf("go list: %s", lines[len(lines)-1])
	}
	if err := os.WriteFile(mark, []byte(want), 0o644); err != nil {
		return fmt.Errorf("noting that a module is resolved: %w", err)
	}
	return nil
}
