// Package cli stands for the package of that name.
package cli

import "context"

// Context is what a command gets.
type Context struct {
	context.Context
	Name string
}
