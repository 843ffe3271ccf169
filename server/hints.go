package server

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"

	"go.lsp.dev/protocol"

	"github.com/ctxls/ctxls/diagnostics/story"
	"github.com/ctxls/ctxls/internal/config"
)

// hints says which inlay hints are on.
type hints struct{ goroutines, contexts bool }

// add lays a configuration over what holds so far.
func (h *hints) add(c config.InlayHints) {
	if c.Goroutines != nil {
		h.goroutines = *c.Goroutines
	}
	if c.Contexts != nil {
		h.contexts = *c.Contexts
	}
}

// InlayHint says behind a go what ends the goroutine, and behind a context
// that is given to a call what it derives from, as far as the settings want
// it.
func (s *session) InlayHint(ctx context.Context, p *protocol.InlayHintParams) ([]protocol.InlayHint, error) {
	if !s.client().inlayHints {
		return nil, nil
	}
	path := pathOf(p.TextDocument.URI)
	if err := s.awaitSettings(ctx); err != nil || path == "" {
		return nil, err
	}
	on := s.hintsIn(path)
	if !on.goroutines && !on.contexts {
		return []protocol.InlayHint{}, nil
	}
	t, err := s.storyOf(ctx, path, true)
	if err != nil || t == nil {
		return nil, err
	}
	out := []protocol.InlayHint{}
	if on.goroutines {
		out = append(out, t.hints(p.Range, t.story.GoroutineHints(path))...)
	}
	if on.contexts {
		out = append(out, t.hints(p.Range, t.story.ContextHints(path))...)
	}
	slices.SortStableFunc(out, func(a, b protocol.InlayHint) int {
		return cmp.Or(cmp.Compare(a.Position.Line, b.Position.Line), cmp.Compare(a.Position.Character, b.Position.Character))
	})
	return out, nil
}

// hintsIn are those that are on in a file.
func (s *session) hintsIn(path string) hints {
	v := s.viewOf(path)
	if v == nil {
		return hints{}
	}
	setup := s.setupIn(v, filepath.Dir(path))
	if setup.excludes(path) {
		return hints{}
	}
	return setup.hints
}

func (t *narration) hints(within protocol.Range, all []story.Hint) []protocol.InlayHint {
	var out []protocol.InlayHint
	m := t.mapper(t.path)
	pad := true
	for _, h := range all {
		at := m.position(h.Offset)
		if before(at, within.Start) || before(within.End, at) {
			continue
		}
		out = append(out, protocol.InlayHint{
			Position: at, Label: protocol.String(h.Label), PaddingLeft: &pad, PaddingRight: &pad,
			Tooltip: protocol.String(plain("", h.Lines)),
		})
	}
	return out
}

// refreshHints asks the client to ask for the hints again. The session is
// locked.
func (s *session) refreshHints() {
	if !s.info.refreshesHints {
		return
	}
	s.spawnLocked("hints refresh", func() {
		ctx, cancel := context.WithTimeout(s.root, refreshAnswer)
		defer cancel()
		if err := s.editor.InlayHintRefresh(ctx); err != nil && s.root.Err() == nil {
			s.log.WarnContext(ctx, "the client did not take a refresh", "error", err)
		}
	})
}
