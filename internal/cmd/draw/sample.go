//go:build unix

package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/ctxls/ctxls/internal/cmd/internal/program"
)

// finding is one of the pool; number is its place in the draw, from 1.
type finding struct {
	project project
	number  int
	program.Finding
}

func compare(a, b finding) int {
	return cmp.Or(strings.Compare(a.project.name, b.project.name), strings.Compare(a.File, b.File),
		cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), strings.Compare(a.Rule, b.Rule), strings.Compare(a.Message, b.Message))
}

// sample draws count findings, the same ones for the same pool and seed,
// whatever the order of the pool; unless most is zero, no more than most of a
// rule in a project, which keeps single projects from deciding.
func sample(pool []finding, count, most int, seed uint64) []finding {
	drawn := slices.SortedFunc(slices.Values(pool), compare)
	r := rand.New(rand.NewPCG(seed, 0))
	r.Shuffle(len(drawn), func(i, j int) { drawn[i], drawn[j] = drawn[j], drawn[i] })
	if most > 0 {
		type kind struct{ project, rule string }
		seen := make(map[kind]int)
		drawn = slices.DeleteFunc(drawn, func(f finding) bool {
			k := kind{f.project.dir, f.Rule}
			seen[k]++
			return seen[k] > most
		})
	}
	drawn = drawn[:min(count, len(drawn))]
	for i := range drawn {
		drawn[i].number = i + 1
	}
	return drawn
}

// printPool tells what there was to draw from.
func printPool(w io.Writer, pool, drawn []finding, seed uint64) error {
	type counts struct{ pooled, drawn int }
	rules, projects := make(map[string]*counts), make(map[string]*counts)
	of := func(m map[string]*counts, name string) *counts {
		if m[name] == nil {
			m[name] = new(counts)
		}
		return m[name]
	}
	for _, f := range pool {
		of(rules, f.Rule).pooled++
		of(projects, f.project.name).pooled++
	}
	for _, f := range drawn {
		of(rules, f.Rule).drawn++
		of(projects, f.project.name).drawn++
	}
	fmt.Fprintf(w, "seed %d: %d of %d findings\n", seed, len(drawn), len(pool))
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, part := range []map[string]*counts{rules, projects} {
		fmt.Fprintln(tw, "\npooled\tdrawn\t  ")
		for _, name := range slices.Sorted(maps.Keys(part)) {
			fmt.Fprintf(tw, "%d\t%d\t  %s\n", part[name].pooled, part[name].drawn, name)
		}
	}
	if err := tw.Flush(); err != nil {
		return fmt.Errorf("printing the pool: %w", err)
	}
	return nil
}

// sourceLines is how many lines of source a reader sees of each finding.
const sourceLines = 25

// writeBlocks writes what a reader needs to judge each finding.
func writeBlocks(file string, drawn []finding) error {
	var text strings.Builder
	for _, f := range drawn {
		fmt.Fprintf(&text, "#%d %s %s:%d:%d in %s\n%s: %s [%s]\n", f.number, f.project.name, f.File, f.Line, f.Column, f.Function, f.Severity, f.Message, f.Rule)
		for _, n := range f.Related {
			fmt.Fprintf(&text, "  - %s:%d: %s\n", n.File, n.Line, n.Message)
		}
		lines, err := os.ReadFile(filepath.Join(f.project.dir, f.File))
		if err != nil {
			return fmt.Errorf("reading the source of a finding: %w", err)
		}
		writeSource(&text, lines, f.Line)
		text.WriteString("\n")
	}
	if err := os.WriteFile(file, []byte(text.String()), 0o644); err != nil {
		return fmt.Errorf("writing the findings: %w", err)
	}
	return nil
}

func writeSource(w io.Writer, source []byte, line int) {
	lines := bytes.Split(bytes.TrimSuffix(source, []byte("\n")), []byte("\n"))
	first := max(line-sourceLines/2, 1)
	for n := first; n < first+sourceLines && n <= len(lines); n++ {
		mark := ' '
		if n == line {
			mark = '>'
		}
		fmt.Fprintf(w, "%c%6d %s\n", mark, n, lines[n-1])
	}
}
