package server

import (
	"context"
	"maps"
	"sync"
	"time"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/ctxls/ctxls/internal/config"
)

// document is one version of an open document. Nothing of it changes but that
// it is saved.
type document struct {
	uri     uri.URI // as the client spells it
	path    string
	version int32
	text    []byte        // not nil, even if it is empty: drivers take nil for no document
	edited  time.Time     // when it came to be by a change; zero: it was opened
	saved   chan struct{} // closed by markSaved
	once    sync.Once

	current context.Context // ends when there is another version, or none
	outdate context.CancelFunc
}

// newDocument makes a version of a document. The session outdates it, or ends.
func (s *session) newDocument(u uri.URI, path string, version int32, text []byte) *document {
	current, outdate := context.WithCancel(s.root)
	return &document{uri: u, path: path, version: version, text: text, saved: make(chan struct{}), current: current, outdate: outdate}
}

func (d *document) markSaved() { d.once.Do(func() { close(d.saved) }) }

// whileCurrent returns a context that ends, with the cause
// [protocol.ErrContentModified], as soon as the document is another one. It
// stands for a file that is not open if it is nil. Whoever calls it calls end.
func whileCurrent(ctx context.Context, doc *document) (current context.Context, end func()) {
	current, cancel := context.WithCancelCause(ctx)
	if doc == nil {
		return current, func() { cancel(nil) }
	}
	stop := context.AfterFunc(doc.current, func() { cancel(protocol.ErrContentModified) })
	return current, func() {
		stop()
		cancel(nil)
	}
}

// documents are the open documents by path. A value is never modified: each
// change makes a new one.
type documents map[string]*document

func (d documents) with(doc *document) documents {
	next := make(documents, len(d)+1)
	maps.Copy(next, d)
	next[doc.path] = doc
	return next
}

func (d documents) without(path string) documents {
	next := maps.Clone(d)
	delete(next, path)
	return next
}

// uri is the name by which the client knows the file.
func (d documents) uri(path string) uri.URI {
	if doc := d[path]; doc != nil {
		return doc.uri
	}
	return uri.File(path)
}

// Apply returns the text after the changes, each of which starts from the
// result of the one before.
func Apply(text []byte, changes []protocol.TextDocumentContentChangeEvent, encoding protocol.PositionEncodingKind) []byte {
	for _, change := range changes {
		switch c := change.(type) {
		case *protocol.TextDocumentContentChangeWholeDocument:
			text = []byte(c.Text)
		case *protocol.TextDocumentContentChangePartial:
			m := newMapper(text, encoding)
			start, end := m.offset(c.Range.Start), m.offset(c.Range.End)
			if end < start {
				start, end = end, start
			}
			next := make([]byte, 0, len(text)-(end-start)+len(c.Text)) // not nil
			next = append(next, text[:start]...)
			next = append(next, c.Text...)
			text = append(next, text[end:]...)
		}
	}
	return text
}

func (s *session) DidOpen(_ context.Context, p *protocol.DidOpenTextDocumentParams) error {
	path := pathOf(p.TextDocument.URI)
	if path == "" {
		return nil // a buffer without a file is in no package
	}
	s.setDocument(s.newDocument(p.TextDocument.URI, path, p.TextDocument.Version, []byte(p.TextDocument.Text)))
	s.worker.submit(job{focus: []string{path}, importers: true, all: true})
	return nil
}

func (s *session) DidChange(_ context.Context, p *protocol.DidChangeTextDocumentParams) error {
	old := s.documents()[pathOf(p.TextDocument.URI)]
	if old == nil {
		s.log.WarnContext(s.root, "a change of a document that is not open", "uri", p.TextDocument.URI)
		return nil
	}
	text := Apply(old.text, p.ContentChanges, s.client().encoding)
	doc := s.newDocument(old.uri, old.path, p.TextDocument.Version, text)
	doc.edited = time.Now()
	s.setDocument(doc)
	if delay := s.typingDelay(old.path); delay != config.OnSave {
		s.worker.submitLater(delay, old.path)
	}
	return nil
}

func (s *session) DidSave(_ context.Context, p *protocol.DidSaveTextDocumentParams) error {
	path := pathOf(p.TextDocument.URI)
	if path == "" {
		return nil
	}
	if doc := s.documents()[path]; doc != nil {
		doc.markSaved()
	}
	s.filesChanged(path)
	s.worker.submit(job{focus: []string{path}, importers: true, all: true})
	return nil
}

func (s *session) DidClose(_ context.Context, p *protocol.DidCloseTextDocumentParams) error {
	path := pathOf(p.TextDocument.URI)
	if s.documents()[path] == nil {
		return nil
	}
	s.dropDocument(path)
	// The text on disk may be another one, and its packages and importers in
	// every view with it.
	s.worker.submit(job{focus: []string{path}, importers: true, all: true})
	return nil
}
