package front

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"go.lsp.dev/protocol"

	"github.com/ctxls/ctxls/server"
)

// Options configure the front.
type Options struct {
	Server server.Options
	Start  func(ctx context.Context) (*Process, error) // a gopls, see Command
	Log    *slog.Logger                                // nil: slog.Default()
}

// front is one client's visit.
type front struct {
	opts Options
	log  *slog.Logger

	client, ours *outbox
	tasks        sync.WaitGroup
	quit         context.CancelFunc

	mu        sync.Mutex
	exchanges map[string]*exchange // by the client's ID
	late      map[string]bool      // requests that were answered without gopls
	asked     map[string]string    // who alone was asked, by the client's ID
	commands  []string             // of our server
	published map[string]*published
	aliases   aliases
	progress  map[string]json.RawMessage // the tokens that gopls has begun something under, and not ended it

	leaving chan struct{} // closed when the client has said exit, or is gone

	greeted    chan struct{}   // closed when the client has: no server may speak before
	hello      json.RawMessage // what gopls is greeted with
	helloID    json.RawMessage // of the client's request
	gopls      *outbox         // nil: none runs
	stopGopls  context.CancelFunc
	ready      bool   // it has answered the greeting
	refusal    string // why it doesn't
	generation int    // counts the gopls that were started

	documents     map[string]*document
	folders       []*message // changes of the workspace folders
	configuration *message   // the last one
}

// Serve talks LSP until the client exits, vanishes or closes in, or until ctx
// ends. It returns nil after a shutdown request.
func Serve(ctx context.Context, opts Options, in io.Reader, out io.Writer) error {
	f := &front{
		opts: opts, log: opts.Log, client: newOutbox(), ours: newOutbox(),
		exchanges: make(map[string]*exchange), late: make(map[string]bool), asked: make(map[string]string),
		published: make(map[string]*published), documents: make(map[string]*document), progress: make(map[string]json.RawMessage),
		greeted: make(chan struct{}), leaving: make(chan struct{}),
	}
	if f.log == nil {
		f.log = slog.Default()
	}
	root, quit := context.WithCancel(ctx)
	f.quit = quit
	defer f.end(in, out)

	toOurs, oursIn := io.Pipe()
	oursOut, fromOurs := io.Pipe()
	served := make(chan error, 1)
	f.tasks.Go(func() {
		err := server.Serve(root, opts.Server, toOurs, fromOurs)
		fromOurs.Close()
		served <- err
	})
	ours := server.NewStream(readWriter{oursOut, oursIn}, func() {})
	f.deliver(root, "our server", f.ours, ours)
	heard := make(chan struct{})
	f.tasks.Go(func() {
		defer close(heard)
		f.read(root, ours, f.fromOurs)
	})

	outside := server.NewStream(readWriter{in, nopCloser{out}}, func() {})
	told := f.deliver(root, "the client", f.client, outside)
	reading := make(chan struct{})
	go func() { // a read that can't be interrupted is left behind
		defer close(reading)
		f.read(root, outside, f.fromClient)
	}()
	left := make(chan struct{})
	f.tasks.Go(func() {
		defer close(left)
		f.keepGopls(root)
	})

	var err error
	select {
	case err = <-served:
	case <-reading:
		f.ours.close() // it answers what it was asked, and ends
		err = <-served
	}
	patience, giveUp := context.WithTimeout(root, closeTime)
	defer giveUp()
	await := func(end <-chan struct{}) {
		select {
		case <-end:
		case <-patience.Done(): // the client takes nothing, or gopls doesn't end
		}
	}
	await(heard) // its last answers
	f.leave()
	await(told)
	await(left)
	return err
}

// leave lets gopls end by the end of its input, and the client have what is
// still to be said.
func (f *front) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.markLeaving()
	if f.gopls != nil {
		f.gopls.close()
	}
	f.client.close()
}

// markLeaving says that gopls isn't started again; the front is locked.
func (f *front) markLeaving() {
	if !f.isLeaving() {
		close(f.leaving)
	}
}

func (f *front) isLeaving() bool {
	select {
	case <-f.leaving:
		return true
	default:
		return false
	}
}

