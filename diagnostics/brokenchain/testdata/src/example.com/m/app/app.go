package app

import (
	"context"

	"example.com/m/lib"
)

func use(ctx context.Context) int {
	return lib.Fetch() // want `Fetch blocks under a root of its own, in lib.Wait at line 16 of lib.go: cancelling ctx doesn't reach it`
}
