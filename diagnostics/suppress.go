package diagnostics

import (
	"go/ast"
	"go/token"
	"math"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxls/ctxls/diagnostics/unusedignore"
)

// ignores are the suppression comments of a package, by file name.
type ignores map[string][]*ignore

// ignoresOf reads the suppression comments of files. A generated file has one
// that silences everything.
func ignoresOf(pass *analysis.Pass, files []*ast.File) ignores {
	all := make(ignores)
	for _, f := range files {
		name := pass.Fset.PositionFor(f.FileStart, false).Filename
		if ast.IsGenerated(f) {
			all[name] = []*ignore{{directive: directive{kind: nolint}, last: math.MaxInt}}
		} else {
			all[name] = ignoresIn(pass.Fset, f)
		}
	}
	return all
}

// mark marks the findings that a comment silences, and all of generated files.
func (all ignores) mark(findings []Finding) {
	for i := range findings {
		f := &findings[i]
		for _, ig := range all[f.Range.File] {
			if ig.covers(f.Rule, f.Range.Start.Line) {
				f.Suppressed = true
				ig.use(f.Rule)
			}
		}
	}
}

// ignore silences rules on some lines of one file.
type ignore struct {
	directive
	first, last int          // lines
	comment     *ast.Comment // nil for a generated file
	used        map[string]bool
}

func (ig *ignore) covers(rule string, line int) bool {
	if line < ig.first || ig.last < line {
		return false
	}
	// One that silences all rules must not silence what is said about it.
	return ig.all() && (rule != unusedignore.Rule.Name || ig.comment == nil) || slices.Contains(ig.rules(), rule)
}

// use notes that the comment silences a finding of the rule.
func (ig *ignore) use(rule string) {
	if ig.used == nil {
		ig.used = make(map[string]bool)
	}
	ig.used[rule] = true
}

// ignoresIn returns what the suppression comments of a file silence.
func ignoresIn(fset *token.FileSet, f *ast.File) []*ignore {
	var found []*ignore
	var scopes *scopes // of files with a directive only
	for _, group := range f.Comments {
		for _, c := range group.List {
			d, ok := parseDirective(c.Text)
			if !ok {
				continue
			}
			if scopes == nil {
				scopes = newScopes(fset, f)
			}
			first, last := scopes.of(group, c)
			found = append(found, &ignore{directive: d, first: first, last: last, comment: c})
		}
	}
	return found
}

// scopes knows what of a file a comment stands for.
type scopes struct {
	fset *token.FileSet
	file *ast.File
	docs map[*ast.CommentGroup]ast.Node // to the declaration that is documented
	code map[int]bool                   // lines on which something but comments stands
}

func newScopes(fset *token.FileSet, f *ast.File) *scopes {
	s := &scopes{fset: fset, file: f, docs: make(map[*ast.CommentGroup]ast.Node), code: make(map[int]bool)}
	for _, decl := range f.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			s.docs[d.Doc] = d
		case *ast.GenDecl:
			s.docs[d.Doc] = d // of a variable that holds a function
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n.(type) {
		case nil, *ast.CommentGroup:
			return false
		}
		s.code[s.line(n.Pos())] = true
		s.code[s.line(n.End()-1)] = true
		return true
	})
	return s
}

// of returns the lines that the directive c of group stands for.
func (s *scopes) of(group *ast.CommentGroup, c *ast.Comment) (first, last int) {
	if c.End() < s.file.Package {
		return 0, math.MaxInt
	}
	if decl, ok := s.docs[group]; ok {
		return s.line(decl.Pos()), s.line(decl.End())
	}
	line := s.line(c.Pos())
	if s.code[line] {
		return line, line
	}
	// Directives and their prose may be stacked: all stand for what follows.
	return line, s.line(group.End()) + 1
}

func (s *scopes) line(pos token.Pos) int { return s.fset.PositionFor(pos, false).Line }
