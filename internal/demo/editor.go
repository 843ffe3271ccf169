package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/fixer"
	"github.com/ctxls/ctxls/server"
)

// editor is a small LSP client with a server of its own, to which it speaks
// through pipes.
type editor struct {
	protocol.UnimplementedClient
	conn   jsonrpc2.Conn
	server protocol.Server
	served chan error // what the server ended with

	mu        sync.Mutex
	published map[uri.URI]protocol.PublishDiagnosticsParams
	news      chan struct{} // closed at the next publication
}

// buffer is an open file.
type buffer struct {
	path    string
	version int32
	text    []byte
}

func (b *buffer) uri() uri.URI { return uri.File(b.path) }

// duplex joins the ends of two pipes.
type duplex struct {
	io.ReadCloser
	io.WriteCloser
}

func (d duplex) Close() error { return errors.Join(d.ReadCloser.Close(), d.WriteCloser.Close()) }

// open starts a server and a session with it on the folder dir. Close must be
// called in any case.
func open(ctx context.Context, dir string, opts server.Options) (*editor, error) {
	opts.Log = slog.New(slog.DiscardHandler)
	requests, toServer := io.Pipe()
	answers, toClient := io.Pipe()
	e := &editor{
		served:    make(chan error, 1),
		published: make(map[uri.URI]protocol.PublishDiagnosticsParams),
		news:      make(chan struct{}),
	}
	go func() { e.served <- server.Serve(ctx, opts, requests, toClient) }()
	e.conn = jsonrpc2.NewConn(jsonrpc2.NewHeaderStream(duplex{answers, toServer}))
	e.conn.Go(ctx, protocol.ClientHandler(e, jsonrpc2.MethodNotFoundHandler))
	e.server = protocol.ServerDispatcher(e.conn)

	yes := true
	root := uri.File(dir)
	_, err := e.server.Initialize(ctx, &protocol.InitializeParams{
		ClientInfo: protocol.ClientInfo{Name: "ctxls demo"},
		RootURI:    &root,
		Capabilities: protocol.ClientCapabilities{
			General: &protocol.GeneralClientCapabilities{
				PositionEncodings: []protocol.PositionEncodingKind{protocol.PositionEncodingKindUTF8, protocol.PositionEncodingKindUTF16},
			},
			TextDocument: &protocol.TextDocumentClientCapabilities{
				PublishDiagnostics: &protocol.PublishDiagnosticsClientCapabilities{
					DiagnosticsCapabilities: protocol.DiagnosticsCapabilities{RelatedInformation: &yes},
					VersionSupport:          &yes,
				},
				CodeAction: &protocol.CodeActionClientCapabilities{
					IsPreferredSupport: &yes,
					CodeActionLiteralSupport: protocol.ClientCodeActionLiteralOptions{CodeActionKind: protocol.ClientCodeActionKindOptions{
						ValueSet: []protocol.CodeActionKind{protocol.CodeActionKindQuickFix, protocol.CodeActionKindSourceFixAll},
					}},
				},
			},
		},
	})
	if err != nil {
		return e, fmt.Errorf("initialize: %w", err)
	}
	if err := e.server.Initialized(ctx, &protocol.InitializedParams{}); err != nil {
		return e, fmt.Errorf("initialized: %w", err)
	}
	return e, nil
}

