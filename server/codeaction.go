package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/internal/fixer"
	"github.com/ctxls/ctxls/internal/workspace"
)

const kindFixAll = protocol.CodeActionKindSourceFixAll + "." + source

// CodeAction depends on the document, the range and the kinds alone: some
// clients send diagnostics without what we put into them, others none.
func (s *session) CodeAction(ctx context.Context, p *protocol.CodeActionParams) ([]protocol.CommandOrCodeAction, error) {
	fixes, all := wantedKinds(p.Context.Only)
	return s.actionsAt(ctx, pathOf(p.TextDocument.URI), p.Range, fixes, all)
}

func (s *session) actionsAt(ctx context.Context, path string, at protocol.Range, fixes, all bool) ([]protocol.CommandOrCodeAction, error) {
	actions := []protocol.CommandOrCodeAction{}
	if path == "" || !fixes && !all {
		return actions, nil
	}
	if err := s.awaitSettings(ctx); err != nil {
		return nil, err
	}
	v := s.viewOf(path)
	if v == nil {
		return actions, nil
	}
	docs, turn := s.requested(ctx), v.turn()
	r, err := s.resultFor(ctx, v, docs, path)
	if err != nil || r == nil {
		return actions, err
	}
	b := &actionBuilder{converter: converter{client: s.client(), docs: docs, text: r.snapshot.Text}, path: path}
	if fixes {
		actions = b.quickFixes(actions, r.findings, at)
	}
	if all {
		chosen, err := s.fixesOf(ctx, v, path, r)
		if err != nil && ctx.Err() == nil && v.turn() != turn {
			return nil, protocol.ErrContentModified
		}
		if err != nil {
			return nil, err
		}
		actions = b.fixAll(actions, chosen)
	}
	return actions, nil
}

// wantedKinds reports which of our kinds a request asks for. One without kinds
// wants what is at the place, nothing that changes the whole file.
func wantedKinds(only []protocol.CodeActionKind) (fixes, all bool) {
	within := func(kind, asked protocol.CodeActionKind) bool {
		return asked == "" || kind == asked || strings.HasPrefix(string(kind), string(asked)+".")
	}
	if len(only) == 0 {
		return true, false
	}
	for _, asked := range only {
		fixes = fixes || within(protocol.CodeActionKindQuickFix, asked)
		all = all || asked != "" && within(kindFixAll, asked)
	}
	return fixes, all
}

// resultFor returns what is found in the text that the request is about, nil
// for a file of no package. It fails as soon as that text is outdated.
func (s *session) resultFor(ctx context.Context, v *view, docs documents, path string) (*fileResult, error) {
	ctx, end := whileCurrent(ctx, docs[path])
	defer end()
	r, _, err := s.find(ctx, v, docs, path, nil)
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case errors.Is(err, errNotLoaded):
		if !errors.Is(err, workspace.ErrNoPackages) {
			s.log.WarnContext(ctx, "nothing can be said of a file", "file", path, "error", err)
		}
		return nil, nil // the worker says it to the user
	}
	return r, err
}

var errNotLoaded = errors.New("the packages cannot be loaded")

// find returns what is found in a file, nil if it is in no package, and what
// the go command says of no package. It may call early, unless that is nil,
// with the same but for the story, before all of the package is known.
func (s *session) find(ctx context.Context, v *view, docs documents, path string, early func(*fileResult)) (*fileResult, []workspace.Error, error) {
	doc := docs[path]
	snap, err := v.load(ctx)
	if errors.Is(err, protocol.ErrContentModified) {
		return nil, nil, err
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errNotLoaded, err)
	}
	// Any other file may have changed what is found in this one.
	if r := v.result(path); r != nil && r.current(doc) && r.snapshot.Same(snap) {
		return r, nil, nil
	}
	var result *fileResult
	turn, ids := v.turn(), snap.Containing(path)
	sooner := func(part workspace.Part) {
		if r := s.earlyResults(v, snap, part)[path]; r != nil && r.current(doc) {
			early(r)
		}
	}
	if early == nil || len(ids) > 1 {
		sooner = nil
	}
	err = s.eachResult(ctx, snap, ids, sooner, func(p workspace.PackageResult) {
		if r := s.results(v, snap, p)[path]; r != nil {
			result = r
		}
	})
	switch {
	case err != nil && v.turn() != turn:
		return nil, nil, protocol.ErrContentModified
	case err != nil:
		return nil, nil, err
	case result != nil && !result.current(doc):
		return nil, nil, protocol.ErrContentModified
	}
	return result, snap.Errors(), nil
}

