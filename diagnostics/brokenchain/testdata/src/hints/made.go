package hints

import (
	"context"
	"os/exec"
	"time"
)

type watcher struct{ ctx context.Context }

func (w *watcher) refresh() error {
	return exec.CommandContext(context.Background(), "refresh").Run() // want `CommandContext gets context.Background\(\) though w.ctx is at hand`
}

// The context is for what is made.
func NewWatcher(ctx context.Context) (*watcher, error) {
	w := &watcher{ctx: ctx}
	if err := w.refresh(); err != nil { // want `refresh blocks under a root of its own`
		return nil, err
	}
	return w, nil
}

type upload interface {
	Write(ctx context.Context, part []byte) error
	Commit(ctx context.Context) error
}

// All has been received when the last step is taken.
func receive(ctx context.Context, u upload, part []byte) error {
	if err := u.Write(ctx, part); err != nil {
		return err
	}
	return u.Commit(context.Background()) // want `Commit gets context.Background\(\) though ctx is at hand`
}

func probe() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return exec.CommandContext(ctx, "probe").Run()
}

// It takes a few seconds at most.
func probes(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return probe() // want `probe blocks under a root of its own`
}
