package ok

import (
	"context"
	"crypto/tls"
	"database/sql"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"time"

	"ok/checks"
)

// peers FP-13: no context at all.
func none() error { return exec.Command("ls").Run() }

func hidden() {
	exec.Command("ls").Run()
}

func root() error {
	ctx := context.Background()
	_ = ctx
	return exec.Command("ls").Run()
}

// peers FP-14: the request gets its context afterwards.
func later(ctx context.Context, url string) (*http.Request, error) {
	r, err := http.NewRequest("GET", url, nil)
	if err != nil {
		return nil, err
	}
	return r.WithContext(ctx), nil
}

func cloned(ctx context.Context, c *http.Client, url string) (*http.Response, error) {
	r, err := http.NewRequest("GET", url, nil)
	if err != nil {
		return nil, err
	}
	return c.Do(r.Clone(ctx))
}

func do(ctx context.Context, c *http.Client, r *http.Request) (*http.Response, error) {
	return c.Do(r.WithContext(ctx))
}

func byHelper(ctx context.Context, c *http.Client, url string) (*http.Response, error) {
	r, err := http.NewRequest("GET", url, nil)
	if err != nil {
		return nil, err
	}
	return do(ctx, c, r)
}

func already(ctx context.Context, db *sql.DB, l *slog.Logger) error {
	l.InfoContext(ctx, "ping")
	return db.PingContext(ctx)
}

type cache struct{ fill chan string }

func (c *cache) Load(key string) string { return <-c.fill }

// The sibling itself.
func (c *cache) LoadContext(ctx context.Context, key string) string {
	if ctx.Done() == nil {
		return c.Load(key)
	}
	select {
	case v := <-c.fill:
		return v
	case <-ctx.Done():
		return ""
	}
}

func (c *cache) Len() int                           { return len(c.fill) }
func (c *cache) LenContext(ctx context.Context) int { return len(c.fill) }

// What can't block needs no context.
func length(ctx context.Context, c *cache) int { return c.Len() }

func deferred(ctx context.Context, db *sql.DB, c *cache) {
	defer c.Load("a")
	defer func() { db.Exec("unlock") }()
	c.LoadContext(ctx, "b")
}

func afterDone(ctx context.Context, db *sql.DB) error {
	<-ctx.Done()
	_, err := db.Exec("update t set stopped = true")
	return err
}

func rollback(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, "delete from t"); err != nil {
		return tx.Rollback()
	}
	return tx.Commit()
}

func blank(_ context.Context, db *sql.DB) error { return db.Ping() }

func comment(ctx context.Context, db *sql.DB) error {
	// Must be written even if the client has gone.
	_, err := db.Exec("insert into audit values (1)")
	return err
}

type differs struct{ ch chan int }

func (d *differs) Get(key string) int { return <-d.ch }

// Not a sibling: its parameters differ.
func (d *differs) GetContext(ctx context.Context, key []byte) int { return <-d.ch }

func unlike(ctx context.Context, d *differs) int { return d.Get("a") }

// A callback that somebody keeps.
func registers(ctx context.Context, db *sql.DB, every func(func())) {
	every(func() { db.Ping() })
	_ = ctx.Err()
}

func goroutine(ctx context.Context, db *sql.DB) {
	go func() {
		for db.Ping() == nil {
			time.Sleep(time.Second)
		}
	}()
}

func resolver(ctx context.Context) ([]string, error) {
	return net.DefaultResolver.LookupHost(ctx, "localhost")
}

func dead(parent context.Context, db *sql.DB) error {
	ctx, cancel := context.WithCancel(context.WithoutCancel(parent))
	defer cancel()
	return db.PingContext(ctx)
}

// Somebody else watches the context and closes what the call waits on.
func handshake(ctx context.Context, c *tls.Conn) error {
	failed := make(chan error, 1)
	go func() { failed <- c.Handshake() }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		c.Close()
		return ctx.Err()
	}
}

func closed(ctx context.Context, c *tls.Conn) error {
	over := make(chan struct{})
	defer close(over)
	go func() {
		select {
		case <-ctx.Done():
			c.Close()
		case <-over:
		}
	}()
	return c.Handshake()
}

