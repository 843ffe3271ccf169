package server

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"time"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"

	"github.com/ctxls/ctxls/internal/config"
)

// session is one client's visit.
type session struct {
	protocol.UnimplementedServer

	opts Options
	log  *slog.Logger
	root context.Context // of all background work
	quit context.CancelFunc

	conn    jsonrpc2.Conn
	editor  protocol.Client
	worker  *worker
	pub     *publisher     // for a client that is told
	reports *reports       // for a client that asks
	tasks   sync.WaitGroup // background goroutines
	calls   sync.WaitGroup // requests that run beside the wire and are not answered yet

	configured chan struct{} // closed when the client was asked for its settings

	tokens  int               // of progress; only the worker uses it
	modules map[string]string // of the workspace, with their folders; only the worker uses it

	mu             sync.Mutex // taken before that of a view
	phase          phase
	started        bool // the client has said that it is initialized
	stopping       bool // nothing is spawned any more
	info           clientInfo
	docs           documents
	folders        []string
	views          []*view
	unread         bool // folders or settings changed, and the views don't know yet
	settings       config.Config
	pulled         bool                // the client had settings when it was last asked
	said           map[string]bool     // messages that were shown and still hold
	complaints     []string            // about the settings
	fileComplaints map[string][]string // about configuration files, by the view's folder
}

func newSession(root context.Context, quit context.CancelFunc, opts Options) *session {
	if opts.Typing == 0 {
		opts.Typing = 150 * time.Millisecond
	}
	if opts.newDriver == nil {
		opts.newDriver = newWorkspaceDriver
	}
	if opts.processPoll == 0 {
		opts.processPoll = 5 * time.Second
	}
	return &session{
		opts: opts, log: opts.logger(), root: root, quit: quit,
		worker: newWorker(), pub: &publisher{told: make(map[string]told)}, reports: newReports(),
		configured: make(chan struct{}), modules: make(map[string]string),
		said: make(map[string]bool), fileComplaints: make(map[string][]string),
	}
}

func (s *session) start(stream jsonrpc2.Stream) {
	s.conn = jsonrpc2.NewConn(stream)
	s.editor = protocol.ClientDispatcher(s.conn)
	s.spawn("worker", func() {
		s.worker.loop(s.root, s.run, func(cause any, stack []byte) {
			s.log.Error("an analysis failed", "cause", cause, "stack", string(stack))
			s.say(protocol.MessageTypeError, "ctxls failed on its own account, see its log; it goes on with the next edit")
		})
	})
	s.conn.Go(s.root, s.handler())
}

// spawn starts a goroutine that stop waits for.
func (s *session) spawn(name string, f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spawnLocked(name, f)
}

func (s *session) spawnLocked(name string, f func()) {
	if s.stopping {
		return
	}
	s.tasks.Go(func() {
		defer s.recovered(name) //ctxls:ignore swallowedpanic the tasks know nothing of each other
		f()
	})
}

// stop waits for everything that the session started; its root context has
// ended.
func (s *session) stop() {
	s.conn.Close() // its handlers first
	s.mu.Lock()
	s.stopping = true
	s.mu.Unlock()
	s.tasks.Wait()
	for _, v := range s.allViews() {
		v.close(s.log)
	}
}

// inputClosed ends the session when there was time to answer what came before
// the end of the input. The connection may be far behind, or stand still
// because the client takes no answers. It runs on the reading goroutine.
func (s *session) inputClosed() {
	s.spawn("the end of the input", func() {
		if sleep(s.root, drainTime) == nil {
			s.quit()
		}
	})
}

// inputEnded lets the requests that came before the end be answered, then ends
// the session. It runs on the connection's reading goroutine.
func (s *session) inputEnded() {
	drained := make(chan struct{})
	s.spawn("draining", func() { // the calls end with the connection, which stop closes first
		defer close(drained)
		s.calls.Wait()
	})
	select {
	case <-drained:
	case <-s.root.Done():
	}
	s.quit()
}

func (s *session) documents() documents {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.docs
}

func (s *session) client() clientInfo {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.info
}

// textOf reads files as they are in the editor, or else on disk.
func (s *session) textOf(docs documents) func(path string) ([]byte, error) {
	return func(path string) ([]byte, error) {
		if doc := docs[path]; doc != nil {
			return doc.text, nil
		}
		return os.ReadFile(path)
	}
}

func (s *session) setDocument(doc *document) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.docs[doc.path]; old != nil {
		old.outdate()
	}
	s.docs = s.docs.with(doc)
	for _, v := range s.views {
		v.withDriver(func(d driver) { d.SetOverlay(doc.path, doc.text) })
	}
}

func (s *session) dropDocument(path string) {
	s.mu.Lock()
	if old := s.docs[path]; old != nil {
		old.outdate()
	}
	s.docs = s.docs.without(path)
	for _, v := range s.views {
		v.withDriver(func(d driver) { d.SetOverlay(path, nil) })
	}
	s.mu.Unlock()
	s.pub.closed(path)
	s.reports.closed(path)
}

// say shows a message once for as long as it holds.
func (s *session) say(kind protocol.MessageType, message string) {
	s.mu.Lock()
	again := s.said[message]
	s.said[message] = true
	s.mu.Unlock()
	if again {
		return
	}
	err := s.editor.ShowMessage(s.root, &protocol.ShowMessageParams{Type: kind, Message: message})
	if err != nil {
		s.log.WarnContext(s.root, "a message could not be shown", "message", message, "error", err)
	}
}

// unsay forgets a message: when it holds again, it is shown again.
func (s *session) unsay(message string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.said, message)
}
