package bad

import (
	"context"
	"time"
)

type key struct{}

func use(context.Context) error { return nil }

func item(context.Context, any) {}

func forRange(ctx context.Context, items []string) {
	for _, it := range items {
		ctx = context.WithValue(ctx, key{}, it) // want `context.WithValue in each turn of the loop at line 15 wraps ctx once more: the chain gets longer turn by turn`
		use(ctx)
	}
}

func endless(ctx context.Context) {
	for {
		ctx = context.WithValue(ctx, key{}, 1) // want `context.WithValue in each turn of the loop at line 22 wraps ctx once more: the chain grows without end`
		if use(ctx) != nil {
			return
		}
	}
}

func withCancel(ctx context.Context, jobs chan func(context.Context)) {
	for job := range jobs {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Second) // want `context.WithTimeout in each turn of the loop at line 31 wraps ctx`
		job(ctx)
		cancel()
	}
}

// peers FN-21: an else branch.
func elseBranch(ctx context.Context, items []int) {
	for _, it := range items {
		if it == 0 {
			continue
		} else {
			ctx = context.WithValue(ctx, key{}, it) // want `wraps ctx once more`
			use(ctx)
		}
	}
}

// peers FN-22: a type switch.
func typeSwitch(ctx context.Context, items []any) {
	for _, it := range items {
		switch it := it.(type) {
		case int:
			ctx = context.WithValue(ctx, key{}, it) // want `wraps ctx once more`
			item(ctx, it)
		}
	}
}

// peers FN-23: the post statement, and a loop by goto.
func post(ctx context.Context) {
	for ; use(ctx) == nil; ctx = context.WithValue(ctx, key{}, 1) { // want `wraps ctx once more`
	}
}

func byGoto(ctx context.Context) {
again:
	ctx = context.WithValue(ctx, key{}, 1) // want `context.WithValue in each turn of the loop wraps ctx once more`
	if use(ctx) == nil {
		goto again
	}
}

// peers FN-24: not the first on the left.
func second(ctx context.Context, items []int) error {
	var err error
	for i := range items {
		err, ctx = nil, context.WithValue(ctx, key{}, i) // want `wraps ctx once more`
		err = use(ctx)
	}
	return err
}

type server struct {
	ctx  context.Context
	stop context.CancelFunc
}

func (s *server) field(ticks <-chan time.Time) {
	for range ticks {
		s.ctx, s.stop = context.WithCancel(s.ctx) // want `context.WithCancel in each turn of the loop at line \d+ wraps s.ctx once more`
		use(s.ctx)
		s.stop()
	}
}

func wrap(ctx context.Context, v any) context.Context { return context.WithValue(ctx, key{}, v) }

func wrapper(ctx context.Context, next func() any) {
	for v := next(); v != nil; v = next() {
		ctx = wrap(ctx, v) // want `wrap in each turn of the loop at line \d+ wraps ctx once more`
		use(ctx)
	}
}

func captured(ctx context.Context, items []int) {
	each := func(f func()) { f() }
	for _, it := range items {
		each(func() {
			ctx = context.WithValue(ctx, key{}, it) // want `wraps ctx once more`
			use(ctx)
		})
	}
}

func overFunc(ctx context.Context, seq func(yield func(int) bool)) {
	for it := range seq {
		ctx = context.WithValue(ctx, key{}, it) // want `wraps ctx once more`
		use(ctx)
	}
}

func twoSteps(ctx context.Context, items []int) {
	for _, it := range items {
		inner := context.WithValue(ctx, key{}, it) // want `wraps inner once more`
		use(inner)
		ctx = inner
	}
}

// The same key: what the turns before have set can't be reached.
func sameKey(ctx context.Context, items []int) context.Context {
	for _, it := range items {
		ctx = context.WithValue(ctx, key{}, it) // want `wraps ctx once more`
	}
	return ctx
}

func generic[T any](ctx context.Context, items []T) {
	for _, it := range items {
		ctx = context.WithValue(ctx, key{}, it) // want `wraps ctx once more`
		item(ctx, it)
	}
}

func usedBehind(ctx context.Context, jobs chan int) error {
	for range jobs {
		ctx = context.WithValue(ctx, key{}, 1) // want `wraps ctx once more`
	}
	return use(ctx)
}

func nested(ctx context.Context, rows [][]int) {
	for _, row := range rows {
		for _, it := range row {
			ctx = context.WithValue(ctx, key{}, it) // want `wraps ctx once more`
			use(ctx)
		}
	}
}
