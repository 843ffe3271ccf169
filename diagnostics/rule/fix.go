package rule

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/scanner"
	"go/token"
	"sort"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// The helpers of this file turn "put this statement there" into text edits.
// Code is given as plain statements; the helpers format and indent it. An
// edit that can't be made has no position, and Report drops its fix.

// Source is the text of n as it stands in the file, empty if it can't be read.
func (p *Pass) Source(n ast.Node) string { return p.SourceRange(n.Pos(), n.End()) }

// SourceRange is the text between two positions of one file.
func (p *Pass) SourceRange(start, end token.Pos) string {
	tf, text, offset, ok := p.textAt(start)
	if !ok || end < start || tf.Offset(end) > len(text) {
		return ""
	}
	return string(text[offset:tf.Offset(end)])
}

// Replace replaces the text between two positions, as it is given.
func (p *Pass) Replace(start, end token.Pos, text string) analysis.TextEdit {
	return analysis.TextEdit{Pos: start, End: end, NewText: []byte(text)}
}

// ReplaceStmt replaces a statement by others.
func (p *Pass) ReplaceStmt(stmt ast.Stmt, code string) analysis.TextEdit {
	_, text, offset, ok := p.textAt(stmt.Pos())
	if !ok {
		return analysis.TextEdit{}
	}
	code = strings.TrimLeft(layout(code, indentAt(text, offset)), " \t")
	return p.Replace(stmt.Pos(), stmt.End(), code)
}

// InsertBefore puts statements on lines of their own before stmt, above the
// comment that stands directly over it.
func (p *Pass) InsertBefore(stmt ast.Stmt, code string) analysis.TextEdit {
	tf, text, offset, ok := p.textAt(stmt.Pos())
	if !ok {
		return analysis.TextEdit{}
	}
	indent := indentAt(text, offset)
	if start := lineStart(text, offset); strings.TrimSpace(string(text[start:offset])) == "" {
		line := tf.Line(stmt.Pos())
		groups := p.fileAt(stmt.Pos()).Comments
		for i := len(groups) - 1; i >= 0; i-- {
			g := groups[i]
			if g.End() >= stmt.Pos() || tf.Line(g.End()) != line-1 {
				continue
			}
			above := tf.Offset(g.Pos())
			if begin := lineStart(text, above); strings.TrimSpace(string(text[begin:above])) == "" {
				start, line = begin, tf.Line(g.Pos())
			}
		}
		at := tf.Pos(start)
		return p.Replace(at, at, layout(code, indent)+"\n")
	}
	return p.Replace(stmt.Pos(), stmt.Pos(), strings.TrimLeft(layout(code, indent), " \t")+"; ")
}

// InsertAfter puts statements on lines of their own after stmt, below the
// comment at the end of its line.
func (p *Pass) InsertAfter(stmt ast.Stmt, code string) analysis.TextEdit {
	_, text, offset, ok := p.textAt(stmt.Pos())
	if !ok {
		return analysis.TextEdit{}
	}
	indent := indentAt(text, offset)
	if edit, ok := p.insertBelow(stmt.End(), layout(code, indent)); ok {
		return edit
	}
	return p.Replace(stmt.End(), stmt.End(), "; "+strings.TrimLeft(layout(code, indent), " \t"))
}

// AppendBody puts statements at the end of the body of a block, a case or a
// select case.
func (p *Pass) AppendBody(n ast.Node, code string) analysis.TextEdit {
	var list []ast.Stmt
	var open, end token.Pos
	switch n := n.(type) {
	case *ast.BlockStmt:
		list, open, end = n.List, n.Lbrace+1, n.Rbrace
	case *ast.CaseClause:
		list, open, end = n.Body, n.Colon+1, n.End()
	case *ast.CommClause:
		list, open, end = n.Body, n.Colon+1, n.End()
	}
	if len(list) > 0 {
		return p.InsertAfter(list[len(list)-1], code)
	}
	tf, text, offset, ok := p.textAt(n.Pos())
	if !ok {
		return analysis.TextEdit{}
	}
	// A comment that is the whole body stays above.
	column := offset - lineStart(text, offset)
	for _, g := range p.fileAt(n.Pos()).Comments {
		inside := g.Pos() > end && tf.Line(g.Pos()) == tf.Line(open)+1 && tf.Position(g.Pos()).Column-1 > column
		if _, block := n.(*ast.BlockStmt); block {
			inside = g.Pos() > open && g.End() <= end
		}
		if inside {
			open = g.End()
		}
	}
	indent := indentAt(text, offset)
	if edit, ok := p.insertBelow(open, layout(code, indent+"\t")); ok {
		return edit
	}
	return p.Replace(open, open, "\n"+layout(code, indent+"\t")+"\n"+indent)
}

