//go:build linux

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/textproto"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
)

// client speaks LSP to one server, as an editor that is pushed to does.
type client struct {
	name string
	cmd  *exec.Cmd
	in   io.WriteCloser
	done chan struct{} // closed when the server's output has ended

	mu      sync.Mutex
	id      int
	waiting map[int]chan json.RawMessage
	shown   chan published
}

type published struct {
	at   time.Time
	uri  string
	text []string // messages
}

type message struct {
	ID     *json.RawMessage `json:"id,omitempty"`
	Method string           `json:"method,omitempty"`
	Params json.RawMessage  `json:"params,omitempty"`
	Result json.RawMessage  `json:"result,omitempty"`
	Error  *json.RawMessage `json:"error,omitempty"`
}

func start(ctx context.Context, name, dir string, args ...string) (*client, error) {
	c := &client{name: name, done: make(chan struct{}), waiting: make(map[int]chan json.RawMessage), shown: make(chan published, 4096)}
	c.cmd = exec.CommandContext(ctx, args[0], args[1:]...)
	c.cmd.Dir, c.cmd.Stderr = dir, os.Stderr
	var err error
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	go func() {
		defer close(c.done)
		c.read(bufio.NewReaderSize(out, 1<<20))
	}()
	return c, nil
}

// stop ends the server and tells its peak memory in MiB, -1 if unknown.
func (c *client) stop() int {
	peak := c.peak()
	c.in.Close()
	<-c.done
	if err := c.cmd.Wait(); err != nil && c.cmd.ProcessState == nil {
		return peak
	}
	return peak
}

// peak is the server's peak memory in MiB so far.
func (c *client) peak() int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.cmd.Process.Pid))
	if err != nil {
		return -1
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, err := strconv.Atoi(strings.Fields(rest)[0])
			if err != nil {
				return -1
			}
			return kb >> 10
		}
	}
	return -1
}

func (c *client) send(v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encoding a message: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := fmt.Fprintf(c.in, "Content-Length: %d\r\n\r\n%s", len(data), data); err != nil {
		return fmt.Errorf("writing to %s: %w", c.name, err)
	}
	return nil
}

func (c *client) notify(method string, params any) error {
	return c.send(map[string]any{"jsonrpc": "2.0", "method": method, "params": params})
}

func (c *client) call(ctx context.Context, method string, params any) error {
	answer := make(chan json.RawMessage, 1)
	c.mu.Lock()
	c.id++
	id := c.id
	c.waiting[id] = answer
	c.mu.Unlock()
	if err := c.send(map[string]any{"jsonrpc": "2.0", "id": id, "method": method, "params": params}); err != nil {
		return err
	}
	select {
	case <-answer:
		return nil
	case <-c.done:
		return fmt.Errorf("%s ended", c.name)
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (c *client) read(r *bufio.Reader) {
	for {
		header, err := textproto.NewReader(r).ReadMIMEHeader()
		if err != nil {
			return
		}
		n, err := strconv.Atoi(header.Get("Content-Length"))
		if err != nil {
			return
		}
		body := make([]byte, n)
		if _, err := io.ReadFull(r, body); err != nil {
			return
		}
		now := time.Now()
		var m message
		if json.Unmarshal(body, &m) != nil {
			return
		}
		c.handle(now, m)
	}
}

func (c *client) handle(now time.Time, m message) {
	switch {
	case m.Method == "textDocument/publishDiagnostics":
		var p struct {
			URI         string `json:"uri"`
			Diagnostics []struct {
				Message string `json:"message"`
			} `json:"diagnostics"`
		}
		if json.Unmarshal(m.Params, &p) != nil {
			return
		}
		shown := published{at: now, uri: p.URI}
		for _, d := range p.Diagnostics {
			shown.text = append(shown.text, d.Message)
		}
		c.shown <- shown
	case m.Method != "" && m.ID != nil: // a request of the server's own
		var result any
		if m.Method == "workspace/configuration" {
			result = []any{nil}
		}
		// A server that is gone shows elsewhere.
		_ = c.send(map[string]any{"jsonrpc": "2.0", "id": m.ID, "result": result})
	case m.ID != nil:
		var id int
		if json.Unmarshal(*m.ID, &id) != nil {
			return
		}
		c.mu.Lock()
		answer := c.waiting[id]
		delete(c.waiting, id)
		c.mu.Unlock()
		if answer != nil {
			answer <- m.Result
		}
	}
}

// await waits until the diagnostics of the file have a message with the text,
// and tells when that was.
func (c *client) await(ctx context.Context, uri, text string) (time.Time, error) {
	for {
		select {
		case p := <-c.shown:
			if p.uri != uri {
				continue
			}
			for _, m := range p.text {
				if text == "" || strings.Contains(m, text) {
					return p.at, nil
				}
			}
			if text == "" {
				return p.at, nil
			}
		case <-c.done:
			return time.Time{}, fmt.Errorf("%s ended", c.name)
		case <-ctx.Done():
			return time.Time{}, fmt.Errorf("waiting for %s: %w", c.name, context.Cause(ctx))
		}
	}
}
