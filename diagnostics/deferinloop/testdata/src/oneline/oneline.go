package oneline

import "context"

func use(context.Context) error { return nil }

func all(p context.Context, xs []int) {
	for range xs { ctx, cancel := context.WithCancel(p); defer cancel(); use(ctx) } // want `contexts pile up`
}
