package rule

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// caused is a finding that waits for others with the same cause.
type caused struct {
	cause   string
	finding Finding
	out     analysis.Diagnostic
}

// join reports the first finding of each cause, with the places of the others
// as steps of its path.
func join(pass *analysis.Pass, all []caused) []Finding {
	slices.SortStableFunc(all, func(a, b caused) int {
		return cmp.Or(strings.Compare(a.finding.Range.File, b.finding.Range.File), cmp.Compare(a.finding.Range.Start.Offset, b.finding.Range.Start.Offset))
	})
	var first []caused
	byCause := make(map[string]int) // indices of first
	for _, c := range all {
		key := fmt.Sprint(c.finding.Severity, " ", c.cause)
		i, known := byCause[key]
		if !known {
			byCause[key] = len(first)
			c.finding.Related, c.out.Related = slices.Clip(c.finding.Related), slices.Clip(c.out.Related)
			first = append(first, c)
			continue
		}
		const same = "the same here"
		first[i].finding.Related = append(first[i].finding.Related, RelatedRange{c.finding.Range, same})
		first[i].finding.Premises = append(first[i].finding.Premises, c.finding.Premises...)
		first[i].out.Related = append(first[i].out.Related, analysis.RelatedInformation{Pos: c.out.Pos, End: c.out.End, Message: same})
	}
	var findings []Finding
	for _, c := range first {
		findings = append(findings, c.finding)
		pass.Report(c.out)
	}
	return findings
}
