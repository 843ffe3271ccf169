package front

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ctxls/ctxls/server"
)

// patience is how long a test waits for what must come.
const patience = 30 * time.Second

var stdCache string // shared by all tests: the standard library is analysed once

func TestMain(m *testing.M) {
	var err error
	if stdCache, err = os.MkdirTemp("", "ctxls-front-test"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(status int) {
		os.RemoveAll(stdCache)
		os.Exit(status)
	}))
}

// wire is one side of a connection, and what came in on it.
type wire struct {
	t      testing.TB
	name   string
	stream *server.Stream
	ended  chan struct{} // closed when nothing more comes

	mu      sync.Mutex
	inbox   []*message
	arrived chan struct{}
	lastID  int
}

// listen reads what comes in; answer is asked first and may take a message.
func (w *wire) listen(answer func(m *message) bool) {
	defer close(w.ended)
	for {
		frame, _, err := w.stream.ReadFrame(context.Background())
		if err != nil {
			return
		}
		m := new(message)
		if err := json.Unmarshal(frame, m); err != nil {
			w.t.Errorf("%s got %s: %v", w.name, frame, err)
			continue
		}
		if answer != nil && answer(m) {
			continue
		}
		w.mu.Lock()
		w.inbox = append(w.inbox, m)
		close(w.arrived)
		w.arrived = make(chan struct{})
		w.mu.Unlock()
	}
}

func (w *wire) send(m *message) {
	frame, err := m.encode()
	if err == nil {
		_, err = w.stream.WriteFrame(context.Background(), frame)
	}
	if err != nil && !errors.Is(err, io.ErrClosedPipe) {
		w.t.Errorf("%s cannot send: %v", w.name, err)
	}
}

func (w *wire) notify(method string, params any) {
	w.send(&message{Method: method, Params: encode(w.t, params)})
}

// ask sends a request and returns its ID.
func (w *wire) ask(method string, params any) string {
	w.mu.Lock()
	w.lastID++
	id := fmt.Sprint(w.lastID)
	w.mu.Unlock()
	w.send(&message{ID: json.RawMessage(id), Method: method, Params: encode(w.t, params)})
	return id
}

// call sends a request and waits for the answer.
func (w *wire) call(method string, params any) *message {
	w.t.Helper()
	return w.answer(w.ask(method, params))
}

func (w *wire) answer(id string) *message {
	w.t.Helper()
	return w.next("the answer to "+id, func(m *message) bool { return m.isResponse() && string(m.ID) == id })
}

// next waits for a message and takes it out of the inbox.
func (w *wire) next(what string, match func(*message) bool) *message {
	w.t.Helper()
	timeout := time.After(patience)
	for {
		w.mu.Lock()
		for i, m := range w.inbox {
			if match(m) {
				w.inbox = append(w.inbox[:i:i], w.inbox[i+1:]...)
				w.mu.Unlock()
				return m
			}
		}
		arrived := w.arrived
		w.mu.Unlock()
		select {
		case <-arrived:
		case <-timeout:
			w.mu.Lock()
			defer w.mu.Unlock()
			for _, m := range w.inbox {
				w.t.Logf("%s has %s %s %s %s", w.name, m.ID, m.Method, m.Params, m.Result)
			}
			w.t.Fatalf("%s: %s did not come", w.name, what)
		}
	}
}

func (w *wire) none(what string, match func(*message) bool) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, m := range w.inbox {
		if match(m) {
			w.t.Errorf("%s got %s: %s %s", w.name, what, m.Method, m.Params)
		}
	}
}

func method(name string) func(*message) bool {
	return func(m *message) bool { return m.Method == name }
}

// life is a fake gopls from its start to its end.
type life struct {
	wire
	die func()
}

// visit is a client, the front, and the gopls behind it.
type visit struct {
	wire
	lives  chan *life
	served chan error
	hangUp func()
	dir    string

	settings json.RawMessage // what requests for them get; nil: the test answers
	requests []*message      // of the servers, that were answered
}

