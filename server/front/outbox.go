package front

import (
	"context"
	"errors"
	"sync"
)

// maxWaiting bounds what may wait for a side that takes nothing, in bytes.
const maxWaiting = 256 << 20

var errFull = errors.New("it takes nothing any more")

// outbox delivers frames to one side, in order. Who puts one in doesn't wait
// until the side takes it.
type outbox struct {
	wake chan struct{}

	mu     sync.Mutex
	frames [][]byte
	size   int
	closed bool
}

func newOutbox() *outbox { return &outbox{wake: make(chan struct{}, 1)} }

// put adds a frame, which the outbox owns from then on.
func (o *outbox) put(frame []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.size > maxWaiting {
		return errFull
	}
	o.frames = append(o.frames, frame)
	o.size += len(frame)
	o.ring()
	return nil
}

// close lets deliver return once it has written what is in.
func (o *outbox) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	o.ring()
}

func (o *outbox) ring() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

func (o *outbox) take() (frames [][]byte, last bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	frames = o.frames
	o.frames, o.size = nil, 0
	return frames, o.closed
}

// deliver writes what is put in until it is closed, ctx ends or a write fails.
func (o *outbox) deliver(ctx context.Context, write func(ctx context.Context, frame []byte) error) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-o.wake:
		}
		frames, last := o.take()
		for _, frame := range frames {
			if err := write(ctx, frame); err != nil {
				return err
			}
		}
		if last {
			return nil
		}
	}
}
