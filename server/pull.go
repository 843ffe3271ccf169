package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/ctxls/ctxls/internal/config"
	"github.com/ctxls/ctxls/internal/workspace"
)

// report is what a client that pulls is told of a file. Equal diagnostics have
// equal IDs, so that nothing has to be remembered to answer "unchanged".
type report struct {
	id      string
	version protocol.Optional[int32] // of an open document
	items   []protocol.Diagnostic    // not nil
}

func newReport(doc *document, items []protocol.Diagnostic) (report, error) {
	data, err := protocol.Marshal(items)
	if err != nil {
		return report{}, fmt.Errorf("encoding diagnostics: %w", err)
	}
	sum := sha256.Sum256(data)
	r := report{id: hex.EncodeToString(sum[:12]), items: items}
	if doc != nil {
		r.version = protocol.NewOptional(doc.version)
	}
	return r, nil
}

// reports are what is known of the files, and what a client that pulls was
// told of them.
type reports struct {
	mu        sync.Mutex
	known     map[string]report // by path; a closed file without diagnostics is not in it
	told      map[string]report // without items
	workspace bool              // the client has asked for the files that are not open
	hinted    map[string]string // the IDs that the client was asked to come for
}

func newReports() *reports {
	return &reports{known: make(map[string]report), told: make(map[string]report), hinted: make(map[string]string)}
}

func (k *reports) learn(path string, r report) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, open := r.version.Get(); !open && len(r.items) == 0 {
		delete(k.known, path)
		return
	}
	k.known[path] = r
}

func (k *reports) tell(path string, r report) {
	r.items = nil
	k.told[path] = r
	delete(k.hinted, path)
}

// answered notes what the client is told about a document that it asked for.
func (k *reports) answered(path string, r report) {
	k.learn(path, r)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.tell(path, r)
}

// answeredEarly is answered, but for what is found out about the document
// meanwhile: that may be more.
func (k *reports) answeredEarly(path string, r report) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.tell(path, r)
}

func (k *reports) closed(path string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.told, path)
	if r, ok := k.known[path]; ok {
		r.version.Clear()
		k.known[path] = r
	}
}

// news reports whether the client would see something new if it asked again,
// and has no reason of its own to do so: it asks for what it has just changed.
func (k *reports) news() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	found := false
	look := func(path string, r report) {
		last, told := k.told[path]
		version, open := r.version.Get()
		switch lastVersion, _ := last.version.Get(); {
		case open && (!told || lastVersion != version), !open && !k.workspace:
			return
		case last.id == r.id || k.hinted[path] == r.id:
			return
		}
		k.hinted[path] = r.id
		found = true
	}
	for path, r := range k.known {
		look(path, r)
	}
	for path, last := range k.told {
		if _, ok := k.known[path]; !ok && last.id != noDiagnostics.id {
			look(path, noDiagnostics)
		}
	}
	return found
}

// noDiagnostics is the report of a file of which nothing is known.
var noDiagnostics = func() report {
	r, err := newReport(nil, []protocol.Diagnostic{})
	if err != nil {
		panic(err) // an empty list can be encoded
	}
	return r
}()

