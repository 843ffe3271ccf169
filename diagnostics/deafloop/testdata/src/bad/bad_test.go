package bad

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What is demanded before the loop says nothing of its turns.
func once(ctx context.Context, t *testing.T) {
	err := try(ctx)
	require.NoError(t, err)
	for { // want `ends only when try succeeds`
		if try(ctx) == nil {
			return
		}
		require.NoError(t, err)
		time.Sleep(time.Second)
	}
}

// Nor does what only some turns demand.
func sometimes(ctx context.Context, t *testing.T, strict bool) {
	for { // want `ends only when try succeeds`
		err := try(ctx)
		if err == nil {
			return
		}
		if strict {
			require.NoError(t, err)
		}
		time.Sleep(time.Second)
	}
}
