package front

import (
	"encoding/json"
	"net/url"
	"strings"

	"go.lsp.dev/protocol"

	"github.com/ctxls/ctxls/server"
)

// document is an open one as the client has it, for a gopls that is started
// again.
type document struct {
	URI        string `json:"uri"`
	LanguageID string `json:"languageId"`
	Version    int32  `json:"version"`
	Text       string `json:"text"`
}

// follow keeps the open documents up to date with what the client tells.
func (f *front) follow(m *message) {
	switch m.Method {
	case protocol.MethodTextDocumentDidOpen:
		var p struct{ TextDocument document }
		if json.Unmarshal(m.Params, &p) == nil {
			f.documents[pathOf(p.TextDocument.URI)] = &p.TextDocument
		}
	case protocol.MethodTextDocumentDidClose:
		var p struct{ TextDocument document }
		if json.Unmarshal(m.Params, &p) == nil {
			delete(f.documents, pathOf(p.TextDocument.URI))
		}
	case protocol.MethodTextDocumentDidChange:
		var p protocol.DidChangeTextDocumentParams
		if err := protocol.Unmarshal(m.Params, &p); err != nil {
			f.log.Warn("an unreadable change", "error", err)
			return
		}
		path := pathOf(string(p.TextDocument.URI))
		if known := f.published[path]; known != nil {
			known.move(p.ContentChanges)
		}
		if doc := f.documents[path]; doc != nil {
			doc.Text = string(server.Apply([]byte(doc.Text), p.ContentChanges, protocol.PositionEncodingKindUTF16))
			doc.Version = p.TextDocument.Version
		}
	case protocol.MethodWorkspaceDidChangeWorkspaceFolders:
		f.folders = append(f.folders, m)
	case protocol.MethodWorkspaceDidChangeConfiguration:
		f.configuration = m
	}
}

// retold is what a gopls that was started again has to know of what happened
// since the client greeted the first one.
func (f *front) retold() []*message {
	out := []*message{{Method: protocol.MethodInitialized, Params: json.RawMessage("{}")}}
	out = append(out, f.folders...)
	if f.configuration != nil {
		out = append(out, f.configuration)
	}
	for _, doc := range f.documents {
		params, err := json.Marshal(map[string]any{"textDocument": doc})
		if err != nil {
			f.log.Error("encoding a document", "uri", doc.URI, "error", err)
			continue
		}
		out = append(out, &message{Method: protocol.MethodTextDocumentDidOpen, Params: params})
	}
	return out
}

// pathOf is the same for all spellings of a URI.
func pathOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || u.Path == "" {
		return uri
	}
	path := u.Path
	if len(path) > 2 && path[0] == '/' && path[2] == ':' { // a drive of Windows
		path = strings.ToLower(path[:2]) + path[2:]
	}
	return u.Scheme + ":" + path
}
