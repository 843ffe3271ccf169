package tiers

import (
	"context"

	"github.com/spf13/cobra"
)

// A command runs once, and the process ends with it.
func runAll(cmd *cobra.Command, load, start func(context.Context) error) error {
	loaded := make(chan error)
	go func() {
		loaded <- load(cmd.Context()) // want `goroutine can block for ever as it wants to send to loaded: its receiver can leave first`
	}()
	if err := start(cmd.Context()); err != nil {
		return err
	}
	return <-loaded
}
