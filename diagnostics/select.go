package diagnostics

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/callsites"
)

// Own, in [Options], switches a rule on and leaves its findings their own
// severity.
const Own Severity = -1

// Options say which findings are shown.
type Options struct {
	// Severity maps a rule's name to what the user set; 0 switches the rule
	// off, [Own] on. Rules that are not in it have their own default.
	Severity map[string]Severity

	All   bool     // every rule, every severity
	Least Severity // the least severity that is shown; zero: Hint
	Tests bool     // findings in tests too

	// Refuted reports whether what is outside of the package refutes a premise
	// of a finding. Nil: nothing does.
	Refuted func(callsites.Premise) bool
}

// weighed returns a finding with the severity that what is outside of its
// package leaves it.
func (o Options) weighed(f Finding) Finding {
	if f.Severity <= rule.Hint || o.Refuted == nil || len(f.Premises) == 0 {
		return f
	}
	reason := callsites.Kind(0)
	for _, place := range f.Premises {
		i := slices.IndexFunc(place, o.Refuted)
		if i < 0 {
			return f
		}
		reason = place[i].Kind
	}
	f.Severity = rule.Hint
	f.Related = append(slices.Clip(f.Related), rule.RelatedRange{Range: f.Range, Message: refutations[reason]})
	return f
}

// refutations say why a finding is a hint.
var refutations = map[callsites.Kind]string{
	callsites.ContextEnds: "a hint, as no caller in the module ends this context",
	callsites.GoesOn:      "a hint, as the callers in the module run this once, and what it leaves behind ends with the process",
	callsites.Listens:     "a hint, as no implementation in the module makes anything of its context",
}

// enabled reports whether the rule is on, and the severity that the user
// demands for it (zero: each finding's own).
func (o Options) enabled(name string) (Severity, bool) {
	if s, ok := o.Severity[name]; ok {
		return max(s, 0), s != 0
	}
	r := ByName(name)
	return 0, r != nil && (o.All || r.Default)
}

// Select returns the findings to show, sorted by file, line, column and rule:
// those of enabled rules, of several that claim one statement only the one of
// the first rule, none that a comment suppresses, none below the least
// severity.
func Select(findings []Finding, o Options) []Finding {
	var candidates []Finding
	for _, f := range findings {
		if _, on := o.enabled(f.Rule); on && (o.Tests || !f.Test) {
			candidates = append(candidates, o.weighed(f))
		}
	}
	var shown []Finding
	for _, f := range arbitrate(candidates) {
		if demanded, _ := o.enabled(f.Rule); demanded != 0 {
			f.Severity = demanded
		}
		if !f.Suppressed && (o.All || f.Severity >= o.Least) {
			shown = append(shown, f)
		}
	}
	slices.SortStableFunc(shown, compare)
	return shown
}

// arbitrate keeps, of the findings that claim one statement, the one whose
// rule comes first, and of hints, which few look at, none beside a finding of
// more weight. A suppressed finding silences the next ones all the same.
func arbitrate(findings []Finding) []Finding {
	type claim struct {
		file   string
		offset int
	}
	claimed := make(map[claim][]int) // indices of findings
	for i, f := range findings {
		for _, c := range f.Claims {
			k := claim{c.File, c.Start.Offset}
			claimed[k] = append(claimed[k], i)
		}
	}
	silenced := make(map[int]bool)
	for _, rivals := range claimed {
		for _, order := range precedence {
			first, best := "", -1
			for _, i := range rivals {
				rank := slices.Index(order, findings[i].Rule)
				if rank >= 0 && findings[i].Severity == rule.Hint && !findings[i].Suppressed {
					rank += len(order)
				}
				if rank >= 0 && (best < 0 || rank < best) {
					first, best = findings[i].Rule, rank
				}
			}
			for _, i := range rivals {
				if best >= 0 && findings[i].Rule != first && slices.Contains(order, findings[i].Rule) {
					silenced[i] = true
				}
			}
		}
	}
	var kept []Finding
	for i, f := range findings {
		if !silenced[i] {
			kept = append(kept, f)
		}
	}
	return kept
}

func compare(a, b Finding) int {
	return cmp.Or(
		strings.Compare(a.Range.File, b.Range.File),
		cmp.Compare(a.Range.Start.Line, b.Range.Start.Line),
		cmp.Compare(a.Range.Start.Column, b.Range.Start.Column),
		strings.Compare(a.Rule, b.Rule),
	)
}
