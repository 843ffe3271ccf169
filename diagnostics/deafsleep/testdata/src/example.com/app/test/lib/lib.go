// Package lib is there for tests.
package lib

import (
	"context"
	"time"
)

func Slow(ctx context.Context) { time.Sleep(time.Second) }
