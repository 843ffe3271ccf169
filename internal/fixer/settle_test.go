package fixer

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/checker"
	"github.com/ctxls/ctxls/internal/workspace"
)

// markers checks one file. It finds words in it, all of one rule, function
// and message, and has fixes for them, of which some are of no use.
type markers struct {
	text []byte
	runs int
}

const markerFile = "/m/a.go"

func (m *markers) Text(string) ([]byte, error)   { return m.text, nil }
func (m *markers) SetText(_ string, text []byte) { m.text = text }
func (m *markers) ErrorsAround(context.Context, []string) ([]workspace.Error, error) {
	return nil, nil
}

func (m *markers) Run(context.Context) (*checker.Result, error) {
	m.runs++
	result := new(checker.Result)
	text := string(m.text)
	for i := range text {
		for _, word := range []string{"good", "stuck", "hops", "twice", "hidden", "blank"} {
			if !strings.HasPrefix(text[i:], word) || word == "hidden" && strings.Contains(text, "good") {
				continue
			}
			at := m.span(i, i+len(word))
			nextLine := i + strings.Index(text[i:], "\n") + 1
			insert := func(line string) rule.ResolvedFix {
				return m.fix(fmt.Sprintf("Insert a line below line %d", at.Start.Line), nextLine, nextLine, line)
			}
			f := diagnostics.Finding{Rule: "marker", Function: "f", Range: at, Message: fmt.Sprintf("line %d", at.Start.Line)}
			switch replace := m.fix("Replace it", i, i+len(word), "done"); word {
			case "good", "hidden":
				f.Fixes = []rule.ResolvedFix{replace}
			case "stuck":
				f.Fixes = []rule.ResolvedFix{insert("\tprintln()\n")}
			case "twice":
				f.Fixes = []rule.ResolvedFix{insert("\tprintln()\n"), replace}
			case "hops":
				f.Fixes = []rule.ResolvedFix{m.fix("Move it", i, nextLine, "done\"\n\t_ = \"hops\"\n")}
			case "blank":
				f.Fixes = []rule.ResolvedFix{insert("\n\n\n\tprintln()\n")}
			}
			result.Findings = append(result.Findings, f)
		}
	}
	return result, nil
}

func (m *markers) span(start, end int) diagnostics.Range {
	position := func(offset int) rule.Position {
		before := m.text[:offset]
		return rule.Position{Offset: offset, Line: bytes.Count(before, []byte("\n")) + 1, Column: offset - bytes.LastIndexByte(before, '\n')}
	}
	return diagnostics.Range{File: markerFile, Start: position(start), End: position(end)}
}

func (m *markers) fix(title string, start, end int, text string) rule.ResolvedFix {
	return rule.ResolvedFix{Title: title, Safe: true, Edits: []diagnostics.Edit{{Range: m.span(start, end), NewText: text}}}
}

// A fix that does not clear its finding is as if it was not offered.
func TestUselessFixesAreTakenBack(t *testing.T) {
	for _, test := range []struct {
		name, words string // one a line
		want        string
		applied     int
	}{
		{"alone", "stuck", "stuck", 0},
		{"several", "stuck stuck stuck", "stuck stuck stuck", 0},
		{"among good ones", "good stuck good stuck good", "done stuck done stuck done", 3},
		{"another fix helps", "twice good", "done done", 2},
		{"another fix helps below", "good twice stuck twice", "done done stuck done", 3},
		{"moved by its own fix", "good hops good", "done hops done", 2},
		{"lines that formatting takes away", "good blank good", "done blank done", 2},
		{"two of a line", "goodgood stuck", "donedone stuck", 2},
		{"not told apart in one line", "stuckgood good", "stuckgood done", 1},
		{"shown by another fix", "good hidden stuck", "done done stuck", 2},
		{"nothing", "none", "none", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			source := func(words string) string {
				var b strings.Builder
				b.WriteString("package m\n\nfunc f() {\n")
				for word := range strings.FieldsSeq(words) {
					fmt.Fprintf(&b, "\t_ = \"%s\"\n", word)
				}
				return b.String() + "}\n"
			}
			m := &markers{text: []byte(source(test.words))}
			want := source(test.want)
			for run := 1; run <= 2; run++ {
				before := string(m.text)
				out, err := Fix(t.Context(), m, false)
				if err != nil {
					t.Fatal(err)
				}
				if got := string(m.text); got != want {
					t.Fatalf("run %d: got\n%s\nwant\n%s", run, got, want)
				}
				applied := test.applied
				if run == 2 {
					applied = 0
				}
				if out.Applied != applied {
					t.Errorf("run %d: %d fixes were applied, want %d", run, out.Applied, applied)
				}
				if changed := before != want; len(out.Files) > 0 != changed || changed && string(out.Files[0].After) != want {
					t.Errorf("run %d: the files %v", run, out.Files)
				}
				result, _ := m.Run(t.Context())
				if len(out.Left.Findings) != len(result.Findings) {
					t.Errorf("run %d: %d findings are left, want %d", run, len(out.Left.Findings), len(result.Findings))
				}
			}
			if m.runs > 4*maxRounds {
				t.Errorf("it took %d runs", m.runs)
			}
		})
	}
}

func TestTidied(t *testing.T) {
	for _, test := range []struct {
		name, before, after string
		line, want          int
	}{
		{"as it was", "a\nb\n", "a\n b\n", 2, 2},
		{"fewer blank lines", "a\n\n\n\nb\n", "a\n\nb\n", 5, 3},
		{"a blank line goes down", "a\n\n\n\nb\n", "a\n\nb\n", 3, 3},
		{"more blank lines", "a\nb\nc\n", "a\n\nb\nc\n", 3, 4},
		{"above the change", "a\nb\n\n\nc\n", "a\nb\n\nc\n", 2, 2},
		{"at the end", "a\n\n\n", "a\n", 3, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := newTidied([]byte(test.before), []byte(test.after)).stretch(test.line, test.line); got != (stretch{test.want, test.want}) {
				t.Errorf("got %v, want %d", got, test.want)
			}
		})
	}
	if got := newTidied([]byte("a b\n"), []byte("a\nb\n")).stretch(1, 1); got.first != 1 || got.last < 2 {
		t.Errorf("a line that was broken is at %v", got)
	}
}
