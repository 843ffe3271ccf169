package bad

import (
	"context"
	"log"
	"os/exec"
)

// What it cancels is for a failure alone.
func failing(ctx context.Context, name string) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() { // want `nobody waits for this goroutine, and ctx is cancelled when failing returns`
		if err := exec.CommandContext(ctx, "save", name).Run(); err != nil {
			log.Print(err)
			cancel()
		}
	}()
	log.Print(name)
}
