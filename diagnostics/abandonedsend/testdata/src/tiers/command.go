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

// Each process carries out one of its commands.
func gather(load func() error, late <-chan struct{}) error {
	gathered := make(chan error)
	go func() {
		gathered <- load() // want `goroutine can block for ever as it wants to send to gathered: its receiver can leave first`
	}()
	select {
	case err := <-gathered:
		return err
	case <-late:
		return nil
	}
}

func list(cmd *cobra.Command, load func() error, late chan struct{}) error { return gather(load, late) }

func show(cmd *cobra.Command, load func() error, late chan struct{}) error { return gather(load, late) }

// One of them comes here twice.
func collect(load func() error, late <-chan struct{}) error {
	collected := make(chan error)
	go func() {
		collected <- load() // want `goroutine can block for ever as it wants to send to collected: its receiver can leave first`
	}()
	select {
	case err := <-collected:
		return err
	case <-late:
		return nil
	}
}

func count(cmd *cobra.Command, load func() error, late chan struct{}) error {
	return collect(load, late)
}

func compare(cmd *cobra.Command, load func() error, late chan struct{}) error {
	if err := collect(load, late); err != nil {
		return err
	}
	return collect(load, late)
}
