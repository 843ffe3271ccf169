// Package program builds ctxls and runs its check, for the commands that
// measure what it finds.
package program

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Program is a built ctxls.
type Program struct {
	Path  string
	Cache string        // where it keeps facts between runs; empty: its own choice
	Limit time.Duration // a run that takes longer hangs
}

// Finding has what the measures need of the program's JSON. Paths are
// relative to the folder of the run.
type Finding struct {
	Rule, Severity, File, Package, Function, Variable, Message string
	Line, Column                                               int
	Missing                                                    []Place
	Related                                                    []Note
}

// Place is a point in a file.
type Place struct {
	File         string
	Line, Column int
}

// Note is a place with what is to be said of it.
type Note struct {
	Place
	Message string
}

// Report is what one run printed.
type Report struct {
	Findings []Finding
	Errors   []Note
}

// Build builds the ctxls of this module into folder.
func Build(ctx context.Context, folder string) (*Program, error) {
	p := &Program{Path: filepath.Join(folder, "ctxls"), Limit: 20 * time.Minute}
	build := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", p.Path, "github.com/ctxls/ctxls/cmd/ctxls")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("building ctxls: %w", err)
	}
	return p, nil
}

// Check runs check in dir. Code that does not type-check is no error.
func (p *Program) Check(ctx context.Context, dir string, env []string, args ...string) (*Report, error) {
	ctx, cancel := context.WithTimeout(ctx, p.Limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.Path, append([]string{"check", "--format", "json"}, args...)...)
	var stdout, stderr bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
	cmd.Env = append(os.Environ(), env...)
	if p.Cache != "" {
		cmd.Env = append(cmd.Env, "CTXLS_CACHE="+p.Cache)
	}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGQUIT) } // it tells where it hangs
	cmd.WaitDelay = 20 * time.Second
	err := cmd.Run()
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, fmt.Errorf("check in %s hangs: it did not end in %s:\n%s", dir, p.Limit, stderr.String())
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case cmd.ProcessState == nil:
		return nil, fmt.Errorf("running ctxls: %w", err)
	}
	r := new(Report)
	if err := json.Unmarshal(stdout.Bytes(), r); err != nil {
		return nil, fmt.Errorf("check in %s (%s): %w\n%s", dir, cmd.ProcessState, err, stderr.String())
	}
	return r, nil
}
