//go:build unix

package main

import (
	"errors"
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

// Labels that a reader gives: right, and a maintainer would change the code;
// right, and he would not; wrong; can't be told.
const (
	labelRight    = "right"
	labelHarmless = "harmless"
	labelWrong    = "wrong"
	labelDoubtful = "doubtful"
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
type verdicts struct{ right, harmless, wrong, doubtful, open int }

func (v *verdicts) add(label string) error {
	switch label {
	case labelRight:
		v.right++
	case labelHarmless:
		v.harmless++
	case labelWrong:
		v.wrong++
	case labelDoubtful:
		v.doubtful++
	case "":
		v.open++
	default:
		return fmt.Errorf("label %q: want %s, %s, %s or %s", label, labelRight, labelHarmless, labelWrong, labelDoubtful)
	}
	return nil
}

// share is n of the labelled findings in hundredths, with the lower end of its
// 95 % Wilson interval.
func (v verdicts) share(n int) string {
	all := float64(v.right + v.harmless + v.wrong + v.doubtful)
	if all == 0 {
		return "-"
	}
	const z = 1.96
	p := float64(n) / all
	lower := (p + z*z/(2*all) - z*math.Sqrt(p*(1-p)/all+z*z/(4*all*all))) / (1 + z*z/all)
	return fmt.Sprintf("%.0f %% (%.0f)", 100*p, 100*max(lower, 0))
}

// printTable prints what readers say of each rule, and of all.
func printTable(w io.Writer, files []string) error {
	if len(files) == 0 {
		return errors.New("want the files with the labels")
	}
	rules := make(map[string]*verdicts)
	var all verdicts
	for _, file := range files {
		if err := readLabels(file, func(l labelled) error {
			if rules[l.rule] == nil {
				rules[l.rule] = new(verdicts)
			}
			if err := all.add(l.label); err != nil {
				return err
			}
			return rules[l.rule].add(l.label)
		}); err != nil {
			return err
		}
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "right\tharmless\twrong\tdoubtful\tnot labelled\tright (at least)\tright or harmless (at least)\t  rule")
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		rules[name].print(tw, name)
	}
	all.print(tw, "all")
	if err := tw.Flush(); err != nil {
		return fmt.Errorf("printing the table: %w", err)
	}
	return nil
}

// labelled is a line of a list that a reader filled in; place is FILE:LINE.
type labelled struct{ rule, project, place, label string }

// readLabels calls add for each line of a list that a reader filled in.
func readLabels(file string, add func(labelled) error) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("reading the labels: %w", err)
	}
	for i, line := range strings.Split(strings.TrimRight(string(data), "\r\n"), "\n") {
		line = strings.TrimRight(line, "\r")
		if i == 0 && line == columns || strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(line, "\t")
		if len(cells) < 5 {
			return fmt.Errorf("%s:%d: %d columns, want %d", file, i+1, len(cells), strings.Count(columns, "\t")+1)
		}
		if err := add(labelled{cells[1], cells[2], cells[3], strings.ToLower(strings.TrimSpace(cells[4]))}); err != nil {
			return fmt.Errorf("%s:%d: %w", file, i+1, err)
		}
	}
	return nil
}

func (v verdicts) print(w io.Writer, name string) {
	fmt.Fprintf(w, "%d\t%d\t%d\t%d\t%d\t%s\t%s\t  %s\n", v.right, v.harmless, v.wrong, v.doubtful, v.open, v.share(v.right), v.share(v.right+v.harmless), name)
}
