//go:build unix

package main

import (
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
)

// columns are the head of the list that a reader fills in.
const columns = "id\trule\tproject\tplace\tlabel\treason"

// Labels that a reader gives.
const (
	labelTrue  = "true"
	labelFalse = "false"
)

// writeList writes the list that a reader fills in. One that is there already
// may have been filled in: it stays.
func writeList(file string, drawn []finding) error {
	var text strings.Builder
	fmt.Fprintln(&text, columns)
	for _, f := range drawn {
		fmt.Fprintf(&text, "%d\t%s\t%s\t%s:%d\t\t\n", f.number, f.Rule, f.project.name, f.File, f.Line)
	}
	out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("writing the list: %w", err)
	}
	_, err = io.WriteString(out, text.String())
	if closeErr := out.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("writing the list: %w", err)
	}
	return nil
}

// verdicts count the labels of a rule.
type verdicts struct{ right, wrong, open int }

func (v *verdicts) add(label string) error {
	switch label {
	case labelTrue:
		v.right++
	case labelFalse:
		v.wrong++
	case "":
		v.open++
	default:
		return fmt.Errorf("label %q: want %s or %s", label, labelTrue, labelFalse)
	}
	return nil
}

// precision is the share of the labelled findings that are true, with the
// lower end of its 95 % Wilson interval.
func (v verdicts) precision() (share, lower float64, ok bool) {
	n := float64(v.right + v.wrong)
	if n == 0 {
		return 0, 0, false
	}
	const z = 1.96
	p := float64(v.right) / n
	lower = (p + z*z/(2*n) - z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))) / (1 + z*z/n)
	return p, max(lower, 0), true
}

// printTable prints the precision of each rule, and of all.
func printTable(w io.Writer, file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("reading the labels: %w", err)
	}
	rules := make(map[string]*verdicts)
	var all verdicts
	for i, line := range strings.Split(strings.TrimRight(string(data), "\r\n"), "\n") {
		line = strings.TrimRight(line, "\r")
		if i == 0 && line == columns {
			continue
		}
		cells := strings.Split(line, "\t")
		if len(cells) < 5 {
			return fmt.Errorf("%s:%d: %d columns, want %d", file, i+1, len(cells), strings.Count(columns, "\t")+1)
		}
		name, label := cells[1], strings.ToLower(strings.TrimSpace(cells[4]))
		if rules[name] == nil {
			rules[name] = new(verdicts)
		}
		for _, v := range []*verdicts{rules[name], &all} {
			if err := v.add(label); err != nil {
				return fmt.Errorf("%s:%d: %w", file, i+1, err)
			}
		}
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "true\tfalse\tnot labelled\tright\tat least (95 %)\t  rule")
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		rules[name].print(tw, name)
	}
	all.print(tw, "all")
	if err := tw.Flush(); err != nil {
		return fmt.Errorf("printing the table: %w", err)
	}
	return nil
}

func (v verdicts) print(w io.Writer, name string) {
	share, lower := "-", "-"
	if p, low, ok := v.precision(); ok {
		share, lower = fmt.Sprintf("%.1f %%", 100*p), fmt.Sprintf("%.1f %%", 100*low)
	}
	fmt.Fprintf(w, "%d\t%d\t%d\t%s\t%s\t  %s\n", v.right, v.wrong, v.open, share, lower, name)
}
