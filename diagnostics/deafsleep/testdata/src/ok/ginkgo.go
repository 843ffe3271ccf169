package ok

import (
	"context"
	"time"

	"github.com/onsi/ginkgo/v2"
)

// Specs are tests, whatever their file is called.
var _ = ginkgo.It("waits", func(ctx context.Context) {
	time.Sleep(time.Second)
})
