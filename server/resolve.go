package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// actionData finds an action again. Its title does the rest.
type actionData struct {
	URI   uri.URI        `json:"uri"`
	Text  string         `json:"text"` // the sum of the document's
	Rule  string         `json:"rule"` // of the finding; "" for all of the file
	Range protocol.Range `json:"range"`
}

func textSum(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:12])
}

// data is nil for a client that has no use for it.
func (b *actionBuilder) data(rule string, at protocol.Range) protocol.LSPAny {
	if !b.client.resolves {
		return nil
	}
	if b.sum == "" {
		b.sum = textSum(b.mapper(b.path).text)
	}
	data, err := json.Marshal(actionData{b.docs.uri(b.path), b.sum, rule, at})
	if err != nil {
		return nil
	}
	return data
}

// CodeActionResolve makes the action anew. One for another text than the
// document's, or for what is no longer found, is outdated.
func (s *session) CodeActionResolve(ctx context.Context, p *protocol.CodeAction) (*protocol.CodeAction, error) {
	var wanted actionData
	if err := json.Unmarshal(p.Data, &wanted); err != nil || pathOf(wanted.URI) == "" {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "the action %q has not the data that ctxls gave it", p.Title)
	}
	path := pathOf(wanted.URI)
	text, err := s.textOf(s.requested(ctx))(path)
	if err != nil || textSum(text) != wanted.Text {
		return nil, protocol.ErrContentModified
	}
	all := wanted.Rule == ""
	actions, err := s.actionsAt(ctx, path, wanted.Range, !all, all)
	if err != nil {
		return nil, err
	}
	for _, a := range actions {
		if action, ok := a.(*protocol.CodeAction); ok && action.Title == p.Title && sameData(action.Data, wanted) {
			return action, nil
		}
	}
	return nil, protocol.ErrContentModified
}

func sameData(raw protocol.LSPAny, wanted actionData) bool {
	var data actionData
	return json.NewDecoder(bytes.NewReader(raw)).Decode(&data) == nil && data == wanted
}
