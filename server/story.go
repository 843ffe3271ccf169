package server

import (
	"context"
	"slices"
	"strings"

	"go.lsp.dev/protocol"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/diagnostics/story"
)

// announceStories announces what shows the stories of a package, as far as the
// client has a use for it.
func announceStories(c *protocol.ServerCapabilities, info clientInfo) {
	if info.hover {
		c.HoverProvider = protocol.Boolean(true)
	}
	if info.highlights {
		c.DocumentHighlightProvider = protocol.Boolean(true)
	}
	if info.inlayHints {
		c.InlayHintProvider = protocol.Boolean(true)
	}
	if info.codeLenses {
		c.CodeLensProvider = new(protocol.CodeLensOptions)
	}
}

// narration is the story of a file's package, for one answer.
type narration struct {
	converter
	path   string
	result *fileResult
	story  story.Package
}

// storyOf returns the story of the text that a request is about, nil if there is
// none. What editors ask for at every edit waits, as the analysis does, until
// nobody types any more.
func (s *session) storyOf(ctx context.Context, path string, patient bool) (*narration, error) {
	if path == "" {
		return nil, nil
	}
	if err := s.awaitSettings(ctx); err != nil {
		return nil, err
	}
	docs := s.requested(ctx)
	if patient {
		if err := s.awaitTyping(ctx, docs, path); err != nil {
			return nil, err
		}
	}
	v := s.viewOf(path)
	if v == nil {
		return nil, nil
	}
	r, err := s.resultFor(ctx, v, docs, path)
	if err != nil || r == nil || r.snapshot == nil {
		return nil, err
	}
	p, err := r.story.Decode()
	if err != nil {
		return nil, err
	}
	return &narration{converter{client: s.client(), docs: docs, text: r.snapshot.Text}, path, r, p}, nil
}

// Hover tells about the context, the cancel function or the start of a
// goroutine at a place.
func (s *session) Hover(ctx context.Context, p *protocol.HoverParams) (*protocol.Hover, error) {
	if !s.client().hover {
		return nil, nil
	}
	t, err := s.storyOf(ctx, pathOf(p.TextDocument.URI), false)
	if err != nil || t == nil {
		return nil, err
	}
	card, ok := t.story.Hover(t.path, t.mapper(t.path).offset(p.Position))
	if !ok {
		return nil, nil
	}
	at := t.mapper(t.path).rangeOf(card.Range)
	return &protocol.Hover{Contents: t.contents(card), Range: &at}, nil
}

// contents writes a card in the format that the client likes best. One that
// names none takes a string, which it reads as Markdown.
func (t *narration) contents(card story.Card) protocol.HoverContents {
	switch t.client.markup {
	case protocol.MarkupKindPlainText:
		return &protocol.MarkupContent{Kind: protocol.MarkupKindPlainText, Value: plain(card.Title, card.Lines)}
	case protocol.MarkupKindMarkdown:
		return &protocol.MarkupContent{Kind: protocol.MarkupKindMarkdown, Value: markdown(card.Title, card.Lines)}
	}
	return protocol.String(markdown(card.Title, card.Lines))
}

func plain(title string, lines []string) string {
	text := strings.Join(append([]string{title}, lines...), "\n- ")
	return strings.ReplaceAll(text, "`", "")
}

func markdown(title string, lines []string) string {
	var b strings.Builder
	b.WriteString("**" + escape(title) + "**\n")
	for _, line := range lines {
		b.WriteString("\n- " + escape(line))
	}
	return b.String()
}

// escape hides from Markdown what stands outside of backquotes.
func escape(text string) string {
	parts := strings.Split(text, "`")
	for i := 0; i < len(parts); i += 2 {
		parts[i] = special.Replace(parts[i])
	}
	return strings.Join(parts, "`")
}

var special = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `_`, `\_`, `<`, `\<`, `[`, `\[`, `#`, `\#`)

// DocumentHighlight shows the story of a context or a cancel function, or the
// path of a finding, at once.
func (s *session) DocumentHighlight(ctx context.Context, p *protocol.DocumentHighlightParams) ([]protocol.DocumentHighlight, error) {
	if !s.client().highlights {
		return nil, nil
	}
	t, err := s.storyOf(ctx, pathOf(p.TextDocument.URI), true)
	if err != nil || t == nil {
		return nil, err
	}
	m := t.mapper(t.path)
	offset := m.offset(p.Position)
	places := t.story.Highlights(t.path, offset)
	for i := range t.result.findings {
		if f := &t.result.findings[i]; f.Range.Start.Offset <= offset && offset <= f.Range.End.Offset {
			places = append(places, pathOfFinding(f)...)
		}
	}
	kinds := map[story.HighlightKind]protocol.DocumentHighlightKind{
		story.Written: protocol.DocumentHighlightKindWrite, story.Used: protocol.DocumentHighlightKindRead, story.Lacking: protocol.DocumentHighlightKindText,
	}
	var out []protocol.DocumentHighlight
	for _, place := range places {
		if place.Range.File != t.path {
			continue
		}
		h := protocol.DocumentHighlight{Range: m.rangeOf(place.Range), Kind: kinds[place.Kind]}
		if !slices.ContainsFunc(out, func(o protocol.DocumentHighlight) bool { return o.Range.Start == h.Range.Start }) {
			out = append(out, h)
		}
	}
	slices.SortStableFunc(out, func(a, b protocol.DocumentHighlight) int {
		if before(a.Range.Start, b.Range.Start) {
			return -1
		}
		return 1
	})
	return out, nil
}

// pathOfFinding are the places of a finding: its own, the way, and where
// something is missing.
func pathOfFinding(f *diagnostics.Finding) []story.Highlight {
	places := []story.Highlight{{Range: f.Range, Kind: story.Used}}
	for _, missing := range f.Missing {
		if missing.Start != f.Range.Start {
			places = append(places, story.Highlight{Range: missing, Kind: story.Lacking})
		}
	}
	for _, step := range f.Related {
		places = append(places, story.Highlight{Range: step.Range, Kind: story.Used})
	}
	return places
}
