package hints

import (
	"context"
	"testing"
)

func TestKeepsFresh(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if err := keepsFresh(ctx); err != nil {
		t.Fatal(err)
	}
}
