package store

import "context"

type Store struct{}

func (*Store) Load(ctx context.Context) error { return ctx.Err() }
