package server

import (
	"slices"

	"go.lsp.dev/protocol"
)

// clientInfo is what the client announced, as far as we use it.
type clientInfo struct {
	encoding protocol.PositionEncodingKind

	documentChanges bool // takes versioned edits
	applyEdit       bool
	actionLiterals  bool // takes code actions, not only commands
	actionKinds     bool // knows what kinds of them are
	isPreferred     bool
	resolves        bool // can ask for the edit of an action again
	pulls           bool // asks for diagnostics and isn't told of them
	refreshes       bool // can be asked to ask again
	related         bool
	unnecessary     bool // shows what is superfluous in its own way
	codeDescription bool
	diagnosticData  bool
	progress        bool
	hover           bool
	markup          protocol.MarkupKind // of a hover's text; "": it knows of none
	highlights      bool
	inlayHints      bool
	refreshesHints  bool // can be asked to ask for the hints again
	codeLenses      bool
	showsDocuments  bool
	configuration   bool
	watchedFiles    bool // can be asked to watch files
	watchedSettings bool // can be asked to tell of changed settings
}

func announced(p *bool) bool { return p != nil && *p }

// readClient never fails: what is missing was not announced.
func readClient(c protocol.ClientCapabilities) clientInfo {
	info := clientInfo{encoding: protocol.PositionEncodingKindUTF16, actionLiterals: true}
	if c.General != nil {
		info.encoding = negotiate(c.General.PositionEncodings)
	}
	if w := c.Window; w != nil {
		info.progress = announced(w.WorkDoneProgress)
		info.showsDocuments = w.ShowDocument != nil && w.ShowDocument.Support
	}
	if w := c.Workspace; w != nil {
		info.applyEdit = announced(w.ApplyEdit)
		info.configuration = announced(w.Configuration)
		info.documentChanges = w.WorkspaceEdit != nil && announced(w.WorkspaceEdit.DocumentChanges)
		info.watchedFiles = w.DidChangeWatchedFiles != nil && announced(w.DidChangeWatchedFiles.DynamicRegistration)
		info.refreshesHints = w.InlayHint != nil && announced(w.InlayHint.RefreshSupport)
		info.refreshes = w.Diagnostics != nil && announced(w.Diagnostics.RefreshSupport)
		info.watchedSettings = w.DidChangeConfiguration != nil && announced(w.DidChangeConfiguration.DynamicRegistration)
	}
	if t := c.TextDocument; t != nil {
		if a := t.CodeAction; a != nil {
			// A client that says nothing of code actions, and asks for them all
			// the same, is a script and reads literals; one that describes its
			// support without them is older than they are.
			info.actionKinds = a.CodeActionLiteralSupport.CodeActionKind.ValueSet != nil
			info.actionLiterals = info.actionKinds
			info.isPreferred = announced(a.IsPreferredSupport)
			info.resolves = info.actionLiterals && announced(a.DataSupport) && slices.Contains(a.ResolveSupport.Properties, "edit")
		}
		if h := t.Hover; h != nil {
			info.hover, info.markup = true, markupOf(h.ContentFormat)
		}
		info.highlights, info.inlayHints, info.codeLenses = t.DocumentHighlight != nil, t.InlayHint != nil, t.CodeLens != nil
		// Before 3.18 what diagnostics may have was announced for the pushed
		// ones alone, and held for both.
		if d := t.PublishDiagnostics; d != nil {
			info.diagnostics(d.DiagnosticsCapabilities)
		}
		if d := t.Diagnostic; d != nil {
			info.pulls = true
			info.diagnostics(d.DiagnosticsCapabilities)
		}
	}
	return info
}

func (info *clientInfo) diagnostics(d protocol.DiagnosticsCapabilities) {
	info.related = info.related || announced(d.RelatedInformation)
	info.codeDescription = info.codeDescription || announced(d.CodeDescriptionSupport)
	info.diagnosticData = info.diagnosticData || announced(d.DataSupport)
	info.unnecessary = info.unnecessary || slices.Contains(d.TagSupport.ValueSet, protocol.DiagnosticTagUnnecessary)
}

// markupOf is the first of the client's formats that we write.
func markupOf(formats []protocol.MarkupKind) protocol.MarkupKind {
	for _, f := range formats {
		if f == protocol.MarkupKindMarkdown || f == protocol.MarkupKindPlainText {
			return f
		}
	}
	return ""
}

// negotiate takes UTF-8, which is what Go files are in, else UTF-16, which
// every client knows, whatever it offers.
func negotiate(offered []protocol.PositionEncodingKind) protocol.PositionEncodingKind {
	if slices.Contains(offered, protocol.PositionEncodingKindUTF8) {
		return protocol.PositionEncodingKindUTF8
	}
	return protocol.PositionEncodingKindUTF16
}
