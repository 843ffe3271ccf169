// Package cobra stands for the package of that name.
package cobra

import "context"

// Command is a command line's command.
type Command struct{ ctx context.Context }

// Context is what the program gave to the command.
func (c *Command) Context() context.Context { return c.ctx }
