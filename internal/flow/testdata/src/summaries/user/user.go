// Package user sees the summaries of another package through facts.
package user

import (
	"context"

	"summaries"
)

func exits()                          { summaries.Exit(3) }     // want `no return`
func drops(f func())                  { summaries.Drop(f) }     // want `param 0 dropped`
func launches(f func())               { summaries.LaunchIn(f) } // want `param 0 launched`
func generic(f func(bool))            { summaries.Generic(f) }  // want `param 0 called`
func method(t *summaries.T, f func()) { t.Run(f) }              // want `param 1 called`

func made(p context.Context) (context.Context, context.CancelFunc) { // want `result 1 fresh, context 0 ends before 0`
	return summaries.Wrapped(p)
}

func lent(t *summaries.T) context.CancelFunc { return t.Cancel() } // want `result 0 shared`
