package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"runtime/debug"
	"time"
)

// Options configure the server.
type Options struct {
	Version  string // told to the client
	CacheDir string // of facts and results; "" for none
	Env      []string
	Log      *slog.Logger  // nil: slog.Default()
	Typing   time.Duration // how long after the last edit; 0: 150 ms

	newDriver   func(driverOptions) driver // nil: package workspace
	processPoll time.Duration              // 0: 5 s
}

// ErrNoShutdown says that a client left without the shutdown request.
var ErrNoShutdown = errors.New("the client left without a shutdown request")

// How long what still runs may take when a session ends.
const (
	drainTime = 2 * time.Second // for what came before the end of the input
	closeTime = 2 * time.Second // for everything to stop when it is told to
)

// Serve talks LSP until the client exits, vanishes or closes in, or until ctx
// ends. It returns nil after a shutdown request. It closes in and out if they
// can be closed; a read from in that cannot be interrupted is left behind.
func Serve(ctx context.Context, opts Options, in io.Reader, out io.Writer) error {
	root, quit := context.WithCancel(ctx)
	defer quit()
	s := newSession(root, quit, opts)
	pipe := newPipe(in, out, s.inputClosed)
	defer pipe.Close()
	s.start(NewStream(pipe, s.inputEnded))
	<-root.Done()

	closed := make(chan struct{})
	go func() {
		defer close(closed)
		defer s.recovered("closing")
		s.stop()
	}()
	select {
	case <-closed:
	case <-time.After(closeTime):
		s.log.Warn("the session ends while something still runs")
	}
	if s.ended() {
		return nil
	}
	return ErrNoShutdown
}

// ListenTCP serves one client after another on a loopback address until ctx
// ends. It writes the address to announce.
func ListenTCP(ctx context.Context, opts Options, address string, announce io.Writer) error {
	if err := checkLoopback(address); err != nil {
		return err
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("cannot listen: %w", err)
	}
	defer listener.Close()
	stop := context.AfterFunc(ctx, func() { listener.Close() })
	defer stop()
	fmt.Fprintf(announce, "listening on %s\n", listener.Addr())
	for {
		conn, err := listener.Accept()
		if ctx.Err() != nil {
			if conn != nil {
				conn.Close()
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("cannot accept a client: %w", err)
		}
		if err := Serve(ctx, opts, conn, conn); err != nil && ctx.Err() == nil {
			opts.logger().Info("a client is gone", "error", err)
		}
	}
}

// ErrNotLoopback refuses an address that others could reach.
var ErrNotLoopback = errors.New("only loopback addresses are served")

func checkLoopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("bad address %q: %w", address, err)
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("cannot listen on %q: %w", address, ErrNotLoopback)
}

func (o Options) logger() *slog.Logger {
	if o.Log != nil {
		return o.Log
	}
	return slog.Default()
}

// recovered is deferred by every goroutine of a session.
func (s *session) recovered(where string) {
	if cause := recover(); cause != nil {
		s.log.ErrorContext(s.root, "a goroutine failed", "where", where, "cause", cause, "stack", string(debug.Stack()))
	}
}
