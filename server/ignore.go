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

// scanned is the text of the file, which all of the findings are in.
func (b *actionBuilder) scanned() *scannedText {
	if b.scan == nil {
		b.scan = scan(b.mapper(b.path).text)
	}
	return b.scan
}

// ignore appends the action that silences a finding.
func (b *actionBuilder) ignore(actions []protocol.CommandOrCodeAction, f *diagnostics.Finding, shown protocol.Diagnostic) []protocol.CommandOrCodeAction {
	title := fmt.Sprintf("Ignore this finding (%s)", f.Rule)
	insertion, ok := b.scanned().ignoreEdit(b.path, f.Range.Start.Offset, f.Rule)
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
func (s *scannedText) ignoreEdit(file string, offset int, name string) (edit diagnostics.Edit, ok bool) {
	text := s.text
	insert := func(at int, newText string) (diagnostics.Edit, bool) {
		place := rule.Position{Offset: at}
		return diagnostics.Edit{Range: diagnostics.Range{File: file, Start: place, End: place}, NewText: newText}, true
	}
	l := s.lineAt(offset)
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
		if end := namesEnd(text, above); end > 0 && !s.lineAt(above).beginsWithin {
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

// scannedText is a Go file with its raw strings and comments.
type scannedText struct {
	text  []byte
	spans []span // in order
}

type span struct {
	from, to int
	lineEnd  bool // a comment up to the end of its line, whose to isn't set
}

func scan(text []byte) *scannedText {
	out := &scannedText{text: text}
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(text))
	s.Init(file, text, nil, scanner.ScanComments)
	for {
		pos, kind, _ := s.Scan()
		from := file.Offset(pos)
		open, until := "", ""
		switch {
		case kind == token.EOF:
			return out
		case kind == token.STRING && text[from] == '`':
			open, until = "`", "`"
		case kind == token.COMMENT && text[from+1] == '*':
			open, until = "/*", "*/"
		case kind == token.COMMENT:
			out.spans = append(out.spans, span{from: from, lineEnd: true})
			continue
		default:
			continue
		}
		to, inner := len(text), from+len(open) // the star of /*/ ends nothing
		if i := bytes.Index(text[inner:], []byte(until)); i >= 0 {
			to = inner + i + len(until)
		}
		out.spans = append(out.spans, span{from: from, to: to})
	}
}

func (s *scannedText) lineAt(offset int) line {
	l := line{start: bytes.LastIndexByte(s.text[:offset], '\n') + 1, end: len(s.text), comment: -1}
	if i := bytes.IndexByte(s.text[offset:], '\n'); i >= 0 {
		l.end = offset + len(bytes.TrimSuffix(s.text[offset:offset+i], []byte("\r")))
	}
	for _, sp := range s.spans {
		switch {
		case sp.from >= l.end:
			return l
		case !sp.lineEnd:
			l.beginsWithin = l.beginsWithin || sp.from < l.start && l.start < sp.to
			l.endsWithin = l.endsWithin || l.end < sp.to
		case sp.from >= l.start:
			l.comment = sp.from
		}
	}
	return l
}
