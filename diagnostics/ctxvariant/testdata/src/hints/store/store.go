// Package store calls back with contexts of its own.
package store

import (
	"context"
	"database/sql"
)

type work func(ctx context.Context, tx *sql.Tx) error

type Store struct{ db *sql.DB }

// Atomic has no context of its caller's.
func (s *Store) Atomic(fn work, notes ...any) error {
	return s.AtomicContext(context.Background(), fn, notes...)
}

func (s *Store) AtomicContext(ctx context.Context, fn work, notes ...any) (err error) {
	guarded := func(ctx context.Context, tx *sql.Tx) (err error) {
		defer func() { recover() }()
		err = fn(ctx, tx)
		return
	}
	var tx *sql.Tx
	for {
		tx, err = s.db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		if err = guarded(context.WithValue(ctx, s, 1), tx); err == nil {
			return tx.Commit()
		}
	}
}
