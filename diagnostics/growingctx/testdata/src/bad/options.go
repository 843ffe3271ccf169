package bad

import "context"

type clipKey struct{}

func withClip(ctx context.Context, on bool) context.Context { return context.WithValue(ctx, clipKey{}, on) }

// A hint: a few values, for what comes after the loop.
func options(ctx context.Context, args []string) context.Context {
	for _, arg := range args {
		switch arg {
		case "-c":
			ctx = withClip(ctx, true) // want `withClip in each turn of the loop at line 11 wraps ctx once more`
		case "-n":
			ctx = withClip(ctx, false) // want `withClip in each turn of the loop at line 11 wraps ctx once more`
		}
	}
	return ctx
}
