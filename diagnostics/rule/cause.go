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
func (r *Result) join(pass *analysis.Pass) {
	slices.SortStableFunc(r.caused, func(a, b caused) int {
		return cmp.Or(strings.Compare(a.finding.Range.File, b.finding.Range.File), cmp.Compare(a.finding.Range.Start.Offset, b.finding.Range.Start.Offset))
	})
	var first []*caused
	byCause := make(map[string]*caused)
	for i := range r.caused {
		c := &r.caused[i]
		key := fmt.Sprint(c.finding.Severity, " ", c.cause)
		known := byCause[key]
		if known == nil {
			byCause[key] = c
			first = append(first, c)
			continue
		}
		const same = "the same here"
		known.finding.Related = append(known.finding.Related, RelatedRange{c.finding.Range, same})
		known.out.Related = append(known.out.Related, analysis.RelatedInformation{Pos: c.out.Pos, End: c.out.End, Message: same})
	}
	for _, c := range first {
		r.Findings = append(r.Findings, c.finding)
		pass.Report(c.out)
	}
	r.caused = nil
}