// DeleteStmt removes a statement, with its line when nothing else is on it.
func (p *Pass) DeleteStmt(stmt ast.Stmt) analysis.TextEdit {
	tf, text, offset, ok := p.textAt(stmt.Pos())
	if !ok {
		return analysis.TextEdit{}
	}
	start, end := lineStart(text, offset), lineEnd(text, tf.Offset(stmt.End()))
	before, after := text[start:offset], text[tf.Offset(stmt.End()):end]
	switch {
	case len(bytes.TrimSpace(before)) == 0 && len(bytes.TrimSpace(after)) == 0:
		return p.Replace(tf.Pos(start), tf.Pos(min(end+1, len(text))), "")
	case bytes.HasPrefix(bytes.TrimLeft(after, " \t"), []byte(";")):
		semicolon := bytes.IndexByte(text[tf.Offset(stmt.End()):], ';') + tf.Offset(stmt.End())
		return p.Replace(stmt.Pos(), tf.Pos(semicolon+1), "")
	}
	return p.Replace(stmt.Pos(), stmt.End(), "")
}

// insertBelow inserts whole lines below the line of pos, if nothing but
// comments follows pos on it.
func (p *Pass) insertBelow(pos token.Pos, lines string) (analysis.TextEdit, bool) {
	tf, text, offset, ok := p.textAt(pos)
	if !ok {
		return analysis.TextEdit{}, false
	}
	for _, g := range p.fileAt(pos).Comments {
		for _, c := range g.List {
			at := tf.Offset(c.Pos())
			if at >= offset && len(bytes.Trim(text[offset:at], " \t")) == 0 {
				offset = min(tf.Offset(c.End()), len(text))
			}
		}
	}
	end := lineEnd(text, offset)
	if end == len(text) || len(bytes.TrimSpace(text[offset:end])) != 0 {
		return analysis.TextEdit{}, false
	}
	at := tf.Pos(end + 1)
	return p.Replace(at, at, lines+"\n"), true
}

// HasComments reports whether a comment stands between two positions.
func (p *Pass) HasComments(start, end token.Pos) bool {
	return len(p.commentsIn(start, end)) > 0
}

func (p *Pass) commentsIn(start, end token.Pos) []*ast.Comment {
	file := p.fileAt(start)
	if file == nil {
		return nil
	}
	var found []*ast.Comment
	first := sort.Search(len(file.Comments), func(i int) bool { return file.Comments[i].End() > start })
	for _, g := range file.Comments[first:] {
		if g.Pos() >= end {
			break
		}
		for _, c := range g.List {
			if c.Pos() < end && c.End() > start {
				found = append(found, c)
			}
		}
	}
	return found
}

// Indent is the white space at the start of the line of pos.
func (p *Pass) Indent(pos token.Pos) string {
	_, text, offset, ok := p.textAt(pos)
	if !ok {
		return ""
	}
	return indentAt(text, offset)
}

func indentAt(text []byte, offset int) string {
	start := lineStart(text, offset)
	end := start
	for end < len(text) && (text[end] == ' ' || text[end] == '\t') {
		end++
	}
	return string(text[start:end])
}

func lineStart(text []byte, offset int) int {
	return bytes.LastIndexByte(text[:offset], '\n') + 1
}

// lineEnd is the offset of the newline that ends the line, or of the text's end.
func lineEnd(text []byte, offset int) int {
	if i := bytes.IndexByte(text[offset:], '\n'); i >= 0 {
		return offset + i
	}
	return len(text)
}

// layout formats statements and indents them. Code that doesn't parse is
// returned as it is: the check of the fix will refuse it.
func layout(code, indent string) string {
	const head, tail = "package p\n\nfunc _() {\n", "\n}\n"
	formatted, err := format.Source([]byte(head + code + tail))
	if err != nil {
		return code
	}
	inside := strings.TrimSuffix(strings.TrimPrefix(string(formatted), head), tail)
	raw := rawLines([]byte(inside))
	lines := strings.Split(inside, "\n")
	for i, line := range lines {
		if !raw[i] && line != "" {
			lines[i] = indent + strings.TrimPrefix(line, "\t")
		}
	}
	return strings.Join(lines, "\n")
}

// rawLines are the lines, from 0, that begin inside of a raw string.
func rawLines(code []byte) map[int]bool {
	raw := make(map[int]bool)
	file := token.NewFileSet().AddFile("", -1, len(code))
	var s scanner.Scanner
	s.Init(file, code, nil, 0)
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return raw
		}
		if tok == token.STRING {
			first := file.Line(pos) - 1
			for i := range strings.Count(lit, "\n") {
				raw[first+1+i] = true
			}
		}
	}
}

// Layout formats statements and indents them, for edits that [Pass.Replace]
// takes as they are.
func (p *Pass) Layout(code, indent string) string { return layout(code, indent) }
