package farok

import (
	"context"
	"net"
	"net/http"
	"time"

	"example.org/db"
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

// The request gets a context before it is sent, or comes from somewhere else.
func (s *session) request(c *http.Client, url string) (*http.Response, error) {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return c.Do(req.WithContext(s.ctx))
}

func (s *session) requests(ctx context.Context, c *http.Client) (*http.Response, error) {
	return s.request(c, "http://localhost/")
}

type call struct{ req *http.Request }

func (c *call) send(client *http.Client) (*http.Response, error) { return client.Do(c.req) }

func (c *call) sends(ctx context.Context, client *http.Client) (*http.Response, error) {
	return c.send(client)
}

// A library that has no form with a context, or one that ignores it.
func sync(d *db.DB) error                        { return d.Sync() }
func syncs(ctx context.Context, d *db.DB) error  { return sync(d) }
func name(d *db.DB) string                       { return d.Name() }
func names(ctx context.Context, d *db.DB) string { return name(d) }
