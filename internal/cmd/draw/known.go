//go:build unix

package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
)

// printKnown prints how many of the labelled findings of an earlier draw, in the
// projects of the pool, are still reported, and lists the right ones that aren't
// and the others that are.
func printKnown(w io.Writer, file string, projects []project, pool []finding) error {
	type key struct{ rule, project, place string }
	reported := make(map[key]bool)
	for _, f := range pool {
		reported[key{f.Rule, f.project.name, fmt.Sprintf("%s:%d", f.File, f.Line)}] = true
	}
	type counts struct{ known, reported int }
	classes := make(map[string]*counts)
	err := readLabels(file, func(l labelled) error {
		if !slices.ContainsFunc(projects, func(p project) bool { return p.name == l.project }) {
			return nil
		}
		if classes[l.label] == nil {
			classes[l.label] = new(counts)
		}
		classes[l.label].known++
		still := reported[key{l.rule, l.project, l.place}]
		if still {
			classes[l.label].reported++
		}
		if still != (l.label == labelRight) {
			what := "lost"
			if still {
				what = l.label
			}
			fmt.Fprintf(w, "%s\t%s\t%s/%s\n", what, l.rule, l.project, l.place)
		}
		return nil
	})
	if err != nil {
		return err
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "known\treported\t  label")
	for _, label := range slices.Sorted(maps.Keys(classes)) {
		fmt.Fprintf(tw, "%d\t%d\t  %s\n", classes[label].known, classes[label].reported, label)
	}
	if err := tw.Flush(); err != nil {
		return fmt.Errorf("printing what is known: %w", err)
	}
	return nil
}
