package deafgoroutine

import (
	"fmt"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

// checkAlone looks at a goroutine that has no context to listen to. It is a
// hint where it waits for something that nobody in view ever does.
func checkAlone(pass *rule.Pass, body *ssa.Function, launches []flow.Launch) {
	if pass.Func.IsTest() || runsOnce(pass) {
		return
	}
	for _, wait := range slices.Concat(pass.Flow.Waits(body), pass.Flow.Drains(body)) {
		if !wait.Lost {
			continue
		}
		reason := wait.Reason
		if wait.Inner != nil {
			reason = wait.Inner.Reason
		}
		alone := deafWait{Wait: wait}
		start, end, variable := place(pass, alone)
		d := rule.Diagnostic{
			Pos: start, End: end, Variable: variable, Severity: rule.Hint, Risk: rule.Medium,
			Message: fmt.Sprintf("goroutine waits for ever to %s: %s", pass.Flow.Operation(wait), reason),
			Claims:  claims(pass, wait.Pos),
		}
		for _, l := range launches {
			d.Related = append(d.Related, rule.Related{Pos: l.Site.Pos(), Message: "the goroutine starts here"})
		}
		for _, step := range wait.Steps {
			d.Related = append(d.Related, rule.Related{Pos: step.Pos, Message: step.Message})
		}
		pass.Report(d)
		return
	}
}
