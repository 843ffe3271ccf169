// Package rule holds what all rules share: the description of a rule, what it
// reports, and the bridge from a rule to an [analysis.Analyzer].
package rule

import (
	"fmt"
	"strings"
)

// Severity says how sure and how bad a finding is. The zero value means "the
// rule's own severity" in a [Diagnostic] and is never found in a [Finding].
type Severity int

const (
	Hint        Severity = iota + 1 // worth knowing, no bug by itself
	Information                     // a weakness that bites under load
	Warning                         // a bug on some real path
	Error                           // only by configuration
)

var severityNames = [...]string{Hint: "hint", Information: "information", Warning: "warning", Error: "error"}

func (s Severity) String() string {
	if s < Hint || s > Error {
		return fmt.Sprintf("severity(%d)", int(s))
	}
	return severityNames[s]
}

// ParseSeverity is the inverse of [Severity.String].
func ParseSeverity(name string) (Severity, error) {
	for s := Hint; s <= Error; s++ {
		if severityNames[s] == name {
			return s, nil
		}
	}
	return 0, fmt.Errorf("unknown severity %q: want hint, information, warning or error", name)
}

// Risk says what a finding costs at run time.
type Risk string

const (
	High   Risk = "high"   // leaks, hangs or spins on each such run
	Medium Risk = "medium" // bounded by a timer or by a rare path
	Low    Risk = "low"    // ends by itself
)

// Group is the question that a rule answers.
type Group string

const (
	Cancel Group = "cancel" // is the CancelFunc called on every way out?
	Chain  Group = "chain"  // does the signal travel from caller to callee?
	Exit   Group = "exit"   // does the goroutine listen, and leave?

	Comments Group = "comments" // do the comments that silence rules still do?
)

// Rule describes one rule. Values are constants of the program: they are
// registered once in package diagnostics and never modified.
type Rule struct {
	Name     string // the diagnostic's code, lower case
	Title    string // one line for tables, without a full stop
	Group    Group
	Severity Severity // of a finding that does not set its own
	Default  bool     // in the default set
	Doc      string   // the page, Markdown, embedded from doc.md

	// Check inspects pass.Func, a declared function with the literals nested
	// in it, and reports through pass.Report. It is called once for each
	// function of the package; a panic loses that function alone. It is nil
	// for a rule about what the others found, which package diagnostics has.
	Check func(pass *Pass)
}

// URL is the address of the rule's page.
func (r *Rule) URL() string {
	return "https://github.com/ctxls/ctxls/blob/main/diagnostics/" + r.Name + "/doc.md"
}

// Summary is the first paragraph of the page below its heading.
func (r *Rule) Summary() string {
	for part := range strings.SplitSeq(r.Doc, "\n\n") {
		part = strings.TrimSpace(part)
		if part != "" && !strings.HasPrefix(part, "#") {
			return strings.Join(strings.Fields(part), " ")
		}
	}
	return r.Title
}
