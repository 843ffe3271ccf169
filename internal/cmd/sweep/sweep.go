//go:build unix

package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"go/format"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

// sweep is what all targets have in common.
type sweep struct {
	program string // ctxls
	cache   string // empty at first
	out     string // folder of the lists; empty for none
	limit   time.Duration
}

// outcome is what came out of one target.
type outcome struct {
	target       target
	failures     []string
	all, shown   []finding // of check --all, and of check
	fixed        int       // files
	left         int       // findings that check still has after the fixes
	errors       int       // of the code as it came
	cold, second usage
}

// usage is what one run of the program cost.
type usage struct {
	elapsed time.Duration
	peak    int64 // bytes
}

// finding has what the sweep needs of the program's JSON.
type finding struct {
	Rule, Severity, File, Package, Function, Message string
	Line, Column                                     int
	Fixes                                            []struct{ Safe bool }
}

type problem struct {
	File         string
	Line, Column int
	Message      string
}

func (o *outcome) fail(format string, args ...any) {
	failure := fmt.Sprintf(format, args...)
	if !slices.Contains(o.failures, failure) { // the same function is lost in each run
		o.failures = append(o.failures, failure)
	}
}

// sweep copies the target to folder and does all that main promises.
func (s *sweep) sweep(ctx context.Context, t target, folder string) (*outcome, error) {
	dir, env, err := t.copyTo(folder)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	o := &outcome{target: t}
	c := checker{sweep: s, outcome: o, dir: dir, env: append(env, "CTXLS_CACHE="+s.cache)}

	all, errorsBefore, cost, err := c.json(ctx, "--all")
	if err != nil {
		return nil, err
	}
	o.all, o.cold, o.errors = all, cost, len(errorsBefore)
	again, _, cost, err := c.json(ctx, "--all")
	if err != nil {
		return nil, err
	}
	o.second = cost
	if !slices.EqualFunc(all, again, equal) {
		o.fail("a second check finds %d findings, the first one found %d, or others", len(again), len(all))
	}
	if o.shown, _, _, err = c.json(ctx); err != nil {
		return nil, err
	}
	diff, _, err := c.run(ctx, "--all", "--diff")
	if err != nil {
		return nil, err
	}
	if err := s.writeLists(&c, diff); err != nil {
		return nil, err
	}
	if err := c.applies(ctx, diff); err != nil {
		return nil, err
	}

	before, err := hashes(dir)
	if err != nil {
		return nil, err
	}
	if _, _, err := c.run(ctx, "--all", "--fix"); err != nil {
		return nil, err
	}
	after, err := hashes(dir)
	if err != nil {
		return nil, err
	}
	if err := c.applies(ctx, diff, "--reverse"); err != nil {
		return nil, err
	}
	changed := difference(before, after)
	o.fixed = len(changed)
	if err := c.formatted(changed); err != nil {
		return nil, err
	}
	if err := c.typeChecks(ctx, changed, errorsBefore); err != nil {
		return nil, err
	}
	left, _, _, err := c.json(ctx)
	if err != nil {
		return nil, err
	}
	o.left = len(left)
	for _, f := range fresh(o.all, left) {
		o.fail("the fixes bring %s:%d: %s [%s]", f.File, f.Line, f.Message, f.Rule)
	}
	if _, _, err := c.run(ctx, "--all", "--fix"); err != nil {
		return nil, err
	}
	last, err := hashes(dir)
	if err != nil {
		return nil, err
	}
	if more := difference(after, last); len(more) > 0 {
		o.fail("a second --fix changes %s", strings.Join(more, ", "))
	}
	return o, nil
}

func equal(a, b finding) bool {
	return a.Rule == b.Rule && a.File == b.File && a.Line == b.Line && a.Column == b.Column && a.Message == b.Message
}

var digits = regexp.MustCompile(`\d+`)

// fresh returns the findings that are in after but were not in before, as hints
// at least: a fix can make certain what was told as a guess. The fixes move lines,
// which messages name too.
func fresh(before, after []finding) []finding {
	key := func(f finding) string {
		return strings.Join([]string{f.Rule, f.File, f.Function, digits.ReplaceAllString(f.Message, "N")}, "\x00")
	}
	known := make(map[string]int)
	for _, f := range before {
		known[key(f)]++
	}
	var fresh []finding
	for _, f := range after {
		if known[key(f)]--; known[key(f)] < 0 {
			fresh = append(fresh, f)
		}
	}
	return fresh
}

// checker runs the program in one copy.
type checker struct {
	*sweep
	outcome *outcome
	dir     string
	env     []string
}

