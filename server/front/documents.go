package front

import (
	"encoding/json"
	"net/url"

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
		if doc := f.documents[pathOf(string(p.TextDocument.URI))]; doc != nil {
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
	return u.Scheme + ":" + u.Path
}
