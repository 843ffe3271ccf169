package server

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/textproto"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/diagnostics/rule"
)

// patience is how long a test waits for what must come.
const patience = 30 * time.Second

// stdCache is shared by all tests: the standard library is analysed once.
var stdCache string

func TestMain(m *testing.M) {
	var err error
	if stdCache, err = os.MkdirTemp("", "ctxls-server-test"); err != nil {
		panic(err)
	}
	// The rule of the fake driver.
	diagnostics.All = append(diagnostics.All, &rule.Rule{Name: "leak", Title: "A LEAK", Severity: rule.Warning, Default: true})
	goleak.VerifyTestMain(m, goleak.Cleanup(func(status int) {
		os.RemoveAll(stdCache)
		os.Exit(status)
	}))
}

// peer is an editor reduced to the wire: it knows frames and JSON, and nothing
// of the libraries that the server is built on.
type peer struct {
	t      *testing.T
	in     io.WriteCloser // to the server
	answer func(method string, params json.RawMessage) (result any, ok bool)
	served chan error // what Serve returned

	mu      sync.Mutex
	lastID  int
	inbox   []message            // what the server sent, oldest first
	latest  map[string]published // by URI
	arrived chan struct{}
	log     bytes.Buffer
}

type message struct {
	JSONRPC string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *wireFailure    `json:"error,omitempty"`
}

type wireFailure struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (f *wireFailure) Error() string { return fmt.Sprintf("%d %s", f.Code, f.Message) }

// dial starts a server and connects to it.
func dial(t *testing.T, opts Options) *peer {
	t.Helper()
	toServer, in := io.Pipe()
	out, fromServer := io.Pipe()
	p := &peer{t: t, in: in, served: make(chan error, 1), arrived: make(chan struct{}), latest: make(map[string]published)}
	if opts.Log == nil {
		opts.Log = slog.New(slog.NewTextHandler(&lockedWriter{p: p}, nil))
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		p.read(out)
	}()
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.served <- Serve(t.Context(), opts, toServer, fromServer)
		fromServer.Close()
	}()
	t.Cleanup(func() {
		in.Close()
		for _, end := range []chan struct{}{read, done} {
			select {
			case <-end:
			case <-time.After(patience):
				t.Error("the server did not end with its input")
			}
		}
		if t.Failed() {
			p.mu.Lock()
			defer p.mu.Unlock()
			t.Logf("the server's log:\n%s", p.log.String())
		}
	})
	return p
}

type lockedWriter struct{ p *peer }

func (w *lockedWriter) Write(b []byte) (int, error) {
	w.p.mu.Lock()
	defer w.p.mu.Unlock()
	return w.p.log.Write(b)
}

func (p *peer) read(r io.Reader) {
	in := bufio.NewReader(r)
	for {
		header, err := textproto.NewReader(in).ReadMIMEHeader()
		if err != nil {
			return
		}
		length, err := strconv.Atoi(header.Get("Content-Length"))
		if err != nil {
			p.t.Errorf("bad header %v", header)
			return
		}
		body := make([]byte, length)
		if _, err := io.ReadFull(in, body); err != nil {
			return
		}
		var batch []message
		if bytes.HasPrefix(body, []byte("[")) {
			err = json.Unmarshal(body, &batch)
		} else {
			batch = make([]message, 1)
			err = json.Unmarshal(body, &batch[0])
		}
		if err != nil {
			p.t.Errorf("the server sent %s: %v", body, err)
			return
		}
		for _, m := range batch {
			p.receive(m)
		}
	}
}

func (p *peer) receive(m message) {
	p.mu.Lock()
	p.inbox = append(p.inbox, m)
	var d published
	if m.Method == "textDocument/publishDiagnostics" && json.Unmarshal(m.Params, &d) == nil {
		p.latest[d.URI] = d
	}
	close(p.arrived)
	p.arrived = make(chan struct{})
	p.mu.Unlock()
	if m.Method == "" || m.ID == nil {
		return
	}
	reply := message{JSONRPC: "2.0", ID: m.ID, Result: json.RawMessage("null")}
	if p.answer != nil {
		if result, ok := p.answer(m.Method, m.Params); ok {
			reply.Result, _ = json.Marshal(result)
		} else {
			return // the test answers, or nobody does
		}
	}
	go p.write(reply) // not on the goroutine that reads: pipes have no room
}

func (p *peer) write(m message) {
	data, err := json.Marshal(m)
	if err != nil {
		p.t.Error(err)
		return
	}
	p.frame(string(data))
}