// run runs check; its status must be one of a run that worked, or 2 for code
// that does not type-check. One that hangs is an error.
func (c *checker) run(ctx context.Context, args ...string) ([]byte, usage, error) {
	ctx, cancel := context.WithTimeout(ctx, c.limit)
	defer cancel()
	args = append(append([]string{"check"}, args...), c.outcome.target.patterns...)
	cmd := exec.CommandContext(ctx, c.program, args...)
	var stdout, stderr bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = c.dir, c.env, &stdout, &stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGQUIT) } // it tells where it hangs
	cmd.WaitDelay = 20 * time.Second
	start := time.Now()
	err := cmd.Run()
	cost := usage{elapsed: time.Since(start)}
	command := strings.Join(args, " ")
	if cmd.ProcessState == nil {
		return nil, cost, fmt.Errorf("running ctxls: %w", err)
	}
	if r, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		cost.peak = peakBytes(r)
	}
	switch code := cmd.ProcessState.ExitCode(); {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, cost, fmt.Errorf("%s hangs: it did not end in %s:\n%s", command, c.limit, stderr.String())
	case ctx.Err() != nil:
		return nil, cost, ctx.Err()
	case code < 0 || code > 2:
		c.outcome.fail("%s ends with %s", command, cmd.ProcessState)
	}
	for line := range strings.Lines(stderr.String()) {
		if strings.HasPrefix(line, "lost ") || strings.HasPrefix(line, "no cache") || strings.Contains(line, "panic:") {
			c.outcome.fail("ctxls says: %s", strings.TrimSpace(line))
		}
	}
	return stdout.Bytes(), cost, nil
}

func (c *checker) json(ctx context.Context, args ...string) ([]finding, []problem, usage, error) {
	stdout, cost, err := c.run(ctx, append(args, "--format", "json", "--stats")...)
	if err != nil {
		return nil, nil, cost, err
	}
	var report struct {
		Findings []finding
		Errors   []problem
	}
	if err := json.Unmarshal(stdout, &report); err != nil {
		c.outcome.fail("check %s: its JSON is broken: %v", strings.Join(args, " "), err)
	}
	return report.Findings, report.Errors, cost, nil
}

// applies demands that git takes the diff, at the very lines that it names.
func (c *checker) applies(ctx context.Context, diff []byte, flags ...string) error {
	if len(diff) == 0 {
		return nil
	}
	args := append([]string{"apply", "--check", "--verbose", "--whitespace=nowarn"}, flags...)
	git := exec.CommandContext(ctx, "git", args...)
	git.Dir, git.Stdin = c.dir, bytes.NewReader(diff)
	out, err := git.CombinedOutput()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil || bytes.Contains(out, []byte("offset")):
		c.outcome.fail("git %s does not take what --diff prints (%v):\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// formatted demands that files which gofmt would not have changed stay so.
func (c *checker) formatted(files []string) error {
	for _, name := range files {
		before, err := os.ReadFile(filepath.Join(c.outcome.target.origin, name))
		if err != nil {
			return fmt.Errorf("reading the file as it was: %w", err)
		}
		after, err := os.ReadFile(filepath.Join(c.dir, name))
		if err != nil {
			return fmt.Errorf("reading the fixed file: %w", err)
		}
		if was, err := format.Source(before); err != nil || !bytes.Equal(was, before) {
			continue
		}
		switch is, err := format.Source(after); {
		case err != nil:
			c.outcome.fail("the fixed %s does not parse: %v", name, err)
		case !bytes.Equal(is, after):
			c.outcome.fail("gofmt would change the fixed %s", name)
		}
	}
	return nil
}

// typeChecks demands that the fixes brought no type error: by our own driver,
// and by vet, which checks tests too.
func (c *checker) typeChecks(ctx context.Context, files []string, before []problem) error {
	_, after, _, err := c.json(ctx, "--all")
	if err != nil {
		return err
	}
	known := make(map[string]bool) // without lines, which fixes move
	for _, p := range before {
		known[p.File+p.Message] = true
	}
	for _, p := range after {
		if !known[p.File+p.Message] {
			c.outcome.fail("after the fixes: %s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
		}
	}
	if len(files) == 0 {
		return nil
	}
	folders := make(map[string]bool)
	for _, f := range files {
		folders[filepath.Dir(f)] = true
	}
	// A vet analyzer that finds nothing anywhere: the type errors matter.
	args := append([]string{"vet", "-buildtag"}, c.outcome.target.packages(slices.Sorted(maps.Keys(folders)))...)
	vet := exec.CommandContext(ctx, "go", args...)
	vet.Dir, vet.Env = c.dir, c.env
	if out, err := vet.CombinedOutput(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		c.outcome.fail("go vet of the fixed packages: %v\n%s", err, out)
	}
	return nil
}

// hashes returns the content of the files below dir, by path relative to it.
func hashes(dir string) (map[string][sha256.Size]byte, error) {
	sums := make(map[string][sha256.Size]byte)
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() || name == "go.mod" || name == "go.sum" {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		sums[name] = sha256.Sum256(data)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the copy: %w", err)
	}
	return sums, nil
}

// difference returns the names that are not the same in both, sorted.
func difference(a, b map[string][sha256.Size]byte) []string {
	var names []string
	for name, sum := range b {
		if was, ok := a[name]; !ok || was != sum {
			names = append(names, name)
		}
	}
	for name := range a {
		if _, ok := b[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
