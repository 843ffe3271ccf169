package farok

import (
	"context"
	"net"
	"time"
)

type source struct{ ch chan string }

type session struct {
	*source
	ctx    context.Context
	cancel context.CancelFunc
}

func (s *source) get(ctx context.Context) (string, error) {
	select {
	case v := <-s.ch:
		return v, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (s *source) refresh() (string, error) { return s.get(context.TODO()) }

// Nobody has a context.
func (s *source) poll() (string, error) { return s.refresh() }

func (s *source) deferred(ctx context.Context) (string, error) {
	defer s.refresh()
	return s.get(ctx)
}

func (s *source) after(ctx context.Context) (string, error) {
	<-ctx.Done()
	return s.refresh()
}

func (s *source) blank(_ context.Context) (string, error) { return s.refresh() }

// What it keeps outlives the call.
func (s *session) reset() {
	s.ctx, s.cancel = context.WithCancel(context.Background())
	<-s.ch
}

func (s *session) resets(ctx context.Context) { s.reset() }

func (s *source) Close() error {
	_, err := s.get(context.Background())
	return err
}

func (s *session) Stop() error {
	s.cancel()
	_, err := s.get(context.Background())
	return err
}

func (s *source) closes(ctx context.Context) error { return s.Close() }

func (s *source) shared() (string, error) {
	// The value is for all callers: no single one may cancel it.
	ctx := context.Background() // detached
	return s.get(ctx)
}

func (s *source) callsShared(ctx context.Context) (string, error) { return s.shared() }

// What doesn't block doesn't matter.
func peek(ctx context.Context) bool { return ctx.Err() == nil }
func quick() bool                   { return peek(context.Background()) }
func asks(ctx context.Context) bool { return quick() }

type Loader interface{ Load() (string, error) }

func (s *source) Load() (string, error) { return s.refresh() }

// Anybody may implement it.
func open(ctx context.Context, l Loader) (string, error) { return l.Load() }

func Callback(ctx context.Context, f func() (string, error)) (string, error) { return f() }

func (s *source) launches(ctx context.Context) {
	go func() {
		for {
			s.refresh()
			time.Sleep(time.Second)
		}
	}()
}

// What the standard library does inside is its own affair.
func allowed(host string) bool {
	addr, err := net.ResolveIPAddr("ip", host)
	return err == nil && addr.IP.IsPrivate()
}

func resolves(ctx context.Context, host string) bool { return allowed(host) }

// To listen takes no time.
func listener() (net.Listener, error) {
	var lc net.ListenConfig
	return lc.Listen(context.TODO(), "tcp", "localhost:0")
}

func listens(ctx context.Context) (net.Listener, error) { return listener() }