// frame sends a body as it is.
func (p *peer) frame(body string) {
	p.raw(fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body))
}

func (p *peer) raw(s string) {
	if _, err := io.WriteString(p.in, s); err != nil && !errors.Is(err, io.ErrClosedPipe) {
		p.t.Errorf("writing to the server: %v", err)
	}
}

func (p *peer) notify(method string, params any) {
	p.t.Helper()
	p.write(message{JSONRPC: "2.0", Method: method, Params: marshal(p.t, params)})
}

// send sends a request and returns its ID.
func (p *peer) send(method string, params any) string {
	p.t.Helper()
	p.mu.Lock()
	p.lastID++
	id := strconv.Itoa(p.lastID)
	p.mu.Unlock()
	p.write(message{JSONRPC: "2.0", ID: json.RawMessage(id), Method: method, Params: marshal(p.t, params)})
	return id
}

// call sends a request and waits for its answer.
func (p *peer) call(method string, params any) (json.RawMessage, error) {
	p.t.Helper()
	return p.response(p.send(method, params))
}

func (p *peer) response(id string) (json.RawMessage, error) {
	p.t.Helper()
	m := p.next("the answer to "+id, func(m message) bool { return m.Method == "" && string(m.ID) == id })
	if m.Error != nil {
		return nil, m.Error
	}
	return m.Result, nil
}

// next waits for a message that matches and takes it out of the inbox.
func (p *peer) next(what string, match func(message) bool) message {
	p.t.Helper()
	timeout := time.After(patience)
	for {
		p.mu.Lock()
		for i, m := range p.inbox {
			if match(m) {
				p.inbox = append(p.inbox[:i:i], p.inbox[i+1:]...)
				p.mu.Unlock()
				return m
			}
		}
		arrived := p.arrived
		p.mu.Unlock()
		select {
		case <-arrived:
		case <-timeout:
			p.t.Fatalf("%s did not come; inbox: %s", what, p.pending())
		}
	}
}

func (p *peer) pending() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var b strings.Builder
	for _, m := range p.inbox {
		fmt.Fprintf(&b, "\n%s %s %s %s", m.ID, m.Method, m.Params, m.Result)
	}
	return b.String()
}

// none fails if a message that matches has come.
func (p *peer) none(what string, match func(message) bool) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.inbox {
		if match(m) {
			p.t.Errorf("%s came: %s %s", what, m.Method, m.Params)
		}
	}
}

func method(name string) func(message) bool {
	return func(m message) bool { return m.Method == name }
}

// initialize does the handshake.
func (p *peer) initialize(dir string, capabilities map[string]any) json.RawMessage {
	p.t.Helper()
	result, err := p.call("initialize", map[string]any{
		"processId": os.Getpid(), "rootUri": fileURI(dir), "capabilities": capabilities,
	})
	if err != nil {
		p.t.Fatalf("initialize: %v", err)
	}
	p.notify("initialized", map[string]any{})
	return result
}

func (p *peer) open(uri string, version int, text string) {
	p.t.Helper()
	p.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{
		"uri": uri, "languageId": "go", "version": version, "text": text,
	}})
}

// replaceAll sends the whole new text.
func (p *peer) replaceAll(uri string, version int, text string) {
	p.t.Helper()
	p.notify("textDocument/didChange", map[string]any{
		"textDocument":   map[string]any{"uri": uri, "version": version},
		"contentChanges": []any{map[string]any{"text": text}},
	})
}

func (p *peer) save(uri string) {
	p.t.Helper()
	p.notify("textDocument/didSave", map[string]any{"textDocument": map[string]any{"uri": uri}})
}

// end waits for Serve to return.
func (p *peer) end() error {
	p.t.Helper()
	select {
	case err := <-p.served:
		return err
	case <-time.After(patience):
		p.t.Fatal("the server did not end")
		return nil
	}
}

func marshal(t *testing.T, v any) json.RawMessage {
	t.Helper()
	if v == nil {
		return nil
	}
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func fileURI(path string) string { return "file://" + path }

// code is the number of an error of the wire.
func code(err error) int {
	var f *wireFailure
	if errors.As(err, &f) {
		return f.Code
	}
	return 0
}

// eventually waits for a condition that no message tells of.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for !ok() {
		select {
		case <-ctx.Done():
			t.Fatalf("%s did not happen", what)
		case <-time.After(5 * time.Millisecond):
		}
	}
}
