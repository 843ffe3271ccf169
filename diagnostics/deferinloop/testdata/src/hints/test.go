package hints

import (
	"context"
	"testing"
	"time"
)

func inTest(t *testing.T, waits []func(context.Context) error) {
	for _, wait := range waits {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel() // want `pile up`
		if wait(ctx) == nil {
			t.Error("got something")
		}
	}
}
