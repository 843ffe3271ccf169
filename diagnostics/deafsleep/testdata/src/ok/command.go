package ok

import (
	"context"
	"os"
	"os/exec"
	"time"
)

// The command is told to end, and given a while.
func graceful(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, "true")
	cmd.Cancel = func() error {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			return err
		}
		time.Sleep(3 * time.Second)
		return cmd.Process.Kill()
	}
	return cmd.Run()
}
