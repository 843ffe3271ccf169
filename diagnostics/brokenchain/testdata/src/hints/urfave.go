package hints

import (
	"context"

	"github.com/urfave/cli/v3"
)

var serve = cli.Command{Name: "serve", Action: serves}

// The context comes with the command, and is a root unless the program says
// otherwise.
func serves(ctx context.Context, cmd *cli.Command) error {
	if err := use(ctx); err != nil {
		return err
	}
	return use(context.Background()) // want `use gets context.Background\(\) though ctx is at hand`
}