func after(ctx context.Context, c *tls.Conn) error {
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer stop()
	return c.Handshake()
}

// The sibling takes a context for the values in it.
type table struct{ ch chan int }

type rootKey struct{}

func (t *table) Rows() int { return t.RowsWithContext(context.Background()) }

func (t *table) RowsWithContext(ctx context.Context) int {
	if n, ok := ctx.Value(rootKey{}).(int); ok {
		return n
	}
	return <-t.ch
}

func rows(ctx context.Context, t *table) int { return t.Rows() }

// The request is made once, and each run gives it a context.
type poller struct {
	client *http.Client
	req    *http.Request
}

func (p *poller) poll(ctx context.Context) (*http.Response, error) {
	if p.req == nil {
		req, err := http.NewRequest(http.MethodGet, "http://localhost/", nil)
		if err != nil {
			return nil, err
		}
		p.req = req
	}
	return p.client.Do(p.req.WithContext(ctx))
}

type shelf struct{ names chan string }

func (s *shelf) Take(prefix string) string { return prefix + <-s.names }

// It needs more than a context.
func (s *shelf) TakeContext(ctx context.Context, prefix string, limit int) string {
	select {
	case name := <-s.names:
		return prefix + name[:limit]
	case <-ctx.Done():
		return ""
	}
}

func takes(ctx context.Context, s *shelf) string { return s.Take("a") }

type query interface{ Exec() error }

type orm interface {
	Raw(sql string) query
	RawContext(ctx context.Context, sql string) query
}

// It only says what is to be done.
func builds(ctx context.Context, o orm) query { return o.Raw("select 1") }

// Who runs it has the context.
func handed(ctx context.Context, args []string) error {
	cmd := exec.Command("go", args...)
	cmd.Dir = "."
	return runUnder(ctx, cmd)
}

func runUnder(ctx context.Context, cmd *exec.Cmd) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { cmd.Process.Signal(os.Interrupt) })
	defer stop()
	return cmd.Wait()
}

// Without a context there is none to give.
func whereNil(ctx context.Context, db *sql.DB) error {
	if ctx == nil {
		return db.Ping()
	}
	return db.PingContext(ctx)
}

// It only reads a table on disk.
func looksPortUp(ctx context.Context, name string) (int, error) {
	return net.LookupPort("tcp", name)
}

// What formats, reflects and calls functions that it holds only computes, as
// far as can be seen.
func checked(ctx context.Context, s *checks.Set, v any) error {
	return s.Struct(v)
}

// An interface whose implementation is in view and only counts.
func allowed(ctx context.Context, g checks.Gate) error {
	return g.Allow()
}

// Nobody looks at the context of a request that is written by hand.
func tunnels(ctx context.Context, conn net.Conn, addr, user, password string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	req, err := http.NewRequest(http.MethodConnect, addr, nil)
	if err != nil {
		return err
	}
	req.SetBasicAuth(user, password)
	return req.Write(conn)
}

// A socket of this host answers at once.
func overSocket(ctx context.Context, path string) (net.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return net.Dial("unix", path)
}

// The request is not there before it is made.
func makes(req *http.Request, url string) (*http.Request, error) {
	var err error
	req, err = http.NewRequest(http.MethodGet, url, nil)
	return req, err
}

type dialer struct{ get func(url, referrer string) error }

// Nobody sends it: what is in it goes to a dialer that takes no request.
func carries(ctx context.Context, d *dialer, url string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	decorates(req)
	return d.get(req.URL.String(), req.Referer())
}

func decorates(req *http.Request) { req.Header.Set("X-Padding", "0") }

// A goroutine that is begun later tells the process to end.
func told(ctx context.Context) error {
	cmd := exec.Command("serve")
	if err := cmd.Start(); err != nil {
		return err
	}
	done := make(chan struct{})
	go func() {
		select {
		case <-ctx.Done():
			_ = cmd.Process.Signal(os.Interrupt)
		case <-done:
		}
	}()
	err := cmd.Wait()
	close(done)
	return err
}
