package hints

import (
	"context"
	"errors"

	"hints/rules"
)

// What the rules do is the caller's choice: these compute.
func validName(ctx context.Context, name string) error {
	return rules.Check(name, rules.By(func(v any) error { // want `rules.Check knows nothing of ctx, unlike rules.CheckWithContext`
		if v == "" {
			return errors.New("empty")
		}
		return nil
	}))
}
