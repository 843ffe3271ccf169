package hints

import (
	"context"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"github.com/urfave/cli"

	"hints/local"
)

// A command's context is a root too, unless the program gives it another one.
func command(cmd *cobra.Command) error {
	ctx := cmd.Context()
	if err := use(ctx); err != nil {
		return err
	}
	return use(context.Background()) // want `use gets context.Background\(\) though ctx is at hand`
}

func action(c *cli.Context) error {
	return use(context.Background()) // want `use gets context.Background\(\) though c`
}

func ofCommand(ctx context.Context) error {
	return use(context.TODO()) // want `use gets context.TODO\(\) though ctx is at hand`
}

func command2(cmd *cobra.Command, c *cli.Context) error {
	if err := ofCommand(cmd.Context()); err != nil {
		return err
	}
	return ofCommand(c.Context)
}

type versions struct {
	tool string
	all  []string
	once sync.Once
	err  error
}

func ask(ctx context.Context) (string, error) { return "1", ctx.Err() }

// What one caller fetches stays for all others.
func (v *versions) fetch(ctx context.Context) (string, error) {
	if v.tool == "" {
		tool, err := ask(context.Background()) // want `ask gets context.Background\(\) though ctx is at hand`
		if err != nil {
			return "", err
		}
		v.tool = tool
	}
	return v.tool, nil
}

func (v *versions) fetchOnce(ctx context.Context) (string, error) {
	v.once.Do(func() {
		v.tool, v.err = ask(context.Background())
	})
	return v.tool, v.err
}

func withClient(ctx context.Context, fn func(addr string) error) error {
	err := fn("a")
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// What the call does is done by the literal, under the live context.
func pings(ctx context.Context, ping func(ctx context.Context, addr string) error) error {
	return withClient(context.Background(), func(addr string) error { // want `withClient gets context.Background\(\) though ctx is at hand`
		return ping(ctx, addr)
	})
}

type shard interface{ size() int }

type eager struct{ n int }

func (e *eager) size() int { return e.n }

type lazy struct{ n int }

func (l *lazy) size() int {
	if err := resolveSize(context.Background()); err != nil {
		return 0
	}
	return l.n
}

func resolveSize(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Second):
		return nil
	}
}

// Only one of the two blocks.
func sizes(ctx context.Context, shards []shard) (n int) {
	for _, s := range shards {
		if ctx.Err() != nil {
			return n
		}
		n += s.size() // want `size blocks under a root of its own`
	}
	return n
}

var _ = []shard{&eager{}, &lazy{}}

// Whoever implements it where it is declared doesn't look at the context.
func saves(ctx context.Context, r local.Rows) error {
	if err := use(ctx); err != nil {
		return err
	}
	return r.Put(context.TODO(), "a") // want `Put gets context.TODO\(\) though ctx is at hand`
}

// A name that begins with an underscore is given up.
func givenUp(_ctx context.Context) error { return use(context.TODO()) }

// The second caller gets what is there.
func (v *versions) get(ctx context.Context) string {
	if v.tool != "" && ctx.Value(0) == nil {
		return v.tool
	}
	v.tool, v.err = ask(context.Background()) // want `ask gets context.Background\(\) though ctx is at hand`
	return v.tool
}
