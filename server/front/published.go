package front

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
)

// published is what both say of a file. Clients replace all they know of it by
// each list, so that every list holds both.
type published struct {
	uri          string
	ours, theirs []json.RawMessage
}

// publication is the parameter of textDocument/publishDiagnostics.
type publication struct {
	URI         string            `json:"uri"`
	Version     json.RawMessage   `json:"version,omitempty"`
	Diagnostics []json.RawMessage `json:"diagnostics"`
}

// publish joins a list with what the other side said last.
func (f *front) publish(m *message, ours bool) {
	var p publication
	if err := json.Unmarshal(m.Params, &p); err != nil {
		f.log.Warn("unreadable diagnostics", "error", err)
		return
	}
	path := pathOf(p.URI)
	known := f.published[path]
	if known == nil {
		known = new(published)
		f.published[path] = known
	}
	known.uri = p.URI
	if ours {
		known.ours = p.Diagnostics
	} else {
		known.theirs = p.Diagnostics
	}
	if len(known.ours)+len(known.theirs) == 0 {
		delete(f.published, path)
	}
	if doc := f.documents[path]; doc != nil {
		p.URI = doc.URI
	}
	p.Diagnostics = known.list()
	params, err := json.Marshal(p)
	if err != nil {
		f.log.Error("encoding diagnostics", "error", err)
		return
	}
	f.tell(&message{Method: m.Method, Params: params})
}

// list is what the client gets: gopls's, without what ours say better, then
// ours.
func (p *published) list() []json.RawMessage {
	out := make([]json.RawMessage, 0, len(p.theirs)+len(p.ours))
	lines := p.lostCancels()
	for _, d := range p.theirs {
		if !doubles(d, lines) {
			out = append(out, d)
		}
	}
	return append(out, p.ours...)
}

// seen is what is looked at of a diagnostic.
type seen struct {
	Range   struct{ Start struct{ Line int } }
	Source  string
	Code    any
	Message string
}

// lostCancels are the lines, from 0, at which we report a lost cancel.
func (p *published) lostCancels() []int {
	var lines []int
	for _, raw := range p.ours {
		var d seen
		if json.Unmarshal(raw, &d) == nil && d.Code == "lostcancel" {
			lines = append(lines, d.Range.Start.Line)
		}
	}
	return lines
}

var definedOnLine = regexp.MustCompile(`defined on line (\d+)`)

// doubles reports whether a diagnostic of gopls is about a cancel function
// that we report: at its derivation, or at a return that names it.
func doubles(raw json.RawMessage, lines []int) bool {
	var d seen
	if len(lines) == 0 || json.Unmarshal(raw, &d) != nil || d.Source != "lostcancel" && d.Code != "lostcancel" {
		return false
	}
	if slices.Contains(lines, d.Range.Start.Line) {
		return true
	}
	m := definedOnLine.FindStringSubmatch(d.Message)
	if m == nil {
		return false
	}
	line, err := strconv.Atoi(m[1])
	return err == nil && slices.Contains(lines, line-1)
}

// forgetGopls takes back what a gopls that doesn't come back has said.
func (f *front) forgetGopls() {
	for path, known := range f.published {
		if len(known.theirs) == 0 {
			continue
		}
		known.theirs = nil
		p := publication{URI: known.uri, Diagnostics: known.list()}
		if doc := f.documents[path]; doc != nil {
			p.URI = doc.URI
		}
		params, err := json.Marshal(p)
		if err != nil {
			continue
		}
		f.tell(&message{Method: "textDocument/publishDiagnostics", Params: params})
	}
}
