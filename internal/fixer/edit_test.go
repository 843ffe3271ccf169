package fixer

import (
	"strings"
	"testing"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/diagnostics/rule"
)

func edit(file string, start, end int, text string) diagnostics.Edit {
	return diagnostics.Edit{
		Range:   diagnostics.Range{File: file, Start: rule.Position{Offset: start}, End: rule.Position{Offset: end}},
		NewText: text,
	}
}

func finding(name string, fixes ...rule.ResolvedFix) diagnostics.Finding {
	return diagnostics.Finding{Rule: name, Fixes: fixes}
}

func fix(safe bool, edits ...diagnostics.Edit) rule.ResolvedFix {
	return rule.ResolvedFix{Safe: safe, Edits: edits}
}

func TestChoose(t *testing.T) {
	for _, test := range []struct {
		name     string
		unsafe   bool
		findings []diagnostics.Finding
		want     string // the new texts of the chosen fixes
	}{
		{"none", false, []diagnostics.Finding{finding("a")}, ""},
		{"first safe", false, []diagnostics.Finding{finding("a", fix(false, edit("f", 1, 1, "A")), fix(true, edit("f", 2, 2, "B")))}, "B"},
		{"first at all", true, []diagnostics.Finding{finding("a", fix(false, edit("f", 1, 1, "A")), fix(true, edit("f", 2, 2, "B")))}, "A"},
		{"apart", false, []diagnostics.Finding{finding("a", fix(true, edit("f", 1, 3, "A"))), finding("b", fix(true, edit("f", 4, 5, "B")))}, "A B"},
		{"overlap", false, []diagnostics.Finding{finding("a", fix(true, edit("f", 1, 5, "A"))), finding("b", fix(true, edit("f", 4, 6, "B")))}, "A"},
		{"touch", false, []diagnostics.Finding{finding("a", fix(true, edit("f", 1, 4, "A"))), finding("b", fix(true, edit("f", 4, 4, "B")))}, "A"},
		{"other file", false, []diagnostics.Finding{finding("a", fix(true, edit("f", 1, 5, "A"))), finding("b", fix(true, edit("g", 1, 5, "B")))}, "A B"},
		{"one edit in the way", false, []diagnostics.Finding{
			finding("a", fix(true, edit("f", 1, 5, "A"))),
			finding("b", fix(true, edit("f", 7, 8, "B"), edit("f", 2, 2, "b"))),
			finding("c", fix(true, edit("f", 7, 8, "C"))),
		}, "A C"},
		{"same import twice", false, []diagnostics.Finding{
			finding("a", fix(true, edit("f", 1, 1, "import"), edit("f", 5, 5, "A"))),
			finding("b", fix(true, edit("f", 1, 1, "import"), edit("f", 9, 9, "B"))),
		}, "import A import B"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, c := range Choose(test.findings, test.unsafe) {
				for _, e := range c.Fix.Edits {
					got = append(got, e.NewText)
				}
			}
			if got := strings.Join(got, " "); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestApply(t *testing.T) {
	for _, test := range []struct {
		name, text string
		edits      []diagnostics.Edit
		want       string // empty: an error
	}{
		{"insert, replace, delete", "one two three", []diagnostics.Edit{edit("f", 0, 0, "zero "), edit("f", 4, 7, "2"), edit("f", 7, 13, "")}, "zero one 2"},
		{"two inserts in order", "ab", []diagnostics.Edit{edit("f", 1, 1, "1"), edit("f", 1, 1, "2")}, "a12b"},
		{"CRLF", "a\r\nb\r\n", []diagnostics.Edit{edit("f", 3, 3, "x\ny\n")}, "a\r\nx\r\ny\r\nb\r\n"},
		{"CRLF twice told", "a\r\nb\r\n", []diagnostics.Edit{edit("f", 3, 3, "x\r\n")}, "a\r\nx\r\nb\r\n"},
		{"CRLF at the end", "a\r\n", []diagnostics.Edit{edit("f", 3, 3, "x\n")}, "a\r\nx\r\n"},
		{"mixed endings", "a\r\nb\nc\n", []diagnostics.Edit{edit("f", 3, 3, "x\n")}, "a\r\nx\nb\nc\n"},
		{"no newline at the end", "a", []diagnostics.Edit{edit("f", 1, 1, "\n")}, "a\n"},
		{"past the end", "a", []diagnostics.Edit{edit("f", 2, 2, "x")}, ""},
		{"overlapping", "abc", []diagnostics.Edit{edit("f", 0, 2, "x"), edit("f", 1, 3, "y")}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Apply([]byte(test.text), test.edits)
			if (err != nil) != (test.want == "") || string(got) != test.want {
				t.Errorf("got %q, %v; want %q", got, err, test.want)
			}
		})
	}
}

// Equal edits of two fixes count once, equal edits of one fix twice.
func TestEditsByFile(t *testing.T) {
	chosen := Choose([]diagnostics.Finding{
		finding("a", fix(true, edit("f", 9, 9, "A"), edit("f", 1, 1, "i"))),
		finding("b", fix(true, edit("f", 1, 1, "i"), edit("f", 5, 5, "}"), edit("f", 5, 5, "}"), edit("g", 1, 1, "i"))),
	}, false)
	byFile := EditsByFile(chosen)
	texts := func(file string) (s string) {
		for _, e := range byFile[file] {
			s += e.NewText
		}
		return s
	}
	if got := texts("f"); got != "i}}A" {
		t.Errorf("edits of f: %q", got)
	}
	if got := texts("g"); got != "i" {
		t.Errorf("edits of g: %q", got)
	}
}
