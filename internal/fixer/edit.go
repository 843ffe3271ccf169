// Package fixer applies the fixes of findings: it chooses those that go
// together, patches texts, checks the outcome, and writes the files.
package fixer

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/diagnostics/rule"
)

// Chosen is the fix that was chosen for a finding.
type Chosen struct {
	Finding diagnostics.Finding
	Fix     rule.ResolvedFix
}

// Choose picks a fix for each finding, the first safe one, or with unsafe
// just the first one. A fix that overlaps with one that was chosen before is
// left for another round.
func Choose(findings []diagnostics.Finding, unsafe bool) []Chosen {
	var chosen []Chosen
	taken := make(map[string][]diagnostics.Edit) // by file
	for _, f := range findings {
		i := slices.IndexFunc(f.Fixes, func(x rule.ResolvedFix) bool { return (x.Safe || unsafe) && len(x.Edits) > 0 })
		if i < 0 {
			continue
		}
		fix := f.Fixes[i]
		if slices.ContainsFunc(fix.Edits, func(e diagnostics.Edit) bool {
			return slices.ContainsFunc(taken[e.Range.File], func(t diagnostics.Edit) bool { return conflict(e, t) })
		}) {
			continue
		}
		for _, e := range fix.Edits {
			taken[e.Range.File] = append(taken[e.Range.File], e)
		}
		chosen = append(chosen, Chosen{f, fix})
	}
	return chosen
}

// conflict reports whether two edits of one file, from different fixes, may
// disturb each other: they overlap or touch. Equal ones do not: two fixes may
// well add the same import.
func conflict(a, b diagnostics.Edit) bool {
	return !sameEdit(a, b) &&
		a.Range.Start.Offset <= b.Range.End.Offset && b.Range.Start.Offset <= a.Range.End.Offset
}

func sameEdit(a, b diagnostics.Edit) bool {
	return a.NewText == b.NewText && a.Range.Start.Offset == b.Range.Start.Offset && a.Range.End.Offset == b.Range.End.Offset
}

// EditsByFile gathers the edits of the fixes, each once, in the order that
// [Apply] takes them.
func EditsByFile(fixes []Chosen) map[string][]diagnostics.Edit {
	byFile := make(map[string][]diagnostics.Edit)
	for _, c := range fixes {
		before := make(map[string]int) // edits of other fixes
		for _, e := range c.Fix.Edits {
			file := e.Range.File
			if _, ok := before[file]; !ok {
				before[file] = len(byFile[file])
			}
			others := byFile[file][:before[file]]
			if !slices.ContainsFunc(others, func(o diagnostics.Edit) bool { return sameEdit(e, o) }) {
				byFile[file] = append(byFile[file], e)
			}
		}
	}
	for _, edits := range byFile {
		slices.SortStableFunc(edits, func(a, b diagnostics.Edit) int {
			return cmp.Or(cmp.Compare(a.Range.Start.Offset, b.Range.Start.Offset), cmp.Compare(a.Range.End.Offset, b.Range.End.Offset))
		})
	}
	return byFile
}

// Apply applies the edits, sorted by offset, to the text of their file. New
// lines end like the line that they stand on.
func Apply(text []byte, edits []diagnostics.Edit) ([]byte, error) {
	var out bytes.Buffer
	last := 0
	for _, e := range edits {
		start, end := e.Range.Start.Offset, e.Range.End.Offset
		if start < last || end < start || end > len(text) {
			return nil, fmt.Errorf("an edit of bytes %d to %d does not fit a text of %d bytes edited up to %d", start, end, len(text), last)
		}
		out.Write(text[last:start])
		out.WriteString(LineEndings(e.NewText, text, start))
		last = end
	}
	out.Write(text[last:])
	return out.Bytes(), nil
}

// LineEndings gives new text, which goes to the offset, the line endings of
// the line there.
func LineEndings(newText string, text []byte, offset int) string {
	newText = strings.ReplaceAll(newText, "\r\n", "\n")
	if endsWithCR(text, offset) {
		return strings.ReplaceAll(newText, "\n", "\r\n")
	}
	return newText
}

// endsWithCR reports whether the line at the offset, or the one before when
// there is no further line, ends with a carriage return.
func endsWithCR(text []byte, offset int) bool {
	end := bytes.IndexByte(text[offset:], '\n')
	if end >= 0 {
		end += offset
	} else {
		end = bytes.LastIndexByte(text, '\n')
	}
	return end > 0 && text[end-1] == '\r'
}