// shutdown ends the session as an editor does, and waits for the server.
func (e *editor) shutdown(ctx context.Context) error {
	if err := e.server.Shutdown(ctx); err != nil {
		return fmt.Errorf("shutdown: %w", err)
	}
	if err := e.server.Exit(ctx); err != nil {
		return fmt.Errorf("exit: %w", err)
	}
	select {
	case err := <-e.served:
		e.served <- err // for close
		if err != nil {
			return fmt.Errorf("the server ended: %w", err)
		}
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close breaks the connection if it still stands, and waits for the server to
// notice.
func (e *editor) close() {
	e.conn.Close()
	<-e.conn.Done()
	<-e.served
}

// openFile opens a file of the workspace.
func (e *editor) openFile(ctx context.Context, path string) (*buffer, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	b := &buffer{path: path, version: 1, text: text}
	err = e.server.DidOpen(ctx, &protocol.DidOpenTextDocumentParams{TextDocument: protocol.TextDocumentItem{
		URI: b.uri(), LanguageID: "go", Version: b.version, Text: string(text),
	}})
	if err != nil {
		return nil, fmt.Errorf("didOpen: %w", err)
	}
	return b, nil
}

// PublishDiagnostics is called by the server.
func (e *editor) PublishDiagnostics(_ context.Context, params *protocol.PublishDiagnosticsParams) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.published[params.URI] = *params
	close(e.news)
	e.news = make(chan struct{})
	return nil
}

// diagnostics waits for the diagnostics of the buffer's version.
func (e *editor) diagnostics(ctx context.Context, b *buffer) ([]protocol.Diagnostic, error) {
	for {
		e.mu.Lock()
		params, news := e.published[b.uri()], e.news
		e.mu.Unlock()
		if version, ok := params.Version.Get(); ok && version == b.version {
			return params.Diagnostics, nil
		}
		select {
		case <-news:
		case err := <-e.served:
			e.served <- err
			return nil, fmt.Errorf("the server ended: %w", err)
		case <-ctx.Done():
			return nil, fmt.Errorf("waiting for diagnostics of %s: %w", filepath.Base(b.path), ctx.Err())
		}
	}
}

// actions asks for the code actions of one kind on a range.
func (e *editor) actions(ctx context.Context, b *buffer, at protocol.Range, shown []protocol.Diagnostic, kind protocol.CodeActionKind) ([]*protocol.CodeAction, error) {
	// The dispatcher cannot decode the union of actions and commands.
	var raw json.RawMessage
	_, err := e.conn.Call(ctx, protocol.MethodTextDocumentCodeAction, &protocol.CodeActionParams{
		TextDocument: protocol.TextDocumentIdentifier{URI: b.uri()},
		Range:        at,
		Context:      protocol.CodeActionContext{Diagnostics: shown, Only: []protocol.CodeActionKind{kind}},
	}, &raw)
	if err != nil {
		return nil, fmt.Errorf("codeAction: %w", err)
	}
	var answer []protocol.CommandOrCodeAction
	if err := protocol.Unmarshal(raw, &answer); err != nil {
		return nil, fmt.Errorf("codeAction: reading the answer: %w", err)
	}
	var actions []*protocol.CodeAction
	for _, a := range answer {
		if action, ok := a.(*protocol.CodeAction); ok && action.Edit != nil {
			actions = append(actions, action)
		}
	}
	return actions, nil
}

// apply applies a code action, which must be about this buffer alone, and
// tells the server.
func (e *editor) apply(ctx context.Context, b *buffer, action *protocol.CodeAction) error {
	for other := range action.Edit.Changes {
		if other != b.uri() {
			return fmt.Errorf("%q changes another file: %s", action.Title, other)
		}
	}
	text, err := fixer.Apply(b.text, toEdits(b.text, action.Edit.Changes[b.uri()]))
	if err != nil {
		return fmt.Errorf("%q: %w", action.Title, err)
	}
	b.text = text
	b.version++
	err = e.server.DidChange(ctx, &protocol.DidChangeTextDocumentParams{
		TextDocument:   protocol.VersionedTextDocumentIdentifier{TextDocumentIdentifier: protocol.TextDocumentIdentifier{URI: b.uri()}, Version: b.version},
		ContentChanges: []protocol.TextDocumentContentChangeEvent{&protocol.TextDocumentContentChangeWholeDocument{Text: string(text)}},
	})
	if err != nil {
		return fmt.Errorf("didChange: %w", err)
	}
	return nil
}

// save writes the buffer to disk and tells the server.
func (e *editor) save(ctx context.Context, b *buffer) error {
	if err := os.WriteFile(b.path, b.text, 0o666); err != nil {
		return err
	}
	err := e.server.DidSave(ctx, &protocol.DidSaveTextDocumentParams{TextDocument: protocol.TextDocumentIdentifier{URI: b.uri()}})
	if err != nil {
		return fmt.Errorf("didSave: %w", err)
	}
	return nil
}

// toEdits converts edits, whose positions count bytes: the sample is ASCII.
func toEdits(text []byte, edits []protocol.TextEdit) []diagnostics.Edit {
	var lines []int // offsets of their starts
	for at := 0; ; {
		lines = append(lines, at)
		i := bytes.IndexByte(text[at:], '\n')
		if i < 0 {
			break
		}
		at += i + 1
	}
	offset := func(p protocol.Position) rule.Position {
		if int(p.Line) >= len(lines) {
			return rule.Position{Offset: len(text)}
		}
		return rule.Position{Offset: lines[p.Line] + int(p.Character)}
	}
	var converted []diagnostics.Edit
	for _, e := range edits {
		converted = append(converted, diagnostics.Edit{
			Range:   diagnostics.Range{Start: offset(e.Range.Start), End: offset(e.Range.End)},
			NewText: e.NewText,
		})
	}
	slices.SortStableFunc(converted, func(a, b diagnostics.Edit) int { return a.Range.Start.Offset - b.Range.Start.Offset })
	return converted
}
