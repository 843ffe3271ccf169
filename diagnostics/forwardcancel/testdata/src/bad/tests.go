package bad

import (
	"context"
	"testing"
	"time"
)

// To please vet.
func timeout(t testing.TB, p context.Context) context.Context {
	ctx, cancel := context.WithTimeout(p, time.Second)
	go func() { // want `calls cancel once ctx is done`
		<-ctx.Done()
		cancel()
	}()
	return ctx
}

func pleases(p context.Context) context.Context {
	ctx, cancel := context.WithCancel(p)
	go func() { // want `calls cancel once ctx is done`
		// this makes go vet happy
		<-ctx.Done()
		cancel()
	}()
	return ctx
}
