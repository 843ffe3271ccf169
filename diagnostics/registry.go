// Package diagnostics holds the rules of ctxls, one folder each, and decides
// which of their findings are shown.
package diagnostics

import (
	"github.com/ctxls/ctxls/diagnostics/abandonedsend"
	"github.com/ctxls/ctxls/diagnostics/brokenchain"
	"github.com/ctxls/ctxls/diagnostics/bypassedctx"
	"github.com/ctxls/ctxls/diagnostics/cancelnotdeferred"
	"github.com/ctxls/ctxls/diagnostics/closedspin"
	"github.com/ctxls/ctxls/diagnostics/ctxvalue"
	"github.com/ctxls/ctxls/diagnostics/ctxvariant"
	"github.com/ctxls/ctxls/diagnostics/deadctx"
	"github.com/ctxls/ctxls/diagnostics/deafgoroutine"
	"github.com/ctxls/ctxls/diagnostics/deafloop"
	"github.com/ctxls/ctxls/diagnostics/deafsleep"
	"github.com/ctxls/ctxls/diagnostics/deferinloop"
	"github.com/ctxls/ctxls/diagnostics/discardeddone"
	"github.com/ctxls/ctxls/diagnostics/donenoexit"
	"github.com/ctxls/ctxls/diagnostics/errgroupctx"
	"github.com/ctxls/ctxls/diagnostics/exitskipscancel"
	"github.com/ctxls/ctxls/diagnostics/forwardcancel"
	"github.com/ctxls/ctxls/diagnostics/growingctx"
	"github.com/ctxls/ctxls/diagnostics/lostcancel"
	"github.com/ctxls/ctxls/diagnostics/outlivedctx"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/diagnostics/strandedcancel"
	"github.com/ctxls/ctxls/diagnostics/swallowedpanic"
	"github.com/ctxls/ctxls/diagnostics/unusedignore"
)

// All are the rules, in the order of the catalogue. A new rule is one folder
// and one line here.
var All = []*rule.Rule{
	lostcancel.Rule,
	cancelnotdeferred.Rule,
	deferinloop.Rule,
	strandedcancel.Rule,
	exitskipscancel.Rule,
	brokenchain.Rule,
	ctxvariant.Rule,
	bypassedctx.Rule,
	discardeddone.Rule,
	forwardcancel.Rule,
	growingctx.Rule,
	deadctx.Rule,
	ctxvalue.Rule,
	donenoexit.Rule,
	deafgoroutine.Rule,
	deafloop.Rule,
	deafsleep.Rule,
	abandonedsend.Rule,
	outlivedctx.Rule,
	closedspin.Rule,
	swallowedpanic.Rule,
	errgroupctx.Rule,
	unusedignore.Rule, // last: it is about what the others found
}

// Names are the names of all rules, in the order of the catalogue.
func Names() []string {
	names := make([]string, len(All))
	for i, r := range All {
		names[i] = r.Name
	}
	return names
}

// ByName returns the rule of that name, or nil.
func ByName(name string) *rule.Rule {
	for _, r := range All {
		if r.Name == name {
			return r
		}
	}
	return nil
}

// precedence lists the rules of which only the first speaks where several
// claim one statement (rules.md, "One defect, one finding").
var precedence = [][]string{
	{"donenoexit", "closedspin", "abandonedsend", "deafgoroutine", "discardeddone", "deafloop", "deafsleep"},
	{"deferinloop", "lostcancel", "growingctx", "deadctx"},
	{"errgroupctx", "brokenchain", "bypassedctx"},
	{"ctxvariant", "brokenchain"},
}
