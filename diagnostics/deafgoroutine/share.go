package deafgoroutine

import (
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

// Room makes room in the channel of a send for all that is sent, if that can
// be counted. It is for rules on the same operations.
func Room(pass *rule.Pass, wait flow.Wait) []rule.Fix {
	f := &fixer{pass: pass, wait: deafWait{Wait: wait}}
	return f.makeRoom()
}

// Select puts an operation in a select beside a context, where the goroutine
// has one in reach and nobody counts on the operation. It is for rules on the
// same operations.
func Select(pass *rule.Pass, wait flow.Wait) []rule.Fix {
	ctx, ok := nearest(pass, wait)
	if !ok || wait.Needed {
		return nil
	}
	var selects []rule.Fix
	for _, fix := range fixes(pass, deafWait{wait, ctx}) {
		if fix.Title == selectTitle(ctx) {
			selects = append(selects, fix)
		}
	}
	return selects
}
