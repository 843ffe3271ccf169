package hints

import (
	"context"
	"database/sql"

	"hints/store"
)

// Atomic calls back with a root.
func wipe(s *store.Store) error {
	return s.Atomic(func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.Exec("delete from t") // want `Exec goes on when ctx is done`
		return err
	})
}

// So does AtomicContext when it gets one.
func fill(s *store.Store) error {
	return s.AtomicContext(context.TODO(), func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.Exec("insert into t values (1)") // want `Exec goes on when ctx is done`
		return err
	})
}

// Here the context is the caller's, by way of the store.
func told(ctx context.Context, s *store.Store) error {
	return s.AtomicContext(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.Exec("delete from t") // want `Exec goes on when ctx is done`
		return err
	})
}
