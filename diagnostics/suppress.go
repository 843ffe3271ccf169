package diagnostics

import (
	"go/ast"
	"go/token"
	"math"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// markSuppressed marks the findings that a comment silences, and all of
// generated files.
func markSuppressed(pass *analysis.Pass, findings []Finding) {
	ignores := make(map[string][]ignore) // by file name
	for _, f := range pass.Files {
		name := pass.Fset.PositionFor(f.FileStart, false).Filename
		if ast.IsGenerated(f) {
			ignores[name] = []ignore{{last: math.MaxInt}}
		} else {
			ignores[name] = ignoresOf(pass.Fset, f)
		}
	}
	for i := range findings {
		f := &findings[i]
		f.Suppressed = slices.ContainsFunc(ignores[f.Range.File], func(ig ignore) bool {
			return ig.covers(f.Rule, f.Range.Start.Line)
		})
	}
}

// ignore silences rules on some lines of one file.
type ignore struct {
	rules       []string // empty: every rule
	first, last int      // lines
}

func (ig ignore) covers(rule string, line int) bool {
	return ig.first <= line && line <= ig.last && (len(ig.rules) == 0 || slices.Contains(ig.rules, rule))
}

// ignoresOf returns what the suppression comments of a file silence.
func ignoresOf(fset *token.FileSet, f *ast.File) []ignore {
	var found []ignore
	var scopes *scopes // of files with a directive only
	for _, group := range f.Comments {
		for _, c := range group.List {
			rules, ok := parseDirective(c.Text)
			if !ok {
				continue
			}
			if scopes == nil {
				scopes = newScopes(fset, f)
			}
			first, last := scopes.of(group, c)
			found = append(found, ignore{rules, first, last})
		}
	}
	return found
}

// parseDirective reads a suppression comment: the rules that it names, none
// for all of them. It reports false for any other comment, and for a
// //ctxls:ignore that names no rule.
func parseDirective(text string) (rules []string, ok bool) {
	if names, found := strings.CutPrefix(text, "//ctxls:ignore"); found && startsBlank(names) {
		rules = nameList(names)
		return rules, len(rules) > 0
	}
	if names, found := strings.CutPrefix(text, "//lint:ignore"); found && startsBlank(names) {
		return nil, slices.Contains(nameList(names), "ctxls")
	}
	// The colon directive of golangci-lint, which allows blanks in its front.
	if text, found := strings.CutPrefix(text, "//"); found {
		if names, found := strings.CutPrefix(strings.TrimLeft(text, " \t"), "nolint:"); found {
			return nil, slices.Contains(nameList(names), "ctxls")
		}
	}
	return nil, false
}

func startsBlank(s string) bool { return s != "" && (s[0] == ' ' || s[0] == '\t') }

// nameList splits the comma-separated names that s starts with from the
// reason behind them. Blanks may stand around the commas.
func nameList(s string) []string {
	var names []string
	for {
		s = strings.TrimLeft(s, " \t")
		end := strings.IndexAny(s, ", \t")
		if end < 0 {
			end = len(s)
		}
		if name := s[:end]; name != "" && !strings.HasPrefix(name, "//") {
			names = append(names, name)
		}
		rest, more := strings.CutPrefix(strings.TrimLeft(s[end:], " \t"), ",")
		if !more {
			return names
		}
		s = rest
	}
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
