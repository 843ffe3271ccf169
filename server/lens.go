package server

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/ctxls/ctxls/diagnostics/story"
)

// placesArgument is what the command ctxls.showPlaces takes: where the lens
// stands, and its places, so that a client that can show them itself may.
type placesArgument struct {
	URI      uri.URI           `json:"uri"`
	Position protocol.Position `json:"position"`
	Places   []shownPlace      `json:"places"`
}

type shownPlace struct {
	URI   uri.URI        `json:"uri"`
	Range protocol.Range `json:"range"`
	Text  string         `json:"text"` // "called at svc.go:31, deferred"
}

// CodeLens says above each creation of a context that ends what becomes of it.
func (s *session) CodeLens(ctx context.Context, p *protocol.CodeLensParams) ([]protocol.CodeLens, error) {
	if !s.client().codeLenses {
		return nil, nil
	}
	t, err := s.storyOf(ctx, pathOf(p.TextDocument.URI), true)
	if err != nil || t == nil {
		return nil, err
	}
	out := []protocol.CodeLens{}
	v := s.viewOf(t.path)
	if v == nil || s.setupIn(v, filepath.Dir(t.path)).excludes(t.path) {
		return out, nil
	}
	for _, lens := range t.story.Lenses(t.path) {
		shown, err := t.lens(lens)
		if err != nil {
			return nil, err
		}
		out = append(out, shown)
	}
	return out, nil
}

func (t *narration) lens(lens story.Lens) (protocol.CodeLens, error) {
	at := t.mapper(t.path).rangeOf(lens.Range)
	if at.End.Line != at.Start.Line {
		at.End = at.Start // a lens is for one line
	}
	argument := placesArgument{URI: t.docs.uri(t.path), Position: at.Start, Places: []shownPlace{}}
	for _, place := range lens.Places {
		where := t.location(place.Range)
		argument.Places = append(argument.Places, shownPlace{where.URI, where.Range, strings.ReplaceAll(place.Text, "`", "")})
	}
	data, err := json.Marshal(argument)
	if err != nil {
		return protocol.CodeLens{}, fmt.Errorf("encoding the places of a lens: %w", err)
	}
	return protocol.CodeLens{Range: at, Command: protocol.Command{Title: lens.Title, Command: commandPlaces, Arguments: []protocol.LSPAny{data}}}, nil
}

// mostChoices bounds the menu of places.
const mostChoices = 12

// showPlaces opens the places of a lens: the only one at once, of several the
// one that the user chooses. A client that cannot be asked to open a document
// shows the list as a message.
func (s *session) showPlaces(ctx context.Context, arguments []protocol.LSPAny) error {
	var a placesArgument
	if len(arguments) != 1 || json.Unmarshal(arguments[0], &a) != nil || pathOf(a.URI) == "" {
		return jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%s takes one argument {uri, position, places}", commandPlaces)
	}
	titles := make([]string, len(a.Places))
	for i, p := range a.Places {
		titles[i] = p.title()
	}
	switch {
	case len(a.Places) == 0:
		return s.showMessage(ctx, "nothing becomes of this context that ctxls could show")
	case !s.client().showsDocuments:
		return s.showMessage(ctx, strings.Join(titles, "\n"))
	case len(a.Places) == 1:
		return s.open(ctx, a.Places[0])
	}
	request := &protocol.ShowMessageRequestParams{Type: protocol.MessageTypeInfo, Message: "Go to"}
	for i, title := range titles {
		if i == mostChoices {
			break
		}
		request.Actions = append(request.Actions, protocol.MessageActionItem{Title: title})
	}
	chosen, err := s.editor.ShowMessageRequest(ctx, request)
	if err != nil {
		return fmt.Errorf("asking which place to open: %w", err)
	}
	for i, title := range titles {
		if chosen != nil && chosen.Title == title {
			return s.open(ctx, a.Places[i])
		}
	}
	return nil // the user chose none
}

// title is unique among the places of a lens.
func (p shownPlace) title() string {
	where := fmt.Sprintf("%s:%d:%d", filepath.Base(pathOf(p.URI)), p.Range.Start.Line+1, p.Range.Start.Character+1)
	return where + " " + p.Text
}

func (s *session) showMessage(ctx context.Context, message string) error {
	if err := s.editor.ShowMessage(ctx, &protocol.ShowMessageParams{Type: protocol.MessageTypeInfo, Message: message}); err != nil {
		return fmt.Errorf("showing places: %w", err)
	}
	return nil
}

func (s *session) open(ctx context.Context, p shownPlace) error {
	focus := true
	result, err := s.editor.ShowDocument(ctx, &protocol.ShowDocumentParams{URI: p.URI, TakeFocus: &focus, Selection: &p.Range})
	switch {
	case err != nil:
		return fmt.Errorf("opening a place: %w", err)
	case result == nil || !result.Success:
		return requestFailed("the client did not open " + string(p.URI))
	}
	return nil
}
