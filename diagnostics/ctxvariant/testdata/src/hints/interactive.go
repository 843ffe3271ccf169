package hints

import (
	"context"
	"os"
	"os/exec"
)

// Killing it would lose what the user has typed.
func edits(ctx context.Context, name string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	cmd := exec.Command("vi", name) // want `exec.Command goes on when ctx is done`
	cmd.Stdin, cmd.Stdout = os.Stdin, os.Stdout
	return cmd.Run()
}
