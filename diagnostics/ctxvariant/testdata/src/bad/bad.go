package bad

import (
	"context"
	"crypto/tls"
	"database/sql"
	"log/slog"
	"net"
	"net/http"
	"net/smtp"
	"os/exec"
	"time"

	"bad/remote"
)

func request(ctx context.Context, c *http.Client, url string) (*http.Response, error) {
	req, err := http.NewRequest(http.MethodGet, url, nil) // want `http.NewRequest goes on when ctx is done, unlike http.NewRequestWithContext`
	if err != nil {
		return nil, err
	}
	return c.Do(req)
}

func get(ctx context.Context, url string) (*http.Response, error) {
	return http.Get(url) // want `http.Get goes on when ctx is done, unlike http.NewRequestWithContext and Client.Do`
}

func clientGet(r *http.Request, c *http.Client) (*http.Response, error) {
	return c.Get("http://localhost/") // want `Get goes on when r.Context\(\) is done, unlike http.NewRequestWithContext and Do`
}

func command(ctx context.Context) ([]byte, error) {
	return exec.Command("sleep", "10").Output() // want `exec.Command goes on when ctx is done, unlike exec.CommandContext`
}

func started(ctx context.Context) error {
	cmd := exec.Command("sleep", "10") // want `exec.Command goes on when ctx is done`
	if err := cmd.Start(); err != nil {
		return err
	}
	return cmd.Wait()
}

func database(ctx context.Context, db *sql.DB, stmt *sql.Stmt) error {
	if err := db.Ping(); err != nil { // want `Ping goes on when ctx is done, unlike PingContext`
		return err
	}
	tx, err := db.Begin() // want `Begin goes on when ctx is done, unlike BeginTx`
	if err != nil {
		return err
	}
	if _, err := tx.Exec("delete from t where id = ?", 1); err != nil { // want `Exec goes on when ctx is done, unlike ExecContext`
		return tx.Rollback()
	}
	rows, err := stmt.Query("a", "b") // want `Query goes on when ctx is done, unlike QueryContext`
	if err != nil {
		return err
	}
	rows.Close()
	return tx.Commit()
}

func dial(ctx context.Context, addr string) (net.Conn, error) {
	if addr == "" {
		return net.DialTimeout("tcp", "localhost:1", time.Second) // want `net.DialTimeout goes on when ctx is done, unlike Dialer.DialContext`
	}
	return net.Dial("tcp", addr) // want `net.Dial goes on when ctx is done, unlike Dialer.DialContext`
}

// peers FN-19: more of the standard library.
func dialers(ctx context.Context, d *tls.Dialer, addr *net.TCPAddr) error {
	c1, err := net.DialTCP("tcp", nil, addr) // want `net.DialTCP goes on when ctx is done`
	if err != nil {
		return err
	}
	defer c1.Close()
	c2, err := (&net.Dialer{}).Dial("tcp", "localhost:1") // want `Dial goes on when ctx is done, unlike DialContext`
	if err != nil {
		return err
	}
	defer c2.Close()
	c3, err := d.Dial("tcp", "localhost:1") // want `Dial goes on when ctx is done, unlike DialContext`
	if err != nil {
		return err
	}
	defer c3.Close()
	c4, err := smtp.Dial("localhost:25") // want `smtp.Dial goes on when ctx is done`
	if err != nil {
		return err
	}
	return c4.Close()
}

func lookups(ctx context.Context, host string) error {
	if _, err := net.LookupHost(host); err != nil { // want `net.LookupHost goes on when ctx is done, unlike Resolver.LookupHost`
		return err
	}
	_, err := net.LookupIP(host) // want `net.LookupIP goes on when ctx is done, unlike Resolver.LookupIP`
	return err
}

func handshake(ctx context.Context, conn *tls.Conn) error {
	return conn.Handshake() // want `Handshake goes on when ctx is done, unlike HandshakeContext`
}

func secure(ctx context.Context, conf *tls.Config) (net.Conn, error) {
	c, err := tls.Dial("tcp", "localhost:443", conf) // want `tls.Dial goes on when ctx is done, unlike Dialer.DialContext`
	if err != nil {
		return nil, err
	}
	return c, nil
}

func logged(ctx context.Context, l *slog.Logger) {
	slog.Info("started", "n", 1) // want `slog.Info knows nothing of ctx, unlike slog.InfoContext`
	l.Warn("slow")               // want `Warn knows nothing of ctx, unlike WarnContext`
}

