package hints

import (
	"context"
	"net/http"
	"os/exec"
	"io"
	"net"
	"sync"
	"testing"
	"time"
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

// Its form is that of io.Seeker: it can't take a context.
type window struct{ ch chan int64 }

func (w *window) wait(ctx context.Context) (int64, error) {
	select {
	case n := <-w.ch:
		return n, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func (w *window) Seek(offset int64, whence int) (int64, error) { return w.wait(context.TODO()) }

func seeks(ctx context.Context, w *window) (int64, error) {
	return w.Seek(0, io.SeekStart) // want `Seek blocks under a root of its own`
}

// Nobody knows whether it hears the end of its context.
type Names interface {
	Name(ctx context.Context, id int) string
}

func resolve(ctx context.Context, n Names, id int) string {
	time.Sleep(time.Second)
	return n.Name(ctx, id)
}

func name(n Names, id int) string { return resolve(context.Background(), n, id) }

func names(ctx context.Context, n Names) string {
	return name(n, 1) // want `name blocks under a root of its own`
}

// Nothing is lost until the callee looks at its context.
func ignores(_ context.Context, n int) int { return n }

func ignored(ctx context.Context) int {
	return ignores(context.TODO(), 1) // want `ignores gets context.TODO\(\) though ctx is at hand`
}

type line struct{ ctx context.Context }

type wire struct{ open line }

func (w *wire) open1(ctx context.Context) *line {
	w.open = line{ctx: ctx}
	return &w.open
}

type talk struct {
	line *line
	ctx  context.Context
}

// It is kept by itself, or beside another root.
func talks(ctx context.Context, w *wire) (*line, *talk) {
	alone := w.open1(context.Background())                                        // want `open1 gets`
	both := &talk{line: w.open1(context.Background()), ctx: context.Background()} // want `open1 gets`
	return alone, both
}

type kept struct{ ctx context.Context }

func newKept(ctx context.Context) (*kept, error) {
	if err := use(ctx); err != nil {
		return nil, err
	}
	return &kept{ctx}, nil
}

type policies struct {
	make func(*kept) (any, error)
	pack any
}

// What is made from the session stays.
func (p *policies) configure(ctx context.Context) error {
	s, err := newKept(context.Background()) // want `gets context.Background`
	if err != nil {
		return err
	}
	p.pack, err = p.make(s)
	return err
}

type notice struct {
	ch  chan error
	due context.Context
}

func newNotice(due context.Context) *notice { return &notice{make(chan error, 1), due} }

func (n *notice) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-n.due.Done():
		return n.due.Err()
	case err := <-n.ch:
		return err
	}
}

// It is due by a time of its own, and waits under the live context.
func notices(ctx context.Context) error {
	due, cancel := context.WithTimeout(context.Background(), time.Second) // want `though ctx is at hand`
	defer cancel()
	n := newNotice(due)
	return n.wait(ctx)
}

// What has failed may have failed by the context.
func tellsFailure(ctx context.Context, cause error) error {
	own, cancel := context.WithTimeout(context.Background(), time.Second) // want `though ctx is at hand`
	defer cancel()
	_ = cause
	return use(own)
}

var (
	mu    sync.Mutex
	known []int64
)

func size(w *window) (int64, error) { return w.wait(context.TODO()) }

// Whoever comes first asks for all.
func allSizes(w *window) []int64 {
	mu.Lock()
	defer mu.Unlock()
	if known != nil {
		return known
	}
	if n, err := size(w); err == nil {
		known = append(known, n)
	}
	return known
}

func asksSizes(ctx context.Context, w *window) int {
	return len(allSizes(w)) // want `allSizes blocks under a root of its own`
}

type page struct{ body string }

// The same in a field, without a helper between.
func (p *page) text(s *slowly) string {
	if p.body == "" {
		p.body, _ = s.read(context.TODO())
	}
	return p.body
}

func asksText(ctx context.Context, p *page, s *slowly) string {
	return p.text(s) // want `text blocks under a root of its own`
}

type slowly struct{ ch chan string }

func (s *slowly) read(ctx context.Context) (string, error) {
	select {
	case v := <-s.ch:
		return v, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// Only the name of a host would be looked up under the context.
func listens(ctx context.Context, path string) (string, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(context.TODO(), "unix", path) // want `Listen gets context.TODO\(\) though ctx is at hand`
	if err != nil {
		return "", err
	}
	defer l.Close()
	own, cancel := context.WithTimeout(context.Background(), time.Second) // want `though ctx is at hand`
	defer cancel()
	c, err := lc.ListenPacket(own, "udp", "localhost:0")
	if err != nil {
		return "", err
	}
	defer c.Close()
	return c.LocalAddr().String(), use(ctx)
}

// Only a test gives it a context that ends.
func keepsFresh(ctx context.Context) error {
	return use(context.TODO()) // want `use gets context.TODO\(\) though ctx is at hand`
}

func freshens() error { return keepsFresh(context.Background()) }

// One root for what is asked now and for what is started, which the live one
// would end.
func prepares(ctx context.Context, b *backup) error {
	if err := use(ctx); err != nil {
		return err
	}
	other := context.Background() // want `use gets context.Background\(\) though ctx is at hand`
	if err := use(other); err != nil {
		return err
	}
	return b.Start(other)
}

type backup struct{ run func(ctx context.Context) error }

func (b *backup) Start(ctx context.Context) error {
	go func() { _ = b.run(ctx) }()
	return nil
}

// The command is started, and stopped by somebody else.
func daemon(ctx context.Context, path string) (*exec.Cmd, error) {
	if err := use(ctx); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(context.TODO(), path) // want `CommandContext gets context.TODO\(\) though ctx is at hand`
	cmd.Env = append(cmd.Env, "A=b")
	return cmd, startCmd(cmd)
}

func startCmd(cmd *exec.Cmd) error { return cmd.Start() }

type store interface {
	Get(ctx context.Context, key string) (string, error)
}

type opener struct {
	open func(offset int64) error
}

func newOpener(open func(offset int64) error) *opener { return &opener{open} }

// What is opened later is opened under the context that was given.
func lazily(ctx context.Context, s store) *opener {
	return newOpener(func(offset int64) error {
		_, err := s.Get(ctx, "a")
		return err
	})
}

func readerAt(ctx context.Context, s store) (*opener, error) {
	if err := use(ctx); err != nil {
		return nil, err
	}
	return lazily(context.TODO(), s), nil // want `lazily gets context.TODO\(\) though ctx is at hand`
}

// The request is over when the goroutine calls.
func rings(w http.ResponseWriter, r *http.Request) { go ring(r) }

func ring(r *http.Request) {
	log(r.URL.Path)
	_ = use(context.Background()) // want `use gets context.Background\(\) though r.Context\(\) is at hand`
}

func log(string) {}

// The work, in a variable, ends with the context.
func retries(ctx context.Context) error {
	work := func() error { return use(ctx) }
	return retry(context.Background(), work) // want `retry gets context.Background\(\) though ctx is at hand`
}

func retry(ctx context.Context, work func() error) error {
	for range 3 {
		if err := work(); err == nil || ctx.Err() != nil {
			return err
		}
	}
	return nil
}
