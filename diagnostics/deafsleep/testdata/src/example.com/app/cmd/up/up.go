// Package up is part of a command line: its contexts end with the process.
package up

import (
	"context"
	"time"
)

func Retry(ctx context.Context, try func() error) error {
	for try() != nil {
		time.Sleep(time.Second) // want `goes on when ctx is done`
	}
	return nil
}
