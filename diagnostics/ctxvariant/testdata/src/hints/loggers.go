package hints

import (
	"context"
	"errors"
)

type eventLogger interface {
	InfoWith(format string, vars ...any) error
	InfoWithCtx(ctx context.Context, format string, vars ...any) error
	Emit(event string) error
	EmitCtx(ctx context.Context, event string) error
}

// A logger takes a context for the values in it.
func logs(ctx context.Context, l eventLogger) error {
	return errors.Join(
		l.InfoWith("done", "n", 1), // want `InfoWith knows nothing of ctx, unlike InfoWithCtx`
		l.Emit("done"),             // want `Emit knows nothing of ctx, unlike EmitCtx`
	)
}
