// Package other has functions that wait.
package other

import "context"

// Wait has the context and doesn't listen.
func Wait(ctx context.Context) { never := make(chan int); <-never }

// Sit has none.
func Sit() { never := make(chan int); <-never }
