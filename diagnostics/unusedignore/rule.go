// Package unusedignore describes the rule about comments that silence rules
// and have no effect. Package diagnostics, which knows the comments and what
// all other rules have found, applies it.
package unusedignore

import (
	_ "embed"

	"github.com/ctxls/ctxls/diagnostics/rule"
)

//go:embed doc.md
var doc string

// Rule is described by its page.
var Rule = &rule.Rule{
	Name:     "unusedignore",
	Title:    "a comment that silences a rule has no effect",
	Group:    rule.Comments,
	Severity: rule.Hint,
	Default:  true,
	Doc:      doc,
}
