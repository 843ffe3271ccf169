package report

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/ctxls/ctxls/diagnostics"
)

// WriteCatalogue writes the table of the rules.
func WriteCatalogue(w io.Writer, rules []*diagnostics.Rule) error {
	out := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(out, "RULE\tGROUP\tSEVERITY\tDEFAULT\tWHAT")
	for _, r := range rules {
		on := "off"
		if r.Default {
			on = "on"
		}
		fmt.Fprintf(out, "%s\t%s\t%v\t%s\t%s\n", r.Name, r.Group, r.Severity, on, r.Title)
	}
	return out.Flush()
}
