package abandonedsend

import (
	"fmt"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxls/ctxls/diagnostics/deafgoroutine"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

// fixes make room for what the goroutine sends, or let its first send hear
// that it must stop.
func fixes(pass *rule.Pass, sends []flow.Wait) []rule.Fix {
	if sends[0].Inner != nil {
		return nil
	}
	return append(room(pass, sends), deafgoroutine.Select(pass, sends[0])...)
}

// room makes room in each channel that the goroutine can block on. With room
// in some of them only, the goroutine would block on the next one.
func room(pass *rule.Pass, sends []flow.Wait) []rule.Fix {
	var edits []analysis.TextEdit
	var title string
	for _, send := range sends {
		fix := deafgoroutine.Room(pass, send)
		if len(fix) == 0 {
			return nil
		}
		title = fix[0].Title
		edit := fix[0].Edits[0]
		if !slices.ContainsFunc(edits, func(e analysis.TextEdit) bool { return e.Pos == edit.Pos }) {
			edits = append(edits, edit)
		}
	}
	if len(edits) > 1 {
		title = fmt.Sprintf("Make room in %d channels", len(edits))
	}
	return []rule.Fix{{Title: title, Safe: true, Edits: edits}}
}
