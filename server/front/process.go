package front

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
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
		cmd.Stderr = stderr
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
		return &Process{In: in, Out: out, Wait: cmd.Wait}, nil
	}
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
