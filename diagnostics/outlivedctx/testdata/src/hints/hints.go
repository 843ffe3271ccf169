// Package hints has goroutines that may well be meant to end with their context.
package hints

import (
	"context"
	"log"
	"os/exec"
)

func save(ctx context.Context, name string) error {
	return exec.CommandContext(ctx, "save", name).Run()
}

// It waits for the server's end on the launcher's behalf, and needn't any longer
// when that returns.
func guarded(ctx context.Context, ended func(context.Context) error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() { // want `nobody waits for this goroutine`
		err := ended(ctx)
		log.Print(err)
		cancel()
	}()
	log.Print("guarded")
}
