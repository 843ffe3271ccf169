package lib

import (
	"context"
	"time"
)

func Scope(p context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(p, time.Second)
}
