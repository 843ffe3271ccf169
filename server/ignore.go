package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/diagnostics/rule"
)

const (
	directive = "//ctxls:ignore "
	whyIgnore = "TODO: say why"
)

// ignore appends the action that silences a finding.
func (b *actionBuilder) ignore(actions []protocol.CommandOrCodeAction, f *diagnostics.Finding, shown protocol.Diagnostic) []protocol.CommandOrCodeAction {
	title := fmt.Sprintf("Ignore this finding (%s)", f.Rule)
	if b.client.actionLiterals {
		edit := b.edit([]diagnostics.Edit{ignoreEdit(f.Range.File, b.mapper(f.Range.File).text, f.Range.Start.Offset, f.Rule)})
		if edit == nil {
			return actions
		}
		return append(actions, b.quickFix(title, f.Rule, shown, edit, false))
	}
	if !b.client.applyEdit {
		return actions
	}
	argument, err := json.Marshal(ignoreArgument{b.docs.uri(b.path), shown.Range, f.Rule})
	if err != nil {
		return actions
	}
	return append(actions, &protocol.Command{Title: title, Command: commandIgnore, Arguments: []protocol.LSPAny{argument}})
}

// ignoreArgument is what the command ctxls.ignore takes.
type ignoreArgument struct {
	URI   uri.URI        `json:"uri"`
	Range protocol.Range `json:"range"`
	Rule  string         `json:"rule"`
}

// ignoreEdit inserts a comment above the line of the offset, or adds the rule
// to the one that stands there.
func ignoreEdit(file string, text []byte, offset int, name string) diagnostics.Edit {
	start := bytes.LastIndexByte(text[:offset], '\n') + 1
	line := text[start:]
	indent := string(line[:len(line)-len(bytes.TrimLeft(line, " \t"))])
	insert := func(at int, newText string) diagnostics.Edit {
		place := rule.Position{Offset: at}
		return diagnostics.Edit{Range: diagnostics.Range{File: file, Start: place, End: place}, NewText: newText}
	}
	if start > 0 {
		above := bytes.LastIndexByte(text[:start-1], '\n') + 1
		comment := strings.TrimLeft(string(text[above:start]), " \t")
		if strings.HasPrefix(comment, directive) {
			names := strings.Fields(comment[len(directive):])
			if len(names) > 0 {
				end := start - len(comment) + strings.Index(comment, names[0]) + len(names[0])
				return insert(end, ","+name)
			}
		}
	}
	return insert(start, indent+directive+name+" "+whyIgnore+"\n")
}
