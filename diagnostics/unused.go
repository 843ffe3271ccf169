package diagnostics

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/diagnostics/unusedignore"
	"github.com/ctxls/ctxls/internal/nearest"
)

// unused returns a finding of the rule unusedignore for each comment that
// silences nothing, or not all that it names. What the comments silence must
// be marked before.
func (all ignores) unused(pass *analysis.Pass, files []*ast.File) []Finding {
	report := rule.NewCommentReporter(pass, unusedignore.Rule)
	for _, f := range files {
		for _, ig := range all[pass.Fset.PositionFor(f.FileStart, false).Filename] {
			if ig.comment != nil && !lacksBody(f, ig) {
				ig.review(report, f)
			}
		}
	}
	findings := report.Findings()
	all.mark(findings)
	// Now it is known which comments silence this rule itself.
	late := rule.NewCommentReporter(pass, unusedignore.Rule)
	for _, f := range files {
		for _, ig := range all[pass.Fset.PositionFor(f.FileStart, false).Filename] {
			if ig.comment != nil && slices.Contains(ig.rules(), unusedignore.Rule.Name) && !ig.used[unusedignore.Rule.Name] {
				ig.report(late, f, []listedName{ig.names[slices.Index(ig.rules(), unusedignore.Rule.Name)]})
			}
		}
	}
	return append(findings, late.Findings()...)
}

// lacksBody reports whether a comment may belong to a function of which only
// the declaration was analysed, since there are errors in its body.
func lacksBody(f *ast.File, ig *ignore) bool {
	var last ast.Decl
	for _, decl := range f.Decls {
		if decl.Pos() > ig.comment.Pos() {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body == nil && fn.Doc != nil && fn.Doc.Pos() <= ig.comment.Pos() {
				return true
			}
			break
		}
		last = decl
	}
	fn, ok := last.(*ast.FuncDecl)
	if ok && fn.Body == nil {
		return true
	}
	// A comment for the file speaks of all functions.
	return ig.comment.Pos() < f.Package && slices.ContainsFunc(f.Decls, func(decl ast.Decl) bool {
		fn, ok := decl.(*ast.FuncDecl)
		return ok && fn.Body == nil
	})
}

// review reports the comment if some of it has no effect.
func (ig *ignore) review(r *rule.CommentReporter, f *ast.File) {
	if ig.all() {
		if len(ig.used) == 0 {
			us := slices.IndexFunc(ig.names, func(n listedName) bool { return n.text == "ctxls" })
			ig.report(r, f, ig.names[us:us+1])
		}
		return
	}
	var idle []listedName
	for _, n := range ig.names {
		if !ig.used[n.text] && n.text != unusedignore.Rule.Name {
			idle = append(idle, n)
		}
	}
	if len(idle) > 0 || len(ig.names) == 0 {
		ig.report(r, f, idle)
	}
}

// report reports names of the comment that have no effect; none for a comment
// without names.
func (ig *ignore) report(r *rule.CommentReporter, f *ast.File, idle []listedName) {
	c := ig.comment
	d := rule.Diagnostic{Pos: c.Pos(), End: c.Pos() + token.Pos(len(strings.TrimRight(c.Text, "\r"))), Risk: rule.Low}
	if len(idle) > 0 {
		last := idle[len(idle)-1]
		d.Pos, d.End = c.Pos()+token.Pos(idle[0].offset), c.Pos()+token.Pos(last.offset+len(last.text))
	}
	var messages, known []string
	for _, n := range idle {
		if !ig.all() && ByName(n.text) == nil {
			messages = append(messages, fmt.Sprintf("there is no rule %q, the nearest is %q", n.text, nearest.Name(n.text, Names())))
		} else {
			known = append(known, n.text)
		}
	}
	switch {
	case len(ig.names) == 0:
		messages = append(messages, "it names no rule")
	case len(known) == 1:
		messages = append(messages, known[0]+" finds nothing where it stands")
	case len(known) > 1:
		messages = append(messages, strings.Join(known[:len(known)-1], ", ")+" and "+known[len(known)-1]+" find nothing where it stands")
	}
	d.Message = "this comment has no effect: " + strings.Join(messages, "; ")
	if len(idle) < len(ig.names) && ig.kind == ctxlsIgnore {
		d.Message = "a part of this comment has no effect: " + strings.Join(messages, "; ")
	}
	// What is misspelt was meant to silence something, and what other programs
	// read is theirs.
	safe := len(known) == len(idle) && len(idle) > 0
	d.Needless = safe
	if len(idle) == len(ig.names) {
		d.Fixes = []rule.Fix{{Title: "Delete this comment", Safe: safe, Edits: []analysis.TextEdit{r.Delete(f, c)}}}
	} else {
		d.Fixes = []rule.Fix{{
			Title: fmt.Sprintf("Take %s off the list", listing(idle)), Safe: safe && ig.kind == ctxlsIgnore, Edits: []analysis.TextEdit{ig.without(r, idle)},
		}}
	}
	r.Report(f, d)
}

func listing(names []listedName) string {
	var texts []string
	for _, n := range names {
		texts = append(texts, n.text)
	}
	return strings.Join(texts, " and ")
}

// without takes names off the list.
func (ig *ignore) without(r *rule.CommentReporter, idle []listedName) analysis.TextEdit {
	var kept []string
	for _, n := range ig.names {
		if !slices.Contains(idle, n) {
			kept = append(kept, n.text)
		}
	}
	first, last := ig.names[0], ig.names[len(ig.names)-1]
	return r.Edit(ig.comment, first.offset, last.offset+len(last.text), strings.Join(kept, ","))
}