// actionBuilder makes the actions of one answer.
type actionBuilder struct {
	converter
	path string
	sum  string // of the document's text; "": not asked for yet
	scan *scannedText
}

// quickFixes appends the fixes of the findings on the lines of the range,
// those that the range touches first.
func (b *actionBuilder) quickFixes(actions []protocol.CommandOrCodeAction, findings []diagnostics.Finding, at protocol.Range) []protocol.CommandOrCodeAction {
	type candidate struct {
		finding *diagnostics.Finding
		shown   protocol.Diagnostic
	}
	var touched, near []candidate
	for i := range findings {
		c := candidate{&findings[i], b.diagnostic(&findings[i])}
		switch r := c.shown.Range; {
		case !before(r.End, at.Start) && !before(at.End, r.Start):
			touched = append(touched, c)
		case r.Start.Line <= at.End.Line && at.Start.Line <= r.End.Line:
			near = append(near, c)
		}
	}
	candidates := append(touched, near...)
	for _, c := range candidates {
		for i, fix := range c.finding.Fixes {
			if edit := b.edit(fix.Edits); edit != nil && b.client.actionLiterals {
				actions = append(actions, b.quickFix(fix.Title, c.finding.Rule, c.shown, edit, i == 0))
			}
		}
	}
	for _, c := range candidates {
		actions = b.ignore(actions, c.finding, c.shown)
	}
	return actions
}

func before(a, b protocol.Position) bool {
	return a.Line < b.Line || a.Line == b.Line && a.Character < b.Character
}

func (b *actionBuilder) quickFix(title, rule string, d protocol.Diagnostic, edit *protocol.WorkspaceEdit, preferred bool) *protocol.CodeAction {
	kind := protocol.CodeActionKindQuickFix
	action := &protocol.CodeAction{Title: title, Kind: &kind, Diagnostics: []protocol.Diagnostic{d}, Edit: edit, Data: b.data(rule, d.Range)}
	if preferred && b.client.isPreferred {
		action.IsPreferred = &preferred
	}
	return action
}

// fixAll appends the action that applies the chosen fixes.
func (b *actionBuilder) fixAll(actions []protocol.CommandOrCodeAction, chosen []fixer.Chosen) []protocol.CommandOrCodeAction {
	var edits []diagnostics.Edit
	byFile := fixer.EditsByFile(chosen)
	for _, file := range slices.Sorted(maps.Keys(byFile)) {
		edits = append(edits, byFile[file]...)
	}
	edit := b.edit(edits)
	if edit == nil || !b.client.actionLiterals {
		return actions
	}
	kind := kindFixAll
	return append(actions, &protocol.CodeAction{
		Title: "Apply all safe fixes of ctxls", Kind: &kind, Edit: edit, Data: b.data("", protocol.Range{}),
	})
}

// edit converts edits, sorted by file and offset. It returns nil if there are
// none, or if one is for another text than the document's.
func (b *actionBuilder) edit(edits []diagnostics.Edit) *protocol.WorkspaceEdit {
	var files []string
	byFile := make(map[string][]protocol.TextEdit)
	for _, e := range edits {
		file := e.Range.File
		m := b.mapper(file)
		if byFile[file] == nil {
			if doc := b.docs[file]; doc != nil && !bytes.Equal(doc.text, m.text) {
				return nil
			}
			files = append(files, file)
		}
		byFile[file] = append(byFile[file], protocol.TextEdit{
			Range: m.rangeOf(e.Range), NewText: fixer.LineEndings(e.NewText, m.text, e.Range.Start.Offset),
		})
	}
	switch {
	case len(files) == 0:
		return nil
	case b.client.documentChanges:
		return b.versioned(files, byFile)
	}
	changes := make(map[uri.URI][]protocol.TextEdit)
	for file, edits := range byFile {
		changes[b.docs.uri(file)] = edits
	}
	return &protocol.WorkspaceEdit{Changes: changes}
}

func (b *actionBuilder) versioned(files []string, byFile map[string][]protocol.TextEdit) *protocol.WorkspaceEdit {
	edit := new(protocol.WorkspaceEdit)
	for _, file := range files {
		change := new(protocol.TextDocumentEdit)
		change.TextDocument.URI = b.docs.uri(file)
		if doc := b.docs[file]; doc != nil {
			change.TextDocument.Version = &doc.version
		}
		for i := range byFile[file] {
			change.Edits = append(change.Edits, &byFile[file][i])
		}
		edit.DocumentChanges = append(edit.DocumentChanges, change)
	}
	return edit
}
