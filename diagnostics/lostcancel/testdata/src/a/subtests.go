package a

import (
	"context"
	"testing"
)

func maybeWatched(tb testing.TB, p context.Context, keep bool) (context.Context, context.CancelFunc) {
	c, stop := context.WithCancel(p)
	if keep {
		tb.Cleanup(stop)
	}
	return c, stop
}

// Not on each way is it the test's, too.
func watchesMaybe(t *testing.T) {
	c, _ := maybeWatched(t, context.Background(), false) // want `thrown away`
	use(c)
}

// The parallel subtest runs when the parent is done, but the parent of the
// other one never is.
func subtests(t *testing.T) {
	t.Run("root", func(t *testing.T) {
		parent := context.Background()
		t.Run("within", func(t *testing.T) {
			child, _ := context.WithCancel(parent) // want `thrown away`
			use(child)
		})
	})
}
