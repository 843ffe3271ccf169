package hints

import (
	"context"
	"io"
	"testing"
)

func use(ctx context.Context) error { return ctx.Err() }

type server struct{ ctx context.Context }

// The live context is a field of the receiver.
func (s *server) work() error {
	return use(context.Background()) // want `use gets context.Background\(\) though s.ctx is at hand`
}

type pipes interface {
	OpenPipe(ctx context.Context, name string) (io.ReadCloser, error)
	Start(ctx context.Context) error
}

// What is opened is read by a goroutine that goes on.
func copies(ctx context.Context, p pipes, to io.Writer) error {
	f, err := p.OpenPipe(context.Background(), "a") // want `OpenPipe gets context.Background\(\) though ctx is at hand`
	if err != nil {
		return err
	}
	go func() {
		io.Copy(to, f)
		f.Close()
	}()
	return use(ctx)
}

func starts(ctx context.Context, p pipes) error {
	if err := use(ctx); err != nil {
		return err
	}
	return p.Start(context.Background()) // want `Start gets context.Background\(\) though ctx is at hand`
}

func helper(t *testing.T, ctx context.Context) {
	if err := use(context.TODO()); err != nil { // want `use gets context.TODO\(\) though ctx is at hand`
		t.Error(err)
	}
}
