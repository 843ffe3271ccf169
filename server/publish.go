package server

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/config"
)

// source tells our diagnostics from those of other servers.
const source = "ctxls"

// publisher remembers what the client was told of each file.
type publisher struct {
	mu   sync.Mutex
	told map[string]told // by path
}

type told struct {
	sum     [sha256.Size]byte // of the diagnostics
	version protocol.Optional[int32]
}

// news records what is about to be sent, and reports whether the client does
// not know it yet.
func (p *publisher) news(path string, version protocol.Optional[int32], diagnostics []protocol.Diagnostic) (bool, error) {
	data, err := protocol.Marshal(diagnostics)
	if err != nil {
		return false, fmt.Errorf("encoding diagnostics: %w", err)
	}
	next := told{sha256.Sum256(data), version}
	_, open := version.Get()
	p.mu.Lock()
	defer p.mu.Unlock()
	last, known := p.told[path]
	if known && (last == next || !open && last.sum == next.sum) || !known && !open && len(diagnostics) == 0 {
		return false, nil
	}
	if !open && len(diagnostics) == 0 {
		delete(p.told, path)
	} else {
		p.told[path] = next
	}
	return true, nil
}

// closed notes that the client has given up its versions of the file.
func (p *publisher) closed(path string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if last, ok := p.told[path]; ok {
		last.version.Clear()
		p.told[path] = last
	}
}

// publish sends what is known of a file, unless it is out of date or known to
// the client. A nil result means that one view knows nothing of it any more.
func (s *session) publish(path string, r *fileResult) {
	docs := s.documents()
	doc := docs[path]
	for _, v := range s.allViews() {
		if r == nil {
			r = v.result(path)
		}
	}
	if r == nil {
		r = new(fileResult)
	}
	c := &converter{client: s.client(), docs: docs, text: s.textOf(docs)}
	if r.snapshot != nil {
		if !r.current(doc) {
			if c.client.pulls || s.typingDelay(path) != config.OnSave {
				return // the edit that made it so has its own job, or comes for it with the next save
			}
			doc = nil // what was saved is of no version that the client still has
		}
		c.text = r.snapshot.Text
	}
	list := c.diagnostics(path, r)
	if len(r.findings) > 0 { // after their places are made from the text
		if _, err := c.text(path); errors.Is(err, fs.ErrNotExist) {
			return // nothing can be shown in it, and its end has its own job
		}
	}
	err := s.tell(c.client, docs.uri(path), path, doc, list)
	if err != nil && s.root.Err() == nil {
		s.log.WarnContext(s.root, "diagnostics could not be published", "file", path, "error", err)
	}
}

// tell sends news of a file to the client, or keeps them until it asks. They
// are about doc, or if that is nil about the text on disk.
func (s *session) tell(client clientInfo, u uri.URI, path string, doc *document, list []protocol.Diagnostic) error {
	if client.pulls {
		r, err := newReport(doc, list)
		if err == nil {
			s.reports.learn(path, r)
		}
		return err
	}
	params := &protocol.PublishDiagnosticsParams{URI: u, Diagnostics: list}
	if doc != nil {
		params.Version = protocol.NewOptional(doc.version)
	}
	if news, err := s.pub.news(path, params.Version, list); err != nil || !news {
		return err
	}
	return s.editor.PublishDiagnostics(s.root, params)
}

func (c *converter) diagnostics(path string, r *fileResult) []protocol.Diagnostic {
	list := make([]protocol.Diagnostic, 0, len(r.findings)+1)
	for i := range r.findings {
		list = append(list, c.diagnostic(&r.findings[i]))
	}
	if r.problem == nil {
		return list
	}
	m := c.mapper(path)
	at := m.position(m.byteColumn(r.problem.Line, r.problem.Column))
	message := "not analysed: " + r.problem.Message
	if r.partial {
		message = "not analysed completely: " + r.problem.Message
	}
	if r.more > 0 {
		message += fmt.Sprintf(" (and %d more)", r.more)
	}
	return append(list, protocol.Diagnostic{
		Range: protocol.Range{Start: at, End: at}, Severity: protocol.DiagnosticSeverityInformation,
		Source: protocol.NewOptional(source), Message: protocol.String(message),
	})
}

// diagnosticData always looks the same for the same finding, as a map would not.
type diagnosticData struct {
	Rule     string `json:"rule"`
	Variable string `json:"variable"`
}

var severities = map[diagnostics.Severity]protocol.DiagnosticSeverity{
	rule.Hint:        protocol.DiagnosticSeverityHint,
	rule.Information: protocol.DiagnosticSeverityInformation,
	rule.Warning:     protocol.DiagnosticSeverityWarning,
	rule.Error:       protocol.DiagnosticSeverityError,
}

func (c *converter) diagnostic(f *diagnostics.Finding) protocol.Diagnostic {
	d := protocol.Diagnostic{
		Range:    c.mapper(f.Range.File).rangeOf(f.Range),
		Severity: severities[f.Severity],
		Code:     protocol.String(f.Rule),
		Source:   protocol.NewOptional(source),
		Message:  protocol.String(f.Message),
	}
	if r := diagnostics.ByName(f.Rule); r != nil && c.client.codeDescription {
		d.CodeDescription = protocol.CodeDescription{Href: uri.URI(r.URL())}
	}
	if f.Needless && c.client.unnecessary {
		d.Tags = protocol.NewDiagnosticTags(protocol.DiagnosticTagUnnecessary)
	}
	if c.client.related {
		for _, r := range f.Related {
			d.RelatedInformation = append(d.RelatedInformation, protocol.DiagnosticRelatedInformation{
				Location: c.location(r.Range), Message: r.Message,
			})
		}
	}
	if c.client.diagnosticData {
		// For clients' own use; our code actions never rely on it.
		if data, err := json.Marshal(diagnosticData{f.Rule, f.Variable}); err == nil {
			d.Data = data
		}
	}
	return d
}
