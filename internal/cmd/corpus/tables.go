//go:build unix

package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// share counts how many of all.
type share struct{ hits, all int }

func (s *share) add(hit bool) {
	s.all++
	if hit {
		s.hits++
	}
}

func (s share) String() string {
	if s.all == 0 {
		return "-"
	}
	return fmt.Sprintf("%d/%d", s.hits, s.all)
}

// columns are the groups of bugs that are counted apart.
var columns = []string{"local, fixed since", "local, read", "interproc", "hard"}

func (l *label) column() string {
	if l.Level != "local" {
		return l.Level
	}
	if l.Evidence == "read" {
		return "local, read"
	}
	return "local, fixed since"
}

// row is what is known of a class.
type row struct {
	bugs         map[string]*share
	correct      share // hits are false reports
	skipped, low int
}

func (r *row) add(l *label) {
	switch {
	case l.skipped != nil:
		r.skipped++
	case l.Verdict == correct:
		r.correct.add(l.reported())
	case l.Low:
		r.low++
	default:
		c := l.column()
		if r.bugs[c] == nil {
			r.bugs[c] = new(share)
		}
		r.bugs[c].add(l.reported())
	}
}

func (r *row) cells() []string {
	var cells []string
	for _, c := range columns {
		s := r.bugs[c]
		if s == nil {
			s = new(share)
		}
		cells = append(cells, s.String())
	}
	return append(cells, r.correct.String(), fmt.Sprint(r.low), fmt.Sprint(r.skipped))
}

func printTables(w io.Writer, labels []*label) error {
	rows := make(map[string]*row)
	total := &row{bugs: make(map[string]*share)}
	type count struct{ bugs, correct int }
	rules := make(map[string]*count)
	for _, l := range labels {
		if rows[l.Class] == nil {
			rows[l.Class] = &row{bugs: make(map[string]*share)}
		}
		rows[l.Class].add(l)
		total.add(l)
		seen := make(map[string]bool)
		for _, m := range l.matches {
			if m.hint || seen[m.Rule] || l.Low {
				continue
			}
			seen[m.Rule] = true
			if rules[m.Rule] == nil {
				rules[m.Rule] = new(count)
			}
			if l.Verdict == correct {
				rules[m.Rule].correct++
			} else {
				rules[m.Rule].bugs++
			}
		}
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(tw, "class\t%s\tfalse reports\tlow\tskipped\trules\n", strings.Join(columns, "\t"))
	for _, class := range slices.Sorted(maps.Keys(rows)) {
		fmt.Fprintf(tw, "%s\t%s\t%s\n", class, strings.Join(rows[class].cells(), "\t"), strings.Join(rulesOf[class], ", "))
	}
	fmt.Fprintf(tw, "all\t%s\t\n", strings.Join(total.cells(), "\t"))
	fmt.Fprintln(tw, "\nrule\tbugs reported\tcorrect code reported")
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		fmt.Fprintf(tw, "%s\t%d\t%d\n", name, rules[name].bugs, rules[name].correct)
	}
	if err := tw.Flush(); err != nil {
		return fmt.Errorf("printing the tables: %w", err)
	}
	return nil
}

// printLabels prints what came out for each label.
func printLabels(w io.Writer, labels []*label) {
	sorted := slices.SortedStableFunc(slices.Values(labels), func(a, b *label) int {
		return cmp.Or(strings.Compare(a.Verdict, b.Verdict), strings.Compare(a.Class, b.Class), strings.Compare(a.Level, b.Level))
	})
	for _, l := range sorted {
		fmt.Fprintf(w, "%-7s %s %s %s/%s %s:%d %s: %s%s\n", l.outcome(), l.ID, l.Class, l.Level, l.Evidence, l.File, l.Line, l.Func, l.Why, l.remarks())
		for _, m := range l.matches {
			place := ""
			if m.byPath {
				place = " (by a step of its path)"
			}
			fmt.Fprintf(w, "        %s:%d: %s: %s [%s]%s\n", m.File, m.Line, m.Severity, m.Message, m.Rule, place)
		}
	}
	fmt.Fprintln(w)
}

// outcome says in a word what came out.
func (l *label) outcome() string {
	hinted := len(l.matches) > 0
	switch {
	case l.skipped != nil:
		return "skipped"
	case l.Verdict == correct && l.reported():
		return "FALSE"
	case l.Verdict == correct:
		return "silent"
	case l.reported():
		return "found"
	case hinted:
		return "hint"
	}
	return "MISSED"
}

func (l *label) remarks() string {
	var text string
	if l.Low {
		text += " (low)"
	}
	if l.errors > 0 {
		text += fmt.Sprintf(" (%d errors in the package)", l.errors)
	}
	if l.skipped != nil {
		text += " (" + strings.TrimPrefix(note(l.skipped), ": ") + ")"
	}
	return text
}
