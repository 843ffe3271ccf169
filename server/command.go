package server

import (
	"context"
	"encoding/json"
	"fmt"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"

	"github.com/ctxls/ctxls/diagnostics"
)

const (
	commandIgnore  = "ctxls.ignore"
	commandRestart = "ctxls.restart"
	commandPlaces  = "ctxls.showPlaces"
)

func commandNames() []string { return []string{commandIgnore, commandRestart, commandPlaces} }

func (s *session) ExecuteCommand(ctx context.Context, p *protocol.ExecuteCommandParams) (protocol.LSPAny, error) {
	switch p.Command {
	case commandRestart:
		s.restart()
		return nil, nil
	case commandIgnore:
		return nil, s.ignoreFinding(ctx, p.Arguments)
	case commandPlaces:
		return nil, s.showPlaces(ctx, p.Arguments)
	}
	return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "ctxls has no command %q", p.Command)
}

// restart reloads everything.
func (s *session) restart() {
	s.mu.Lock()
	for _, v := range s.views {
		v.mu.Lock()
		s.replaceDriver(v)
		v.mu.Unlock()
	}
	s.unread = true
	clear(s.said) // what still holds is said again
	s.mu.Unlock()
	s.worker.submit(job{all: true})
}

func (s *session) ignoreFinding(ctx context.Context, arguments []protocol.LSPAny) error {
	var a ignoreArgument
	if len(arguments) != 1 || missing(commandIgnore, json.RawMessage(arguments[0])) != "" || json.Unmarshal(arguments[0], &a) != nil {
		return jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%s takes one argument {uri, range, rule}", commandIgnore)
	}
	path := pathOf(a.URI)
	if path == "" || diagnostics.ByName(a.Rule) == nil {
		return jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%s: no file %q or no rule %q", commandIgnore, a.URI, a.Rule)
	}
	client := s.client()
	if !client.applyEdit {
		return requestFailed("the client cannot apply edits")
	}
	docs := s.requested(ctx)
	text, err := s.textOf(docs)(path)
	if err != nil {
		return requestFailed(err.Error())
	}
	b := &actionBuilder{converter: converter{client: client, docs: docs, text: s.textOf(docs)}, path: path}
	offset := newMapper(text, client.encoding).offset(a.Range.Start)
	insertion, ok := scan(text).ignoreEdit(path, offset, a.Rule)
	if !ok {
		return requestFailed(fmt.Sprintf("there is no room for a comment at line %d: it begins within a raw string or a comment, and at its end is another one", a.Range.Start.Line+1))
	}
	edit := b.edit([]diagnostics.Edit{insertion})
	if edit == nil {
		return protocol.ErrContentModified
	}
	label := fmt.Sprintf("Ignore this finding (%s)", a.Rule)
	result, err := s.editor.ApplyEdit(ctx, &protocol.ApplyWorkspaceEditParams{Label: &label, Edit: *edit})
	switch {
	case err != nil:
		return fmt.Errorf("applying the edit: %w", err)
	case result == nil || !result.Applied:
		reason := "no reason given"
		if result != nil && result.FailureReason != nil {
			reason = *result.FailureReason
		}
		return requestFailed("the client did not apply the edit: " + reason)
	}
	return nil
}

func requestFailed(message string) error {
	return jsonrpc2.NewError(jsonrpc2.Code(protocol.LSPErrorCodesRequestFailed), message)
}
