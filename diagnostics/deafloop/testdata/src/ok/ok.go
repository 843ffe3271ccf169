package ok

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func try(ctx context.Context) error          { return ctx.Err() }
func fetch(ctx context.Context) (int, error) { return 0, ctx.Err() }
func temporary(err error) bool               { return false }
func refresh()                               {}
func next(ctx context.Context) (int, bool)   { return 0, ctx.Err() == nil }
func wait(ctx context.Context) error         { <-ctx.Done(); return ctx.Err() }
func pause(ctx context.Context, n int) bool  { return ctx.Err() == nil }

func headCheck(ctx context.Context) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if try(ctx) == nil {
			return nil
		}
	}
}

func stopCase(ctx context.Context) {
	ticker := time.NewTicker(time.Second)
	for {
		select {
		case <-ticker.C:
			refresh()
		case <-ctx.Done():
			return
		}
	}
}

func doneInVariable(ctx context.Context, ticks <-chan time.Time) {
	done := ctx.Done()
	for {
		select {
		case <-ticks:
			refresh()
		case <-done:
			return
		}
	}
}

func stopChannel(ctx context.Context, stop chan struct{}) {
	for {
		select {
		case <-time.After(time.Second):
			_ = try(ctx)
		case <-stop:
			return
		}
	}
}

func failureLeaves(ctx context.Context) error {
	for {
		n, err := fetch(ctx)
		if err != nil {
			return err
		}
		log.Print(n)
	}
}

func anotherFailureLeaves(ctx context.Context) error {
	for {
		n, err := fetch(ctx)
		if err != nil && !temporary(err) {
			return err
		}
		log.Print(n)
	}
}

func attempts(ctx context.Context) error {
	for i := 0; ; i++ {
		err := try(ctx)
		if err == nil || i == 5 {
			return err
		}
		time.Sleep(time.Second)
	}
}

func deadline(ctx context.Context) error {
	end := time.Now().Add(time.Minute)
	for {
		if err := try(ctx); err == nil || time.Now().After(end) {
			return err
		}
	}
}

func backOff(ctx context.Context) error {
	for n := 0; ; n++ {
		if err := try(ctx); err == nil {
			return nil
		}
		if !pause(ctx, n) {
			return context.Cause(ctx)
		}
	}
}

func canceled(ctx context.Context) error {
	for {
		err := try(ctx)
		if err == nil || errors.Is(err, context.Canceled) {
			return err
		}
	}
}

func reader(ctx context.Context, r io.Reader) error {
	buf := make([]byte, 1024)
	for {
		n, err := r.Read(buf)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		log.Print(ctx, n)
	}
}

func decoder(ctx context.Context, r io.Reader) error {
	dec := json.NewDecoder(r)
	for {
		var v any
		if err := dec.Decode(&v); err != nil {
			return err
		}
	}
}

func scanner(ctx context.Context, r io.Reader) {
	s := bufio.NewScanner(r)
	for {
		if !s.Scan() {
			return
		}
		log.Print(ctx, s.Text())
	}
}

func search(ctx context.Context, list []int, x int) int {
	lo, hi := 0, len(list)
	for {
		mid := (lo + hi) / 2
		switch {
		case lo >= hi:
			return lo
		case list[mid] < x:
			lo = mid + 1
		default:
			hi = mid
		}
	}
}

func swap(ctx context.Context, n *atomic.Int64) int64 {
	for {
		old := n.Load()
		if n.CompareAndSwap(old, old+1) {
			return old
		}
	}
}

func accept(ctx context.Context, l net.Listener) error {
	defer context.AfterFunc(ctx, func() { l.Close() })()
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go log.Print(c)
	}
}

type queue struct {
	mu     sync.Mutex
	closed bool
	items  []int
}

func (q *queue) Get() (item int, quit bool) { return 0, q.closed }

func (q *queue) run(ctx context.Context) {
	for {
		item, quit := q.Get()
		if quit {
			return
		}
		_, _ = fetch(ctx)
		log.Print(item)
	}
}

func (q *queue) flag(ctx context.Context) {
	for {
		q.mu.Lock()
		closed := q.closed
		q.mu.Unlock()
		if closed {
			return
		}
		_ = try(ctx)
		time.Sleep(time.Second)
	}
}

func more(ctx context.Context) {
	for {
		if _, ok := next(ctx); !ok {
			return
		}
	}
}

func rangesOverJobs(ctx context.Context, jobs chan int) {
	for job := range jobs {
		log.Print(ctx, job)
	}
}

