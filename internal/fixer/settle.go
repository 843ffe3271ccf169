package fixer

import (
	"bytes"
	"context"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/checker"
)

// identity is what a finding is known by after its lines have moved.
type identity struct{ file, rule, pkg, function, variable, message string }

func identify(f diagnostics.Finding) identity {
	return identity{f.Range.File, f.Rule, f.Package, f.Function, f.Variable, withoutLines(f.Message)}
}

var numbers = regexp.MustCompile(`[0-9]+`)

// withoutLines returns a message or a title without the lines it mentions.
func withoutLines(text string) string { return numbers.ReplaceAllString(text, "0") }

// settle checks the code again and takes back those fixes that did not clear
// their findings, until there are none. It returns what is left; before are
// the findings that the fixes were chosen from.
func (r *round) settle(ctx context.Context, before []diagnostics.Finding) (*checker.Result, error) {
	for {
		left, err := r.c.Run(ctx)
		if err != nil {
			return nil, err
		}
		useless := r.useless(before, left.Findings)
		if len(useless) == 0 {
			return left, nil
		}
		var rest []Chosen
		for i, c := range r.accepted {
			if useless[i] {
				r.refused = append(r.refused, c)
			} else {
				rest = append(rest, c)
			}
		}
		for path := range r.texts {
			r.c.SetText(path, r.base[path])
		}
		r.accepted, r.texts, r.lines = nil, nil, nil
		if err := r.pick(ctx, rest); err != nil {
			return nil, err
		}
	}
}

// useless returns which of the accepted fixes have findings that still stand.
func (r *round) useless(before, left []diagnostics.Finding) map[int]bool {
	if len(r.accepted) == 0 {
		return nil
	}
	lines := newLineMap(r)
	standing := make(map[identity][]diagnostics.Finding)
	for _, f := range left {
		standing[identify(f)] = append(standing[identify(f)], f)
	}
	// Findings that were not fixed in this round may stand where they were.
	waiting := make(map[identity][]stretch)
	fixed := make(map[identity][]rule.Position)
	for _, c := range r.accepted {
		fixed[identify(c.Finding)] = append(fixed[identify(c.Finding)], c.Finding.Range.Start)
	}
	for _, f := range before {
		if id := identify(f); !slices.Contains(fixed[id], f.Range.Start) {
			waiting[id] = append(waiting[id], lines.after(f))
		}
	}
	found := make(map[int]bool)
	for i, c := range r.accepted {
		id := identify(c.Finding)
		if len(standing[id]) == 0 {
			continue
		}
		places := append(lines.written(c.Fix, c.Finding.Range.File), lines.after(c.Finding))
		n := 0
		for _, f := range standing[id] {
			line := f.Range.Start.Line
			if slices.ContainsFunc(places, func(s stretch) bool { return s.first <= line && line <= s.last }) {
				n++
			}
		}
		for _, w := range waiting[id] {
			if slices.ContainsFunc(places, func(s stretch) bool { return s.first <= w.last && w.first <= s.last }) {
				n--
			}
		}
		if n > 0 {
			found[i] = true
		}
	}
	return found
}

// stretch are lines of a file, from first to last.
type stretch struct{ first, last int }

// lineMap tells where the lines of the texts before a round are after it.
type lineMap struct {
	edits  map[string][]diagnostics.Edit
	tidied map[string]tidied
}

func newLineMap(r *round) lineMap { return lineMap{EditsByFile(r.accepted), r.lines} }

// after returns where the finding stands if it still does.
func (m lineMap) after(f diagnostics.Finding) stretch {
	file, at := f.Range.File, f.Range.Start
	shift := 0
	for _, e := range m.edits[file] {
		switch {
		case e.Range.End.Offset <= at.Offset:
			shift += growth(e)
		case e.Range.Start.Offset <= at.Offset:
			first := e.Range.Start.Line + shift
			return m.tidied[file].stretch(first, first+strings.Count(e.NewText, "\n"))
		}
	}
	return m.tidied[file].stretch(at.Line+shift, at.Line+shift)
}

// written returns the lines of the file that the fix wrote.
func (m lineMap) written(fix rule.ResolvedFix, file string) []stretch {
	var out []stretch
	shift := 0
	for _, e := range m.edits[file] {
		if slices.ContainsFunc(fix.Edits, func(own diagnostics.Edit) bool { return own.Range.File == file && sameEdit(own, e) }) {
			first := e.Range.Start.Line + shift
			n := strings.Count(strings.TrimSuffix(e.NewText, "\n"), "\n")
			out = append(out, m.tidied[file].stretch(first, first+n))
		}
		shift += growth(e)
	}
	return out
}

// tidied says what line each line of a text became when it was formatted. The
// zero value says that all stayed.
type tidied struct {
	lines []int // the first has index 1
	lost  bool  // they cannot be followed
}

// newTidied compares a text with what it became. Formatting adds and removes
// blank lines; the others stay in order.
func newTidied(before, after []byte) tidied {
	if bytes.Count(before, []byte("\n")) == bytes.Count(after, []byte("\n")) {
		return tidied{}
	}
	var places []int // of the lines that are not blank
	line := 0
	for text := range bytes.Lines(after) {
		line++
		if len(bytes.TrimSpace(text)) > 0 {
			places = append(places, line)
		}
	}
	lines, n := []int{0}, 0
	for text := range bytes.Lines(before) {
		lines = append(lines, places[min(n, len(places)-1)])
		if len(bytes.TrimSpace(text)) > 0 {
			n++
		}
	}
	return tidied{lines, n != len(places)}
}

func (t tidied) stretch(first, last int) stretch {
	switch {
	case t.lost:
		return stretch{1, math.MaxInt}
	case t.lines == nil:
		return stretch{first, last}
	}
	end := len(t.lines) - 1
	return stretch{t.lines[min(first, end)], t.lines[min(last, end)]}
}

// growth is how many lines an edit adds.
func growth(e diagnostics.Edit) int {
	return strings.Count(e.NewText, "\n") - (e.Range.End.Line - e.Range.Start.Line)
}

// refusal is a fix that did not clear its finding.
type refusal struct {
	finding diagnostics.Finding
	title   string
}

// followed returns the refusals, those of the round included, with the
// findings that they are about as they stand after it.
func (r *round) followed(refusals []refusal, left []diagnostics.Finding) []refusal {
	all := slices.Clone(refusals)
	for _, c := range r.refused {
		all = append(all, refusal{c.Finding, c.Fix.Title})
	}
	lines := newLineMap(r)
	var out []refusal
	for _, old := range all {
		id, place := identify(old.finding), lines.after(old.finding)
		for _, f := range left {
			if line := f.Range.Start.Line; place.first <= line && line <= place.last && identify(f) == id {
				out = append(out, refusal{f, old.title})
			}
		}
	}
	return out
}

// offered returns the findings without the fixes that were refused.
func offered(findings []diagnostics.Finding, refusals []refusal) []diagnostics.Finding {
	out := slices.Clone(findings)
	for i, f := range out {
		out[i].Fixes = slices.DeleteFunc(slices.Clone(f.Fixes), func(fix rule.ResolvedFix) bool {
			return slices.ContainsFunc(refusals, func(r refusal) bool {
				return withoutLines(r.title) == withoutLines(fix.Title) && r.finding.Range == f.Range && identify(r.finding) == identify(f)
			})
		})
	}
	return out
}
