package rule

import (
	"go/token"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxls/ctxls/internal/callsites"
)

// Diagnostic is what a rule reports, in the positions of the pass's FileSet.
type Diagnostic struct {
	Pos, End token.Pos // the fixed place: the smallest name or expression
	Message  string
	Variable string   // the variable at fault, "_" included; empty if there is none
	Severity Severity // zero: the rule's own
	Risk     Risk     // empty: medium
	Missing  []token.Pos
	Related  []Related // the path, in the order of execution
	Fixes    []Fix     // the best one first
	Needless bool      // what is at the place can simply go: editors fade it

	// Claims are the positions of the statements (a loop's for, a send, a
	// call) that this finding holds at fault. Of the findings that claim one
	// statement only the rule that comes first in the order of precedence
	// speaks; see diagnostics.Select.
	Claims []token.Pos

	// Premises are what the finding rests on beside what the package shows.
	Premises []callsites.Premise

	// Cause, if not empty, names what is at fault elsewhere. Of the findings
	// of one package, rule and severity with the same cause only the first in
	// the order of files is kept; the others are steps of its path. They must
	// have no fixes.
	Cause string
}

// Related is one step of a finding's path. A zero End means a point.
type Related struct {
	Pos, End token.Pos
	Message  string
}

// Fix is one way to repair a finding.
type Fix struct {
	Title string
	Safe  bool // keeps every run that isn't the bug; see contract.md "Fixes"
	Edits []analysis.TextEdit
}

// Finding is a [Diagnostic] whose positions are resolved: it depends on no
// FileSet, can be kept on disk (gob) and compared.
type Finding struct {
	Rule     string
	Severity Severity
	Risk     Risk
	Range    Range
	Package  string // import path
	Function string // as in "(*Server).Handle"; empty outside of functions
	Variable string
	Message  string
	Missing  []Range
	Related  []RelatedRange
	Fixes    []ResolvedFix
	Needless bool

	// Premises are those of each place that the finding stands for. If one of
	// each place's is refuted, the finding is a hint; see diagnostics.Select.
	Premises [][]callsites.Premise

	Home       string  // the file of the function that it was found in; empty for what is joined and for comments
	Claims     []Range // see Diagnostic.Claims
	Test       bool    // stands in a test
	Suppressed bool    // by a comment; see diagnostics.Select
}

// Position is a place in a file: a byte offset from 0, a line and a byte
// column from 1.
type Position struct{ Offset, Line, Column int }

// Range is a half-open stretch of one file.
type Range struct {
	File       string // absolute path
	Start, End Position
}

// RelatedRange is a resolved [Related].
type RelatedRange struct {
	Range   Range
	Message string
}

// ResolvedFix is a resolved [Fix]. Its edits are sorted by file and offset
// and do not overlap.
type ResolvedFix struct {
	Title string
	Safe  bool
	Edits []Edit
}

// Edit replaces Range by NewText.
type Edit struct {
	Range   Range
	NewText string
}
