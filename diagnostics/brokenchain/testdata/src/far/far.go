package far

import (
	"context"
	"net/http"
	"time"

	"example.org/db"
)

type source struct{ ch chan string }

func (s *source) get(ctx context.Context) (string, error) {
	select {
	case v := <-s.ch:
		return v, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (s *source) refresh() (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return s.get(ctx)
}

func (s *source) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		if _, err := s.refresh(); err != nil { // want `refresh blocks under a root of its own, in source.get at line 25 of far.go: cancelling ctx doesn't reach it`
			return err
		}
	}
	return ctx.Err()
}

func (s *source) again() (string, error) { return s.renew() }

func twice(ctx context.Context, s *source) (string, error) {
	return s.again() // want `again blocks under a root of its own, in source.get at line 98 of far.go`
}

type loader interface{ load() (string, error) }

func (s *source) load() (string, error) { return s.get(context.TODO()) }

// peers FN-11: through an interface that only this package can implement.
func throughInterface(ctx context.Context, l loader) (string, error) {
	return l.load() // want `load blocks under a root of its own, in source.get at line 45 of far.go`
}

// peers FN-12: a method value, a map of functions, a callback.
func methodValue(ctx context.Context, s *source) (string, error) {
	f := s.byValue
	return f() // want `byValue blocks under a root of its own`
}

var table = map[string]func() (string, error){"a": (&source{}).byMap}

func throughMap(ctx context.Context, key string) (string, error) {
	return table[key]() // want `byMap blocks under a root of its own`
}

func callback(ctx context.Context, f func() (string, error)) (string, error) {
	return f() // want `byCallback blocks under a root of its own`
}

func callsBack(s *source) (string, error) { return callback(context.TODO(), s.byCallback) }

type client struct{ fetch func() (string, error) }

func newClient(s *source) *client { return &client{fetch: s.byField} }

func throughField(ctx context.Context, c *client) (string, error) {
	return c.fetch() // want `byField blocks under a root of its own`
}

func download(c *http.Client, url string) (int, error) {
	resp, err := c.Get(url)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	return resp.StatusCode, nil
}

func handler(w http.ResponseWriter, r *http.Request) {
	code, err := download(http.DefaultClient, "http://localhost/") // want `download blocks under a root of its own, in Client.Get at line 79 of far.go: cancelling r.Context\(\) doesn't reach it`
	if err == nil {
		w.WriteHeader(code)
	}
}

func (s *source) byValue() (string, error)    { return s.get(context.TODO()) }
func (s *source) byMap() (string, error)      { return s.get(context.TODO()) }
func (s *source) byCallback() (string, error) { return s.get(context.TODO()) }
func (s *source) byField() (string, error)    { return s.get(context.TODO()) }
func (s *source) renew() (string, error)      { return s.get(context.TODO()) }

// The root is reported once, where it is reached first.
func elsewhere(ctx context.Context, s *source) (string, error) {
	if v, err := s.refresh(); err == nil {
		return v, nil
	}
	return s.refresh()
}

// A request without a context of its own.
func request(c *http.Client, url string) error {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "text/plain")
	resp, err := c.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func requests(ctx context.Context, c *http.Client) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return request(c, "http://localhost/") // want `request blocks under a root of its own, in Client.Do at line \d+ of far.go: cancelling ctx doesn't reach it`
}

// A library has a form with a context, and nobody calls it.
func find(d *db.DB) (string, error) { return d.Find("key") }

func finds(ctx context.Context, d *db.DB) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	return find(d) // want `find blocks under a root of its own, in DB.Find at line \d+ of far.go: cancelling ctx doesn't reach it`
}

var latest string

// What is kept is never asked for: each caller waits for its own.
func (s *source) note() string {
	latest, _ = s.get(context.TODO())
	return latest
}

func notes(ctx context.Context, s *source) string {
	return s.note() // want `note blocks under a root of its own`
}