// open starts a front. Each gopls that it starts answers by gopls; nil leaves
// a message in the inbox of its life.
func open(t testing.TB, gopls func(l *life, m *message) *message) *visit {
	t.Helper()
	v := &visit{lives: make(chan *life, 10), served: make(chan error, 1), dir: t.TempDir()}
	var lives sync.WaitGroup
	start := func(ctx context.Context) (*Process, error) {
		toGopls, in := io.Pipe()
		out, fromGopls := io.Pipe()
		l := &life{wire: newWire(t, "gopls", toGopls, fromGopls)}
		l.die = func() { fromGopls.Close(); toGopls.Close() }
		stop := context.AfterFunc(ctx, l.die)
		lives.Go(func() {
			defer stop()
			l.listen(func(m *message) bool {
				reply := gopls(l, m)
				if reply != nil {
					reply.ID = m.ID
					l.send(reply)
				}
				return reply != nil
			})
			l.die()
		})
		v.lives <- l
		return &Process{In: in, Out: out, Wait: func() error { <-l.ended; return nil }}, nil
	}
	v.start(t, start)
	t.Cleanup(lives.Wait)
	return v
}

func (v *visit) start(t testing.TB, start func(context.Context) (*Process, error)) {
	toFront, in := io.Pipe()
	out, fromFront := io.Pipe()
	v.wire = newWire(t, "the client", out, in)
	v.hangUp = func() { in.Close() }
	opts := Options{Start: start, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
	opts.Server = server.Options{CacheDir: stdCache, Log: opts.Log, Typing: time.Millisecond}
	go v.listen(func(m *message) bool {
		result := json.RawMessage("null")
		if m.Method == "workspace/configuration" {
			result = v.settings
		}
		if m.isRequest() && result != nil {
			v.mu.Lock()
			v.requests = append(v.requests, m)
			v.mu.Unlock()
			go v.send(&message{ID: m.ID, Result: result}) // not on the goroutine that reads: pipes have no room
			return true
		}
		return false
	})
	go func() { v.served <- Serve(t.Context(), opts, toFront, fromFront) }()
	t.Cleanup(func() {
		in.Close()
		select {
		case <-v.served:
		case <-time.After(patience):
			t.Error("the front did not end with its input")
		}
		fromFront.Close()
		<-v.ended
	})
}

func newWire(t testing.TB, name string, in io.Reader, out io.WriteCloser) wire {
	return wire{
		t: t, name: name, stream: server.NewStream(readWriter{in, out}, func() {}),
		ended: make(chan struct{}), arrived: make(chan struct{}),
	}
}

// life waits for the next gopls that is started.
func (v *visit) life() *life {
	v.t.Helper()
	select {
	case l := <-v.lives:
		return l
	case <-time.After(patience):
		v.t.Fatal("no gopls was started")
		return nil
	}
}

// everything is what most clients can.
var everything = map[string]any{
	"general":   map[string]any{"positionEncodings": []string{"utf-8", "utf-16"}},
	"workspace": map[string]any{"configuration": true, "applyEdit": true, "workspaceEdit": map[string]any{"documentChanges": true}},
	"window":    map[string]any{"workDoneProgress": true},
	"textDocument": map[string]any{
		"codeAction": map[string]any{
			"codeActionLiteralSupport": map[string]any{"codeActionKind": map[string]any{"valueSet": []string{"quickfix", "source"}}},
			"dataSupport":              true, "resolveSupport": map[string]any{"properties": []string{"edit"}},
		},
		"hover":              map[string]any{"contentFormat": []string{"markdown"}},
		"inlayHint":          map[string]any{},
		"codeLens":           map[string]any{},
		"diagnostic":         map[string]any{},
		"publishDiagnostics": map[string]any{"relatedInformation": true},
	},
}

// greet does the handshake.
func (v *visit) greet(options any) *message {
	v.t.Helper()
	m := v.call("initialize", map[string]any{
		"processId": os.Getpid(), "rootUri": "file://" + v.dir, "capabilities": everything, "initializationOptions": options,
	})
	v.notify("initialized", map[string]any{})
	return m
}

// write makes a file of the workspace and returns its URI.
func (v *visit) write(name, text string) string {
	v.t.Helper()
	path := filepath.Join(v.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		v.t.Fatal(err)
	}
	return "file://" + path
}

func (v *visit) open(uri, text string) {
	v.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{
		"uri": uri, "languageId": "go", "version": 1, "text": text,
	}})
}

func encode(t testing.TB, v any) json.RawMessage {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