func closedJobs(ctx context.Context, jobs chan int) {
	for {
		job, ok := <-jobs
		if !ok {
			return
		}
		log.Print(ctx, job)
	}
}

func afterDone(ctx context.Context, rest chan int) {
	<-ctx.Done()
	for {
		if try(context.WithoutCancel(ctx)) == nil {
			return
		}
		time.Sleep(time.Second)
	}
}

// Its own context: the end of ctx doesn't make it fail.
func detached(ctx context.Context) {
	for {
		if try(context.WithoutCancel(ctx)) == nil {
			return
		}
	}
}

func givenUp(_ context.Context) {
	for {
		refresh()
		time.Sleep(time.Second)
	}
}

func none() {
	for {
		refresh()
		time.Sleep(time.Second)
	}
}

// serve says by nil that it was told to stop.
func serve(ctx context.Context, l chan int) error {
	select {
	case <-l:
		return errors.New("restart")
	case <-ctx.Done():
		return nil
	}
}

func supervisor(ctx context.Context, l chan int) error {
	for {
		err := serve(ctx, l)
		if err == nil {
			return nil
		}
		log.Print("restarting: ", err)
	}
}

func onSignals(ctx context.Context) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	for {
		log.Print(<-signals)
	}
}

func parse(ctx context.Context, tokens []string) (out []string) {
	for {
		if len(tokens) == 0 {
			return out
		}
		out = append(out, tokens[0])
		tokens = tokens[1:]
	}
}

func fatal(ctx context.Context) {
	for {
		if err := try(ctx); err != nil {
			log.Fatal(err)
		}
		time.Sleep(time.Second)
	}
}

func pages(ctx context.Context, page func(ctx context.Context, token string) (string, error)) error {
	token := ""
	for {
		following, err := page(ctx, token)
		if err != nil {
			return err
		}
		if following == "" {
			return nil
		}
		token = following
	}
}

func bodies(ctx context.Context, urls chan string) {
	for {
		url, ok := <-urls
		if !ok {
			return
		}
		req, err := http.NewRequestWithContext(ctx, "GET", url, nil)
		if err != nil {
			continue
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			continue
		}
		resp.Body.Close()
	}
}

func sequence(ctx context.Context) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for i := 0; ; i++ {
			if !yield(i) {
				return
			}
		}
	}
}

// Waits for what others do, which nobody fails at.
func settles(ctx context.Context, ready *atomic.Bool) {
	for {
		if ready.Load() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// donenoexit's, if anybody's.
func looks(ctx context.Context, ch chan int) {
	for {
		select {
		case v := <-ch:
			log.Print(v)
		case <-ctx.Done():
			log.Print("done")
		}
	}
}

func waits(ctx context.Context, again func() bool) {
	for {
		if err := wait(ctx); err != nil && !again() {
			return
		}
	}
}

var errStopped = errors.New("stopped")

// Whoever stops the queue ends the loop.
func stopped(ctx context.Context, receive func(context.Context) (int, error)) {
	for {
		n, err := receive(ctx)
		if err == errStopped {
			return
		}
		if err != nil {
			continue
		}
		log.Print(n)
	}
}

// A listener doesn't end with the context that it was opened under.
func listens(ctx context.Context) error {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", ":0")
	if err != nil {
		return err
	}
	for {
		c, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			continue
		}
		c.Close()
	}
}

func deadlineInText(ctx context.Context) error {
	for {
		err := try(ctx)
		if err == nil || strings.Contains(err.Error(), "deadline exceeded") {
			return err
		}
	}
}

type run struct {
	Fatalf func(format string, args ...any)
}

// What somebody set there ends the run.
func (r *run) put(ctx context.Context, tries int) {
	for i := 1; ; i++ {
		err := try(ctx)
		if err == nil {
			break
		}
		if i < tries {
			time.Sleep(time.Second)
			continue
		}
		r.Fatalf("not put: %v", err)
	}
}

type chunks interface {
	Recv(ctx context.Context) ([]byte, error)
}

// What isn't the end is a panic.
func copies(ctx context.Context, in chunks, w io.Writer) {
	for {
		chunk, err := in.Recv(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		_, _ = w.Write(chunk)
	}
}

// What isn't the end fails the test, which ends.
func watches(ctx context.Context, t *testing.T, in chunks, seen func([]byte)) {
	for {
		chunk, err := in.Recv(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		seen(chunk)
	}
}