// closeTime is how long what still runs may take when the visit ends.
const closeTime = 2 * time.Second

// end stops everything and closes the client's side, which may stand in a
// read or a write.
func (f *front) end(in io.Reader, out io.Writer) {
	f.quit()
	for _, side := range []any{in, out} {
		if c, ok := side.(io.Closer); ok {
			c.Close()
		}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f.tasks.Wait()
	}()
	select {
	case <-done:
	case <-time.After(closeTime + killTime):
		f.log.Warn("the session ends while something still runs")
	}
}

// read hands on what comes in until that ends.
func (f *front) read(ctx context.Context, s *server.Stream, handle func(m *message, frame []byte)) {
	for {
		frame, _, err := s.ReadFrame(ctx)
		if err != nil {
			return
		}
		f.each(bytes.Clone(frame), handle)
	}
}

// deliver writes what is in an outbox to a side; the visit ends when it can't.
// What it returns is closed when all is written.
func (f *front) deliver(ctx context.Context, name string, o *outbox, s *server.Stream) <-chan struct{} {
	done := make(chan struct{})
	f.tasks.Go(func() {
		defer close(done)
		defer s.Close()
		err := o.deliver(ctx, func(ctx context.Context, frame []byte) error {
			_, err := s.WriteFrame(ctx, frame)
			return err
		})
		if err != nil && ctx.Err() == nil {
			f.log.WarnContext(ctx, "the session ends", "cannot write to", name, "error", err)
			f.quit()
		}
	})
	return done
}

// each hands on the messages of a frame, which is the front's, one by one.
func (f *front) each(frame []byte, handle func(m *message, frame []byte)) {
	messages, err := parse(frame)
	if err != nil {
		f.log.Warn("an unreadable message", "error", err)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range messages {
		if len(messages) > 1 {
			if frame, err = m.encode(); err != nil {
				f.log.Warn("a message of a batch was dropped", "error", err)
				continue
			}
		}
		handle(m, frame)
	}
}

// fromOurs passes on what our server says.
func (f *front) fromOurs(m *message, _ []byte) {
	ex := f.exchanges[string(m.ID)]
	switch {
	case m.isResponse() && ex != nil:
		if ex.method == protocol.MethodInitialize {
			f.commands = commandsOf(m.Result)
		}
		f.answered(ex, m, true)
	case m.isResponse():
		if f.asked[string(m.ID)] == ourName {
			delete(f.asked, string(m.ID))
			f.tell(m)
		}
	case m.isRequest():
		m.ID = f.aliases.of(ourName, m.ID)
		f.tell(m)
	case m.Method == protocol.MethodTextDocumentPublishDiagnostics:
		f.publish(m, true)
	default:
		f.tell(f.aliases.cancels(ourName, m))
	}
}

func commandsOf(greeting json.RawMessage) []string {
	var r struct {
		Capabilities struct{ ExecuteCommandProvider struct{ Commands []string } }
	}
	if json.Unmarshal(greeting, &r) != nil {
		return nil
	}
	return r.Capabilities.ExecuteCommandProvider.Commands
}

// tell sends a message to the client.
func (f *front) tell(m *message) {
	frame, err := m.encode()
	if err != nil {
		f.log.Error("a message was dropped", "method", m.Method, "error", err)
		return
	}
	f.toClient(frame)
}

func (f *front) toClient(frame []byte) { f.put(f.client, frame) }
func (f *front) toOurs(frame []byte)   { f.put(f.ours, frame) }

// put sends a frame; the visit ends when the other side takes nothing, since
// it would miss some.
func (f *front) put(o *outbox, frame []byte) {
	if err := o.put(frame); err != nil {
		f.log.Error("the session ends", "error", err)
		f.quit()
	}
}

// show tells the user something.
func (f *front) show(kind int, text string) {
	params, err := json.Marshal(map[string]any{"type": kind, "message": text})
	if err != nil {
		panic(fmt.Sprintf("a number and a string: %v", err))
	}
	f.tell(&message{Method: "window/showMessage", Params: params})
}

// nopCloser leaves the client's side open: it isn't ours.
type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }
