package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/scanner"
	"go/token"

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
	insertion, ok := ignoreEdit(f.Range.File, b.mapper(f.Range.File).text, f.Range.Start.Offset, f.Rule)
	if !ok {
		return actions
	}
	if b.client.actionLiterals {
		edit := b.edit([]diagnostics.Edit{insertion})
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

// ignoreEdit inserts a comment above the line of the offset, or behind it if it
// begins within a raw string or a comment; or it adds the rule to the comment
// that stands there. It reports false where none fits.
func ignoreEdit(file string, text []byte, offset int, name string) (edit diagnostics.Edit, ok bool) {
	insert := func(at int, newText string) (diagnostics.Edit, bool) {
		place := rule.Position{Offset: at}
		return diagnostics.Edit{Range: diagnostics.Range{File: file, Start: place, End: place}, NewText: newText}, true
	}
	l := lineAt(text, offset)
	if l.beginsWithin {
		switch end := namesEnd(text, l.comment); {
		case end > 0:
			return insert(end, ","+name)
		case l.endsWithin || l.comment >= 0:
			return diagnostics.Edit{}, false
		}
		return insert(l.end, " "+directive+name+" "+whyIgnore)
	}
	line := text[l.start:]
	if l.start > 0 {
		above := bytes.LastIndexByte(text[:l.start-1], '\n') + 1
		above = l.start - len(bytes.TrimLeft(text[above:l.start], " \t"))
		if end := namesEnd(text, above); end > 0 && !lineAt(text, above).beginsWithin {
			return insert(end, ","+name)
		}
	}
	indent := string(line[:len(line)-len(bytes.TrimLeft(line, " \t"))])
	return insert(l.start, indent+directive+name+" "+whyIgnore+"\n")
}

// namesEnd is where the first word behind our directive ends, 0 if no such
// comment stands at the offset.
func namesEnd(text []byte, at int) int {
	if at < 0 || !bytes.HasPrefix(text[at:], []byte(directive)) {
		return 0
	}
	comment, _, _ := bytes.Cut(text[at:], []byte("\n"))
	names := bytes.TrimLeft(comment[len(directive):], " \t\r")
	if len(names) == 0 {
		return 0
	}
	end := bytes.IndexAny(names, " \t\r")
	if end < 0 {
		end = len(names)
	}
	return at + len(comment) - len(names) + end
}

// line is one line of a Go file, without its end-of-line mark.
type line struct {
	start, end               int
	beginsWithin, endsWithin bool // a raw string or a comment
	comment                  int  // where one up to its end begins, -1 if there is none
}

func lineAt(text []byte, offset int) line {
	l := line{start: bytes.LastIndexByte(text[:offset], '\n') + 1, end: len(text), comment: -1}
	if i := bytes.IndexByte(text[offset:], '\n'); i >= 0 {
		l.end = offset + len(bytes.TrimSuffix(text[offset:offset+i], []byte("\r")))
	}
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(text))
	s.Init(file, text, nil, scanner.ScanComments)
	for {
		pos, kind, _ := s.Scan()
		from := file.Offset(pos)
		if kind == token.EOF || from >= l.end {
			return l
		}
		until := ""
		switch {
		case kind == token.STRING && text[from] == '`':
			until = "`"
		case kind == token.COMMENT && text[from+1] == '*':
			until = "*/"
		case kind == token.COMMENT && from >= l.start:
			l.comment = from
			continue
		default:
			continue
		}
		to := len(text)
		if i := bytes.Index(text[from+1:], []byte(until)); i >= 0 {
			to = from + 1 + i + len(until)
		}
		l.beginsWithin = l.beginsWithin || from < l.start && l.start < to
		l.endsWithin = l.endsWithin || l.end < to
	}
}
