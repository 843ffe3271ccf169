// Package cli has what the tests need of urfave's third version.
package cli

import "context"

type Command struct {
	Name   string
	Action func(ctx context.Context, cmd *Command) error
}
