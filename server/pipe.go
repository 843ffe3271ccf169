package server

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"time"
)

const (
	maxWaiting = 64 << 20               // bytes that were read ahead
	readTime   = 100 * time.Millisecond // for a read from a closed input to return
)

// pipe is the connection's view of in and out. A goroutine reads in ahead, so
// that Close ends a pending read, which the input itself may not allow, and so
// that the end of the input is seen while the connection waits for a client
// that takes no answers.
type pipe struct {
	in     io.Reader
	out    io.Writer
	ended  func()        // is called when in has ended
	copied chan struct{} // closed when the goroutine has ended

	closing sync.Once

	mu      sync.Mutex
	changed sync.Cond // any of these has
	waiting bytes.Buffer
	err     error // why no more comes
	closed  bool
}

func newPipe(in io.Reader, out io.Writer, ended func()) *pipe {
	p := &pipe{in: in, out: out, ended: ended, copied: make(chan struct{})}
	p.changed.L = &p.mu
	go p.fill()
	return p
}

func (p *pipe) fill() {
	defer close(p.copied)
	defer p.ended()
	defer func() {
		if cause := recover(); cause != nil {
			p.add(nil, fmt.Errorf("reading the input: panic: %v\n%s", cause, debug.Stack()))
		}
	}()
	buf := make([]byte, 64<<10)
	for {
		n, err := p.in.Read(buf)
		if !p.add(buf[:n], err) || err != nil {
			return
		}
	}
}

// add waits for room. It reports whether somebody still reads.
func (p *pipe) add(data []byte, err error) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.waiting.Len() > maxWaiting && !p.closed {
		p.changed.Wait()
	}
	p.waiting.Write(data)
	p.err = err
	p.changed.Broadcast()
	return !p.closed
}

func (p *pipe) Read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.waiting.Len() == 0 && p.err == nil && !p.closed {
		p.changed.Wait()
	}
	switch {
	case p.closed:
		return 0, io.ErrClosedPipe
	case p.waiting.Len() == 0:
		return 0, p.err
	}
	defer p.changed.Broadcast()
	return p.waiting.Read(b)
}

func (p *pipe) Write(b []byte) (int, error) { return p.out.Write(b) }

// Close waits for the goroutine, but not for long: its read may be one that
// cannot be interrupted.
func (p *pipe) Close() error {
	var err error
	p.closing.Do(func() { err = p.close() }) // the connection closes it, and so does Serve
	return err
}

func (p *pipe) close() error {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.changed.Broadcast()
	var err error
	for _, end := range []any{p.in, p.out} {
		if c, ok := end.(io.Closer); ok {
			err = errors.Join(err, c.Close())
		}
	}
	select {
	case <-p.copied:
	case <-time.After(readTime):
	}
	return err
}
