// Package fatcontext has the cases of fatcontext.
package fatcontext

import "context"

type key struct{}

func use(ctx context.Context) error { return ctx.Err() }

// peers FP-15: nothing nests.
func FP15(ctx context.Context, list []context.Context) {
	for _, x := range list {
		ctx = x
		_ = use(ctx)
	}
}

// peers FP-16: always derived from the base.
func FP16(ctx context.Context, xs []int) {
	cur := ctx
	for i := range xs {
		cur = context.WithValue(ctx, key{}, i)
		_ = use(cur)
	}
}

// peers FP-17: the loop is left right after.
func FP17(ctx context.Context, xs []int) error {
	for _, x := range xs {
		if x > 0 {
			ctx = context.WithValue(ctx, key{}, x)
			break
		}
	}
	return use(ctx)
}

// peers FP-18: a literal that runs once.
func FP18(ctx context.Context) error {
	func() {
		ctx = context.WithValue(ctx, key{}, 1)
	}()
	return use(ctx)
}

// peers FN-21: the else branch.
func FN21(ctx context.Context, xs []int) {
	for i := range xs {
		if i == 0 {
			_ = use(ctx)
		} else {
			ctx = context.WithValue(ctx, key{}, i) // want growingctx
		}
		_ = use(ctx)
	}
}

// peers FN-22: a type switch.
func FN22(ctx context.Context, xs []any) {
	for _, x := range xs {
		switch x := x.(type) {
		case int:
			ctx = context.WithValue(ctx, key{}, x) // want growingctx
		}
		_ = use(ctx)
	}
}

// peers FN-23: the post statement, and a loop by goto.
func FN23Post(ctx context.Context, n int) {
	for i := 0; i < n; ctx = context.WithValue(ctx, key{}, i) { // want growingctx
		i++
		_ = use(ctx)
	}
}

func FN23Goto(ctx context.Context, n int) {
	i := 0
again:
	ctx = context.WithValue(ctx, key{}, i) // want growingctx
	if use(ctx) == nil && i < n {
		i++
		goto again
	}
}

// peers FN-24: not first on the left.
func FN24(ctx context.Context, xs []int) (err error) {
	for i := range xs {
		err, ctx = nil, context.WithValue(ctx, key{}, i) // want growingctx
		_ = use(ctx)
	}
	return err
}

// peers FN-25: recursion unwinds: silent.
func FN25(ctx context.Context, n int) error {
	if n == 0 {
		return use(ctx)
	}
	return FN25(context.WithValue(ctx, key{}, n), n-1)
}
