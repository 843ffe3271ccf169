// Package cobra has the part of the library's surface that the tests need.
package cobra

import "context"

type Command struct {
	Use  string
	RunE func(cmd *Command, args []string) error

	ctx context.Context
}

func (c *Command) Context() context.Context { return c.ctx }