// Diagnostic waits for the analysis of the text that it is asked about. It
// fails as soon as that text is outdated.
func (s *session) Diagnostic(ctx context.Context, p *protocol.DocumentDiagnosticParams) (protocol.DocumentDiagnosticReport, error) {
	docs := s.requested(ctx)
	path := pathOf(p.TextDocument.URI)
	doc := docs[path]
	ctx, end := whileCurrent(ctx, doc)
	defer end()
	r, early := noDiagnostics, false
	if path != "" {
		found, err := s.await(ctx, docs, path)
		if err != nil {
			return nil, err
		}
		early = found.early
		c := &converter{client: s.client(), docs: docs, text: s.textOf(docs)}
		if found.snapshot != nil {
			c.text = found.snapshot.Text
		}
		if r, err = newReport(doc, c.diagnostics(path, found)); err != nil {
			return nil, err
		}
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	switch {
	case early: // the worker knows better, now or soon
		s.reports.answeredEarly(path, r)
		s.refresh()
	case path != "":
		s.reports.answered(path, r)
	}
	if p.PreviousResultID != nil && *p.PreviousResultID == r.id {
		return &protocol.RelatedUnchangedDocumentDiagnosticReport{UnchangedDocumentDiagnosticReport: r.unchanged()}, nil
	}
	return &protocol.RelatedFullDocumentDiagnosticReport{FullDocumentDiagnosticReport: r.full()}, nil
}

func (r report) full() protocol.FullDocumentDiagnosticReport {
	return protocol.FullDocumentDiagnosticReport{Kind: string(protocol.DocumentDiagnosticReportKindFull), ResultID: &r.id, Items: r.items}
}

func (r report) unchanged() protocol.UnchangedDocumentDiagnosticReport {
	return protocol.UnchangedDocumentDiagnosticReport{Kind: string(protocol.DocumentDiagnosticReportKindUnchanged), ResultID: r.id}
}

// await returns what is found in the current text, or why nothing is. While
// somebody types it waits as long as the worker does.
func (s *session) await(ctx context.Context, docs documents, path string) (*fileResult, error) {
	if err := s.awaitSettings(ctx); err != nil {
		return nil, err
	}
	if err := s.awaitTyping(ctx, docs, path); err != nil {
		return nil, err
	}
	v := s.viewOf(path)
	if v == nil {
		return alone(docs, v, path), nil
	}
	find := s.findSoon
	if !s.client().refreshes { // it wouldn't hear of what the rest of the package changes
		find = func(ctx context.Context, v *view, docs documents, path string) (*fileResult, []workspace.Error, error) {
			return s.find(ctx, v, docs, path, nil)
		}
	}
	r, problems, err := find(ctx, v, docs, path)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	var load *workspace.LoadError
	switch {
	case errors.As(err, &load):
		problems = load.Errors
	case errors.Is(err, workspace.ErrNoPackages):
		err = nil
	case errors.Is(err, protocol.ErrContentModified), errors.Is(err, errNoAnswer):
		return nil, err
	}
	if r != nil {
		return r, nil
	}
	note := new(fileResult)
	for _, e := range problems {
		if e.File == path {
			note.add(e)
		}
	}
	switch {
	case note.problem != nil:
		return note, nil
	case err != nil:
		note.add(workspace.Error{File: path, Message: err.Error()})
		return note, nil
	}
	return alone(docs, v, path), nil
}

// awaitTyping waits until the worker would analyse the document as well. It
// fails as soon as that is outdated.
func (s *session) awaitTyping(ctx context.Context, docs documents, path string) error {
	doc := docs[path]
	if doc == nil || doc.edited.IsZero() {
		return nil
	}
	ctx, end := whileCurrent(ctx, doc)
	defer end()
	if s.typingDelay(path) == config.OnSave {
		if err := s.awaitSave(ctx, doc); err != nil {
			return err
		}
	}
	return sleep(ctx, time.Until(doc.edited.Add(s.typingDelay(path))))
}

// awaitSave waits until the document is saved, or the settings have it analysed
// without that.
func (s *session) awaitSave(ctx context.Context, doc *document) error {
	tick := time.NewTicker(500 * time.Millisecond) // settings change seldom
	defer tick.Stop()
	for s.typingDelay(doc.path) == config.OnSave {
		select {
		case <-doc.saved:
			return nil
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// sleep waits, unless ctx ends before.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// DiagnosticWorkspace tells at once what is known. It leaves out documents
// that have changed since: the client asks for those by themselves.
func (s *session) DiagnosticWorkspace(_ context.Context, p *protocol.WorkspaceDiagnosticParams) (*protocol.WorkspaceDiagnosticReport, error) {
	docs := s.documents()
	previous := make(map[string]string)
	uris := make(map[string]uri.URI) // as the client spells them
	for _, r := range p.PreviousResultIds {
		if path := pathOf(r.URI); path != "" {
			previous[path], uris[path] = r.Value, r.URI
		}
	}
	s.reports.mu.Lock()
	defer s.reports.mu.Unlock()
	s.reports.workspace = true
	for path := range s.reports.known {
		if uris[path] == "" {
			uris[path] = docs.uri(path)
		}
	}
	items := []protocol.WorkspaceDocumentDiagnosticReport{}
	for _, path := range slices.Sorted(maps.Keys(uris)) {
		r, known := s.reports.known[path]
		if !known {
			r = noDiagnostics
		}
		var version *int32
		if doc := docs[path]; doc != nil {
			if v, open := r.version.Get(); !open || v != doc.version {
				continue
			}
			version = &doc.version
		}
		s.reports.tell(path, r)
		if previous[path] == r.id {
			items = append(items, &protocol.WorkspaceUnchangedDocumentDiagnosticReport{
				UnchangedDocumentDiagnosticReport: r.unchanged(), URI: uris[path], Version: version,
			})
			continue
		}
		items = append(items, &protocol.WorkspaceFullDocumentDiagnosticReport{
			FullDocumentDiagnosticReport: r.full(), URI: uris[path], Version: version,
		})
	}
	return &protocol.WorkspaceDiagnosticReport{Items: items}, nil
}

const refreshAnswer = 5 * time.Second // for the client to take note

// refresh asks the client to come for news, if there are any and it can be
// asked. It does not wait for the answer.
func (s *session) refresh() {
	if client := s.client(); !client.pulls || !client.refreshes || !s.reports.news() {
		return
	}
	s.spawn("refresh", func() {
		ctx, cancel := context.WithTimeout(s.root, refreshAnswer)
		defer cancel()
		if err := s.editor.DiagnosticRefresh(ctx); err != nil && s.root.Err() == nil {
			s.log.WarnContext(ctx, "the client did not take a refresh", "error", err)
		}
	})
}
