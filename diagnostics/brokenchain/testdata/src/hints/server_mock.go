package hints

import "context"

// Its file stands for something else in tests.
func answers(ctx context.Context) error {
	if err := use(ctx); err != nil {
		return err
	}
	return use(context.Background()) // want `use gets context.Background\(\) though ctx is at hand`
}
