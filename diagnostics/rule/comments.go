package rule

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/token"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// CommentReporter reports findings about comments, which belong to no
// function.
type CommentReporter struct {
	pass *Pass
}

// NewCommentReporter returns a reporter for a rule without a Check.
func NewCommentReporter(pass *analysis.Pass, r *Rule) *CommentReporter {
	return &CommentReporter{&Pass{Pass: pass, Rule: r, cache: new(sources), said: new(part)}}
}

// Findings returns what was reported.
func (r *CommentReporter) Findings() []Finding { return r.pass.said.findings }

// Report records a finding in file. Its fixes may change comments and nothing
// else, and one at most has edits of each file; one that can't be made is
// dropped.
func (r *CommentReporter) Report(file *ast.File, d Diagnostic) {
	p := r.pass
	f := Finding{
		Rule: p.Rule.Name, Severity: p.Rule.Severity, Risk: d.Risk, Variable: d.Variable, Message: d.Message,
		Range: p.resolve(d.Pos, d.End), Package: p.Pkg.Path(), Needless: d.Needless,
	}
	f.Test = strings.HasSuffix(f.Range.File, "_test.go")
	for _, fix := range d.Fixes {
		if edits, ok := r.finish(file, fix.Edits); ok {
			fix.Edits = edits
			f.Fixes = append(f.Fixes, p.resolveFix(fix))
		}
	}
	p.said.findings = append(p.said.findings, f)
}

// finish realigns what stands around the edits if the file was formatted.
func (r *CommentReporter) finish(file *ast.File, edits []analysis.TextEdit) ([]analysis.TextEdit, bool) {
	src, err := r.pass.cache.source(r.pass, file)
	if err != nil {
		return nil, false
	}
	tf := r.pass.Fset.File(file.FileStart)
	text := apply(tf, src.text, edits)
	formatted, err := format.Source(text)
	if err != nil {
		return nil, false
	}
	if src.clean() && !bytes.Equal(formatted, text) {
		edits = lineEdits(tf, 0, src.text, formatted)
	}
	if src.crlf {
		edits = crlfEdits(edits)
	}
	return edits, true
}

// Delete returns the edit that removes a comment, with its line if nothing
// else is on it.
func (r *CommentReporter) Delete(file *ast.File, c *ast.Comment) analysis.TextEdit {
	src, err := r.pass.cache.source(r.pass, file)
	if err != nil {
		return analysis.TextEdit{}
	}
	tf, text := r.pass.Fset.File(file.FileStart), src.text
	at := tf.Offset(c.Pos())
	start := lineStart(text, at)
	end := lineEnd(text, at)
	if strings.TrimSpace(string(text[start:at])) == "" {
		return r.pass.Replace(tf.Pos(start), tf.Pos(min(end+1, len(text))), "")
	}
	start += len(bytes.TrimRight(text[start:at], " \t"))
	end -= len(text[at:end]) - len(bytes.TrimRight(text[at:end], "\r"))
	return r.pass.Replace(tf.Pos(start), tf.Pos(end), "")
}

// Edit returns the edit that replaces a part of a comment, by offsets in it.
func (r *CommentReporter) Edit(c *ast.Comment, start, end int, text string) analysis.TextEdit {
	return r.pass.Replace(c.Pos()+token.Pos(start), c.Pos()+token.Pos(end), text)
}
