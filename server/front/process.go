package front

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
	"strings"
	"time"
)

// Process is a gopls that runs. Wait returns when it has ended; by then Out
// has, too.
type Process struct {
	In   io.WriteCloser
	Out  io.Reader
	Wait func() error
}

// killTime is how long gopls may take to end when it is told to.
const killTime = 2 * time.Second

// Command starts gopls as a program. It is killed when ctx ends.
func Command(path string, args []string, stderr io.Writer) func(ctx context.Context) (*Process, error) {
	return func(ctx context.Context) (*Process, error) {
		cmd := exec.CommandContext(ctx, path, args...)
		said := &firstLine{to: stderr}
		cmd.Stderr = said
		cmd.WaitDelay = killTime
		in, err := cmd.StdinPipe()
		if err != nil {
			return nil, fmt.Errorf("cannot start %s: %w", path, err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			return nil, fmt.Errorf("cannot start %s: %w", path, err)
		}
		if err := cmd.Start(); err != nil {
			return nil, fmt.Errorf("cannot start %s: %w", path, err)
		}
		wait := func() error {
			err := cmd.Wait() // which waits for what it writes
			if line := strings.TrimSpace(said.line.String()); err != nil && line != "" {
				return fmt.Errorf("%w: %s", err, line)
			}
			return err
		}
		return &Process{In: in, Out: out, Wait: wait}, nil
	}
}

// firstLine passes on what is written, and keeps the first line of it: why
// gopls doesn't start, if it doesn't.
type firstLine struct {
	to   io.Writer
	line strings.Builder
	full bool
}

func (w *firstLine) Write(p []byte) (int, error) {
	if !w.full {
		head, _, found := bytes.Cut(p, []byte("\n"))
		w.line.Write(head[:min(len(head), 200)])
		w.full = found || w.line.Len() >= 200
	}
	return w.to.Write(p)
}

// readWriter is a process as a connection.
type readWriter struct {
	io.Reader
	io.WriteCloser
}

// missing reports whether gopls isn't there at all: to try again is in vain.
func missing(err error) bool {
	return errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist)
}
