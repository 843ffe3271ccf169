// Package swallowedpanic is the rule of the same name: a goroutine of a group
// recovers from a panic and tells nobody.
package swallowedpanic

import (
	_ "embed"
	"fmt"
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

//go:embed doc.md
var doc string

// Rule is the rule swallowedpanic.
var Rule = &rule.Rule{
	Name:     "swallowedpanic",
	Title:    "a goroutine of a group recovers from a panic, and the others aren't told",
	Group:    rule.Exit,
	Severity: rule.Information,
	Default:  false,
	Doc:      doc,
	Check:    check,
}

func check(pass *rule.Pass) {
	for _, body := range pass.Func.Bodies {
		for _, l := range pass.Flow.LaunchesIn(body) {
			if l.Body == nil {
				continue
			}
			r := recovery(pass, l.Body)
			if r == nil || !pass.Flow.Siblings(l) {
				continue
			}
			report(pass, l, r)
		}
	}
}

// recovered is a deferred function that recovers and tells nobody.
type recovered struct {
	deferred *ssa.Defer
	handler  *ssa.Function
	call     *ssa.Call // of recover
	shared   bool      // the handler is declared: others defer it as well
}

// recovery returns the deferred function of a goroutine that swallows a panic;
// nil if there is none, or if something tells that the goroutine has failed.
func recovery(pass *rule.Pass, body *ssa.Function) *recovered {
	var found *recovered
	for _, block := range body.Blocks {
		for _, instr := range block.Instrs {
			d, ok := instr.(*ssa.Defer)
			if !ok {
				continue
			}
			if b, ok := d.Call.Value.(*ssa.Builtin); ok && b.Name() == "close" {
				return nil
			}
			if flow.IsCancelFunc(d.Call.Value.Type()) {
				return nil
			}
			handler := d.Call.StaticCallee()
			if handler == nil || len(handler.Blocks) == 0 || pass.Flow.Of(handler) == nil {
				continue
			}
			call := recoverIn(handler)
			switch {
			case call != nil && found == nil && !tells(pass, handler, call):
				found = &recovered{d, handler, call, handler.Parent() == nil}
			case handler.Parent() != nil && tells(pass, handler, call):
				return nil // another deferred function tells
			}
		}
	}
	return found
}

// recoverIn returns the call of recover in a function.
func recoverIn(fn *ssa.Function) *ssa.Call {
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			if call, ok := instr.(*ssa.Call); ok {
				if b, ok := call.Call.Value.(*ssa.Builtin); ok && b.Name() == "recover" {
					return call
				}
			}
		}
	}
	return nil
}

func report(pass *rule.Pass, l flow.Launch, r *recovered) {
	pos, end := r.call.Pos(), token.NoPos
	if call := callAt(pass, r.call.Pos()); call != nil {
		pos, end = call.Pos(), call.End()
	}
	where := fmt.Sprintf("the goroutine that starts at line %d", pass.Line(l.Site.Pos()))
	related := []rule.Related{{Pos: l.Site.Pos(), Message: "the goroutine starts here, one of several"}}
	if r.shared {
		related = append(related, rule.Related{Pos: pos, End: end, Message: "the panic is recovered here"})
		pos, end = r.deferred.Pos(), r.deferred.Pos()+token.Pos(len("defer"))
	}
	pass.Report(rule.Diagnostic{
		Pos: pos, End: end,
		Message: "this swallows a panic of " + where + ": the others of its group aren't told, and go on or wait",
		Related: related,
		Fixes:   fixes(pass, r),
		Claims:  []token.Pos{pos},
	})
}
