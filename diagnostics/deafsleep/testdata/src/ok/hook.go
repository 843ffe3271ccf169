package ok

import (
	"context"
	"time"
)

// Only tests set it.
var testDelay time.Duration

func receives(ctx context.Context) {
	if testDelay > 0 {
		time.Sleep(testDelay)
	}
}
