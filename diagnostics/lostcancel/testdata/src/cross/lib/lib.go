// Package lib has wrappers that another package calls.
package lib

import (
	"context"
	"os"
	"time"
)

// Scope hands an obligation over.
func Scope(p context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(p, time.Second)
}

// Drop does nothing with its argument.
func Drop(stop context.CancelFunc) {}

// Keep keeps it.
func Keep(stop context.CancelFunc) { kept = append(kept, stop) }

var kept []func()

// Die never returns.
func Die(code int) {
	if code == 0 {
		code = 1
	}
	os.Exit(code)
}

// Pool holds a cancel function.
type Pool struct{ stop context.CancelFunc }

// Stopper lends it.
func (p *Pool) Stopper() context.CancelFunc { return p.stop }

// Detached makes a context without a cancel.
func Detached() (context.Context, context.CancelFunc) {
	return context.Background(), func() {}
}

// Run is generic.
func Run[T any](stop context.CancelFunc, v T) T {
	defer stop()
	return v
}

// Forget is generic and drops.
func Forget[T any](stop context.CancelFunc, v T) T { return v }
