package report

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/ctxls/ctxls/internal/workspace"
)

// writeText writes one line a finding. Errors are not part of it: they go to
// standard error, see [WriteErrors].
func writeText(w io.Writer, r Report, dir string) error {
	out := bufio.NewWriter(w)
	for _, f := range r.Findings {
		fmt.Fprintf(out, "%s:%d:%d: %v: %s [%s]\n",
			Relative(dir, f.Range.File), f.Range.Start.Line, f.Range.Start.Column, f.Severity, f.Message, f.Rule)
	}
	return out.Flush()
}

func writeTable(w io.Writer, r Report, dir string) error {
	if len(r.Findings) == 0 {
		return nil
	}
	out := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(out, "FILE\tLINE\tVARIABLE\tMISSING\tRISK\tRULE")
	for _, f := range r.Findings {
		var missing []string
		for _, m := range f.Missing {
			missing = append(missing, strconv.Itoa(m.Start.Line))
		}
		fmt.Fprintf(out, "%s\t%d\t%s\t%s\t%s\t%s\n", Relative(dir, f.Range.File), f.Range.Start.Line,
			orDash(f.Variable), orDash(strings.Join(missing, ",")), f.Risk, f.Rule)
	}
	return out.Flush()
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// WriteErrors writes one line an error, with as much of its place as is known.
func WriteErrors(w io.Writer, errors []workspace.Error, dir string) {
	for _, e := range errors {
		if e.File != "" {
			fmt.Fprintf(w, "%s:", Relative(dir, e.File))
			if e.Line > 0 {
				fmt.Fprintf(w, "%d:", e.Line)
				if e.Column > 0 {
					fmt.Fprintf(w, "%d:", e.Column)
				}
			}
			fmt.Fprint(w, " ")
		}
		fmt.Fprintln(w, e.Message)
	}
}
