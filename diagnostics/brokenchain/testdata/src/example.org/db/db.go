// Package db is a module of others.
package db

import (
	"context"
	"time"
)

type Option func()

type DB struct{ rows chan string }

// Find has a form that takes a context, and options behind.
func (d *DB) Find(key string) (string, error) { return d.FindWithContext(context.Background(), key) }

func (d *DB) FindWithContext(ctx context.Context, key string, opts ...Option) (string, error) {
	select {
	case row := <-d.rows:
		return row, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// Sync has none.
func (d *DB) Sync() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, err := d.FindWithContext(ctx, "")
	return err
}

// Name has one that ignores it.
func (d *DB) Name() string {
	time.Sleep(time.Second)
	return "db"
}

func (d *DB) NameContext(_ context.Context) string { return d.Name() }
