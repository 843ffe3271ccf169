// Package cancelnotdeferred is the rule of the same name: a cancel function
// that is called on every way out but not deferred, so that a panic skips it.
package cancelnotdeferred

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

//go:embed doc.md
var doc string

// Rule is the rule cancelnotdeferred.
var Rule = &rule.Rule{
	Name:     "cancelnotdeferred",
	Title:    "a cancel function is called but not deferred, and a recovered panic skips it",
	Group:    rule.Cancel,
	Severity: rule.Hint,
	Default:  false,
	Doc:      doc,
	Check:    check,
}

func check(pass *rule.Pass) {
	for _, body := range pass.Func.Bodies {
		for _, call := range pass.Flow.Makers(body) {
			for _, result := range pass.Flow.Obligations(call.Common()) {
				checkObligation(pass, flow.Obligation{Call: call, Result: result})
			}
		}
	}
}

// handmade is an obligation that is called by hand.
type handmade struct {
	pass   *rule.Pass
	made   flow.Obligation
	calls  []*ssa.Call // that discharge it
	panics *ssa.Call   // the first call before them that can panic

	expr   *ast.CallExpr   // the creation
	assign *ast.AssignStmt // and the statement around it
	name   *ast.Ident
}

func checkObligation(pass *rule.Pass, made flow.Obligation) {
	fate := pass.Flow.FateOf(made.Call, made.Result, false)
	if !fate.Called || fate.Deferred || fate.Launched || fate.Kept || fate.Cut || len(fate.Lost) > 0 {
		return
	}
	by, recovered := pass.Flow.RecoveredBy(made.Call.Parent())
	if !recovered {
		return
	}
	h := &handmade{pass: pass, made: made}
	h.findCalls()
	if h.panics = h.firstPanic(); h.panics == nil || h.parentEnds() || !h.locate() {
		return
	}
	what := pass.Source(callAt(pass, h.panics.Pos()).Fun)
	if len(what) > 60 {
		what = "a call"
	}
	d := rule.Diagnostic{
		Pos: h.name.Pos(), End: h.name.End(), Variable: h.name.Name, Risk: rule.Low,
		Message: fmt.Sprintf("%s is called but not deferred: if %s of line %d panics, %s recovers and the call is skipped", h.name.Name, what, pass.Line(h.panics.Pos()), by),
		Claims:  []token.Pos{h.expr.Pos()},
		Missing: []token.Pos{h.panics.Pos()},
		Related: []rule.Related{
			{Pos: h.expr.Pos(), End: h.expr.End(), Message: h.name.Name + " is made here"},
			{Pos: h.panics.Pos(), Message: "this may panic"},
		},
	}
	for _, call := range h.calls {
		d.Related = append(d.Related, rule.Related{Pos: call.Pos(), Message: "it is called here"})
	}
	if fix, ok := h.deferIt(); ok {
		d.Fixes = append(d.Fixes, fix)
	}
	pass.Report(d)
}

// findCalls collects the calls of the body that discharge the obligation.
func (h *handmade) findCalls() {
	for _, block := range h.made.Call.Parent().Blocks {
		for _, instr := range block.Instrs {
			if call, ok := instr.(*ssa.Call); ok && slices.Contains(h.pass.Flow.Discharges(call.Common()), h.made) {
				h.calls = append(h.calls, call)
			}
		}
	}
}

// firstPanic is the first call in source order that can panic, on a way from
// the creation to a call that discharges it.
func (h *handmade) firstPanic() *ssa.Call {
	var first *ssa.Call
	seen := make(map[*ssa.BasicBlock]bool)
	var walk func(block *ssa.BasicBlock, index int)
	walk = func(block *ssa.BasicBlock, index int) {
		for _, instr := range block.Instrs[index:] {
			call, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			if slices.Contains(h.calls, call) {
				return
			}
			syntax := callAt(h.pass, call.Pos()) != nil
			if syntax && h.pass.Flow.CanPanic(call.Common()) && (first == nil || call.Pos() < first.Pos()) {
				first = call
			}
		}
		for _, succ := range block.Succs {
			if !seen[succ] {
				seen[succ] = true
				walk(succ, 0)
			}
		}
	}
	creation := h.made.Call
	walk(creation.Block(), slices.Index(creation.Block().Instrs, ssa.Instruction(creation))+1)
	return first
}

func callAt(pass *rule.Pass, pos token.Pos) *ast.CallExpr {
	if !pos.IsValid() {
		return nil
	}
	for _, n := range pass.Enclosing(pos) {
		if call, ok := n.(*ast.CallExpr); ok && call.Lparen == pos {
			return call
		}
	}
	return nil
}

// parentEnds reports whether the context that it derives from ends by itself
// when the function panics: net/http cancels that of a request, and a deferred
// cancel of the same function runs.
func (h *handmade) parentEnds() bool {
	for _, arg := range h.made.Call.Call.Args {
		if !flow.IsContext(arg.Type()) {
			continue
		}
		origin := h.pass.Flow.Origin(arg)
		for _, via := range origin.Via {
			for _, result := range h.pass.Flow.Obligations(via.Common()) {
				if f := h.pass.Flow.FateOf(via, result, false); f.Deferred && len(f.Lost) == 0 && !f.Kept && !f.Launched {
					return true
				}
			}
		}
		if made, ok := origin.Value.(*ssa.Call); ok {
			switch obj := flow.Callee(made.Common()); {
			case obj == nil:
			case obj.FullName() == "(*net/http.Request).Context", obj.FullName() == "(*testing.common).Context", obj.FullName() == "(testing.TB).Context":
				return true
			}
		}
	}
	return false
}

// locate finds the statement that names the cancel function.
func (h *handmade) locate() bool {
	h.expr = callAt(h.pass, h.made.Call.Pos())
	if h.expr == nil {
		return false
	}
	for _, n := range h.pass.Enclosing(h.expr.Pos()) {
		assign, ok := n.(*ast.AssignStmt)
		if !ok {
			continue
		}
		if len(assign.Rhs) != 1 || ast.Unparen(assign.Rhs[0]) != ast.Expr(h.expr) || h.made.Result >= len(assign.Lhs) {
			return false
		}
		h.assign = assign
		h.name, _ = assign.Lhs[h.made.Result].(*ast.Ident)
		return h.name != nil && h.name.Name != "_"
	}
	return false
}

func (h *handmade) object() types.Object { return h.pass.TypesInfo.ObjectOf(h.name) }