// A request handed to nobody with a context.
func listen(ctx context.Context) (net.Listener, error) {
	return net.Listen("tcp", "localhost:0") // want `net.Listen knows nothing of ctx, unlike ListenConfig.Listen`
}

type cache struct{ fill chan string }

func (c *cache) Load(key string) string { return <-c.fill }

func (c *cache) LoadContext(ctx context.Context, key string) string {
	select {
	case v := <-c.fill:
		return v
	case <-ctx.Done():
		return ""
	}
}

// peers FN-19: a pair of one's own.
func own(ctx context.Context, c *cache) string {
	return c.Load("a") // want `Load goes on when ctx is done, unlike LoadContext`
}

func wait(d time.Duration)                         { time.Sleep(d) }
func waitCtx(ctx context.Context, d time.Duration) { <-ctx.Done() }

func ownFunction(ctx context.Context) {
	wait(time.Second) // want `bad.wait goes on when ctx is done, unlike waitCtx`
}

type getter interface {
	Get(key string) (string, error)
	GetWithContext(ctx context.Context, key string) (string, error)
}

// peers FN-18: through an interface that has both.
func throughInterface(ctx context.Context, g getter) (string, error) {
	return g.Get("a") // want `Get goes on when ctx is done, unlike GetWithContext`
}

var fetch = http.Get

// peers FN-17: a package-level function value.
func throughVariable(ctx context.Context, url string) (*http.Response, error) {
	return fetch(url) // want `http.Get goes on when ctx is done`
}

type fetcher struct {
	get func(string) (*http.Response, error)
}

// peers FN-20: a function held in a field.
func throughField(ctx context.Context, url string) (*http.Response, error) {
	x := fetcher{get: http.Get}
	return x.get(url) // want `http.Get goes on when ctx is done`
}

type store[K comparable] struct{ ch chan K }

func (s *store[K]) Next() K { return <-s.ch }

func (s *store[K]) NextContext(ctx context.Context) (next K) {
	select {
	case next = <-s.ch:
	case <-ctx.Done():
	}
	return next
}

func generic(ctx context.Context, s *store[int]) int {
	return s.Next() // want `Next goes on when ctx is done, unlike NextContext`
}

func inLiteral(ctx context.Context, db *sql.DB) error {
	ping := func() error {
		return db.Ping() // want `Ping goes on when ctx is done, unlike PingContext`
	}
	return ping()
}

// Who selects on the context later doesn't end the call.
func watchedLate(ctx context.Context, c *tls.Conn) error {
	if err := c.Handshake(); err != nil { // want `Handshake goes on when ctx is done, unlike HandshakeContext`
		return err
	}
	<-ctx.Done()
	return c.Close()
}

type bucket struct{ names chan string }

func (b *bucket) List(prefix string) string { return prefix + <-b.names }

func (b *bucket) ListWithContext(ctx context.Context, prefix string, opts ...func()) string {
	select {
	case name := <-b.names:
		return prefix + name
	case <-ctx.Done():
		return ""
	}
}

// The sibling takes options as well.
func lists(ctx context.Context, b *bucket) string {
	return b.List("a") // want `List goes on when ctx is done, unlike ListWithContext`
}

// Whoever declared the method of its transport with a context counts on its
// taking long.
func pulls(ctx context.Context, r *remote.Repository) error {
	return r.Pull("main") // want `Pull goes on when ctx is done, unlike PullContext`
}

// One whose implementation waits.
func puts(ctx context.Context, q remote.Queue) error {
	return q.Put("job") // want `Put goes on when ctx is done, unlike PutContext`
}

type sender struct{ client *http.Client }

// What decorates it here sends it as well.
func sends(ctx context.Context, s *sender, url string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	req, err := http.NewRequest(http.MethodGet, url, nil) // want `http.NewRequest goes on when ctx is done`
	if err != nil {
		return err
	}
	return s.decorates(req)
}

func (s *sender) decorates(req *http.Request) error {
	req.Header.Set("X-Padding", "0")
	_, err := s.client.Do(req)
	return err
}

// Commands that change places.
func swaps(ctx context.Context, again func() bool) {
	var last *exec.Cmd
	for again() {
		cmd := exec.Command("a") // want `exec.Command goes on when ctx is done`
		defer func() { _, _ = cmd, last }()
		last, cmd = cmd, last
		_ = last.Run()
	}
	use(ctx)
}

func use(context.Context) {}
