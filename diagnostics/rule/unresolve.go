package rule

import (
	"go/token"

	"golang.org/x/tools/go/analysis"
)

// Files returns the files of a pass by name, for [Finding.Diagnostic].
func Files(pass *analysis.Pass) map[string]*token.File {
	files := make(map[string]*token.File)
	for _, f := range pass.Files {
		if tok := pass.Fset.File(f.FileStart); tok != nil {
			files[tok.Name()] = tok
		}
	}
	return files
}

// Diagnostic gives a finding the positions of a pass again, whose files these
// are, for drivers that take nothing else. Of its fixes it keeps those that
// offered picks.
func (f *Finding) Diagnostic(files map[string]*token.File, offered func(ResolvedFix) bool) analysis.Diagnostic {
	span := func(r Range) (start, end token.Pos) {
		tok := files[r.File]
		if tok == nil || r.Start.Offset > tok.Size() || r.End.Offset > tok.Size() {
			return token.NoPos, token.NoPos
		}
		return tok.Pos(r.Start.Offset), tok.Pos(r.End.Offset)
	}
	d := analysis.Diagnostic{Category: f.Rule, Message: f.Message}
	d.Pos, d.End = span(f.Range)
	for _, r := range f.Related {
		if start, end := span(r.Range); start.IsValid() {
			d.Related = append(d.Related, analysis.RelatedInformation{Pos: start, End: end, Message: r.Message})
		}
	}
	for _, fix := range f.Fixes {
		if !offered(fix) {
			continue
		}
		suggested := analysis.SuggestedFix{Message: fix.Title}
		for _, e := range fix.Edits {
			start, end := span(e.Range)
			suggested.TextEdits = append(suggested.TextEdits, analysis.TextEdit{Pos: start, End: end, NewText: []byte(e.NewText)})
		}
		d.SuggestedFixes = append(d.SuggestedFixes, suggested)
	}
	return d
}
