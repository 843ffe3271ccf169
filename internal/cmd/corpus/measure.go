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
	"strconv"
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
	envs, err := module(root, dir, g)
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
	env, err := c.resolve(ctx, g, dir, envs, patterns)
	if err != nil {
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
// once for each checkout and set of packages, and returns the first of the
// environments that works.
func (c *corpus) resolve(ctx context.Context, g *group, dir string, envs [][]string, patterns []string) ([]string, error) {
	mark := filepath.Join(c.checkouts, strings.ReplaceAll(path.Join(g.repo+"@"+g.commit, g.gomod), "/", "+")+".resolved")
	if data, err := os.ReadFile(mark); err == nil {
		n, have, _ := strings.Cut(string(data), "\n")
		if i, err := strconv.Atoi(n); err == nil && i < len(envs) && have == strings.Join(patterns, "\n") {
			return envs[i], nil
		}
	}
	var failures []error
	for i, env := range envs {
		err := list(ctx, dir, env, patterns)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			failures = append(failures, err)
			continue
		}
		data := strconv.Itoa(i) + "\n" + strings.Join(patterns, "\n")
		if err := os.WriteFile(mark, []byte(data), 0o644); err != nil {
			return nil, fmt.Errorf("noting that a module is resolved: %w", err)
		}
		return env, nil
	}
	return nil, errors.Join(failures...)
}

// list lets the go command list the packages with all that they import.
func list(ctx context.Context, dir string, env, patterns []string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-e", "-deps", "-test", "-f", "{{.ImportPath}}"}, patterns...)...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("go list in %s: %w", dir, ctx.Err())
	case err != nil:
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		return fmt.Errorf("go list: %s", lines[len(lines)-1])
	}
	return nil
}
