package hints

import (
	"context"
	"net/http"
)

type poller struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func (p *poller) start() {
	p.ctx, p.cancel = context.WithCancel(context.Background())
	go p.pollAsTold(p.ctx)
}

func (p *poller) stop() { p.cancel() }

// The field's context is made with a cancel.
func (p *poller) pollAsTold(ctx context.Context) {
	_, _ = http.Get("https://example.com") // want `http.Get goes on when ctx is done`
}

// Exported, it has other callers than this one.
func PollTold(ctx context.Context) error {
	_, err := http.Get("https://example.com") // want `http.Get goes on when ctx is done`
	return err
}

func PollForever() error { return PollTold(context.Background()) }
