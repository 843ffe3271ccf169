//go:build unix

package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
)

// writeLists writes what a reader labels: the findings with their lines, and
// what the fixes would do.
func (s *sweep) writeLists(c *checker, diff []byte) error {
	if s.out == "" {
		return nil
	}
	name := filepath.Join(s.out, c.outcome.target.fileName())
	if err := writeList(name+".txt", c.dir, c.outcome.shown); err != nil {
		return err
	}
	if err := writeList(name+"-all.txt", c.dir, c.outcome.all); err != nil {
		return err
	}
	if err := os.WriteFile(name+".diff", diff, 0o644); err != nil {
		return fmt.Errorf("writing the diff of the fixes: %w", err)
	}
	return nil
}

// writeList writes findings by rule, each with the lines around it.
func writeList(name, dir string, findings []finding) error {
	sorted := slices.SortedStableFunc(slices.Values(findings), func(a, b finding) int { return cmp.Compare(a.Rule, b.Rule) })
	sources := make(map[string][]string)
	var text strings.Builder
	for i, f := range sorted {
		lines, ok := sources[f.File]
		if !ok {
			data, err := os.ReadFile(filepath.Join(dir, f.File))
			if err != nil {
				return fmt.Errorf("reading the source of a finding: %w", err)
			}
			lines = strings.Split(string(data), "\n")
			sources[f.File] = lines
		}
		fmt.Fprintf(&text, "#%d %s:%d:%d: %s: %s [%s] in %s\n", i+1, f.File, f.Line, f.Column, f.Severity, f.Message, f.Rule, f.Function)
		for n := max(f.Line-5, 0); n < min(f.Line+5, len(lines)); n++ {
			mark := " "
			if n == f.Line-1 {
				mark = ">"
			}
			fmt.Fprintf(&text, "%s%6d %s\n", mark, n+1, lines[n])
		}
		text.WriteString("\n")
	}
	if err := os.WriteFile(name, []byte(text.String()), 0o644); err != nil {
		return fmt.Errorf("writing a list of findings: %w", err)
	}
	return nil
}

// summarise prints what came out of all targets.
func summarise(w io.Writer, outcomes []*outcome) error {
	type counts struct{ shown, all, safe int }
	rules := make(map[string]*counts)
	of := func(rule string) *counts {
		if rules[rule] == nil {
			rules[rule] = new(counts)
		}
		return rules[rule]
	}
	failures := 0
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "first run\tsecond\tpeak MB\tsecond\tload errors\tfindings\tof all rules\tfixed files\tfindings left\tfailures\t  target")
	for _, o := range outcomes {
		failures += len(o.failures)
		fmt.Fprintf(tw, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t  %s\n",
			o.cold.elapsed.Round(100*time.Millisecond), o.second.elapsed.Round(100*time.Millisecond), o.cold.peak>>20, o.second.peak>>20,
			o.errors, len(o.shown), len(o.all), o.fixed, o.left, len(o.failures), o.target.name)
		for _, f := range o.shown {
			of(f.Rule).shown++
		}
		for _, f := range o.all {
			of(f.Rule).all++
			for _, fix := range f.Fixes {
				if fix.Safe {
					of(f.Rule).safe++
					break
				}
			}
		}
	}
	fmt.Fprintln(tw, "\nfindings\tof all rules\twith a safe fix\t  rule")
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		c := rules[name]
		fmt.Fprintf(tw, "%d\t%d\t%d\t  %s\n", c.shown, c.all, c.safe, name)
	}
	if err := tw.Flush(); err != nil {
		return fmt.Errorf("printing the summary: %w", err)
	}
	if failures > 0 {
		return fmt.Errorf("%d of the things that must hold do not", failures)
	}
	return nil
}

// peakBytes is the greatest resident size, which systems count differently.
func peakBytes(r *syscall.Rusage) int64 {
	if runtime.GOOS == "darwin" {
		return int64(r.Maxrss)
	}
	return int64(r.Maxrss) * 1024
}
