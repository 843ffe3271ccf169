// Package exitskipscancel is the rule of the same name: the end of the process
// skips a deferred cancel.
package exitskipscancel

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

//go:embed doc.md
var doc string

// Rule is the rule exitskipscancel.
var Rule = &rule.Rule{
	Name:     "exitskipscancel",
	Title:    "the end of the process skips a deferred cancel",
	Group:    rule.Cancel,
	Severity: rule.Hint,
	Default:  false,
	Doc:      doc,
	Check:    check,
}

func check(pass *rule.Pass) {
	for _, body := range pass.Func.Bodies {
		checkBody(pass, body)
	}
}

// pending is a deferred call that discharges obligations.
type pending struct {
	at   *ssa.Defer
	made []flow.Obligation
}

func checkBody(pass *rule.Pass, body *ssa.Function) {
	var defers []pending
	var exits []*ssa.Call
	for _, block := range body.Blocks {
		for _, instr := range block.Instrs {
			if d, ok := instr.(*ssa.Defer); ok {
				if made := pass.Flow.Discharges(d.Common()); len(made) > 0 {
					defers = append(defers, pending{d, made})
				}
			}
		}
	}
	if len(defers) == 0 {
		return
	}
	for _, block := range body.Blocks {
		for _, instr := range block.Instrs {
			if call, ok := instr.(*ssa.Call); ok && pass.Flow.EndsProcess(call.Common()) {
				exits = append(exits, call)
			}
		}
	}
	if len(exits) == 0 {
		return
	}
	skipped := make(map[*ssa.Call][]pending)
	for _, d := range defers {
		for exit := range reached(pass, d) {
			skipped[exit] = append(skipped[exit], d)
		}
	}
	for _, exit := range exits {
		if len(skipped[exit]) > 0 {
			report(pass, exit, skipped[exit])
		}
	}
}

// reached returns the calls that end the process after the defer on a way on
// which nobody calls what it defers before.
func reached(pass *rule.Pass, d pending) map[*ssa.Call]bool {
	found := make(map[*ssa.Call]bool)
	seen := make(map[*ssa.BasicBlock]bool)
	var walk func(block *ssa.BasicBlock, index int)
	walk = func(block *ssa.BasicBlock, index int) {
		for _, instr := range block.Instrs[index:] {
			call, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			if pass.Flow.EndsProcess(call.Common()) {
				found[call] = true
			}
			for _, made := range pass.Flow.Discharges(call.Common()) {
				if slices.Contains(d.made, made) {
					return
				}
			}
		}
		for _, succ := range block.Succs {
			if !seen[succ] {
				seen[succ] = true
				walk(succ, 0)
			}
		}
	}
	walk(d.at.Block(), slices.Index(d.at.Block().Instrs, ssa.Instruction(d.at))+1)
	return found
}

func report(pass *rule.Pass, exit *ssa.Call, skipped []pending) {
	call := callAt(pass, exit.Pos())
	if call == nil {
		return
	}
	end := types.ExprString(call.Fun)
	if len(end) > 60 {
		end = "this call"
	}
	first := stmtAt(pass, skipped[0].at)
	if first == nil {
		return
	}
	d := rule.Diagnostic{
		Pos: call.Pos(), End: call.End(), Variable: variable(first), Severity: rule.Hint, Risk: rule.Low,
		Message: fmt.Sprintf("%s ends the process without the deferred %s of line %d", end, calls(first), pass.Line(first.Pos())),
		Missing: []token.Pos{call.Pos()},
		Claims:  []token.Pos{call.Pos()},
	}
	for _, p := range skipped {
		for _, made := range p.made {
			if made.Call.Parent() == exit.Parent() {
				d.Related = append(d.Related, rule.Related{Pos: made.Call.Pos(), Message: "the context is made here"})
			}
		}
		stmt := stmtAt(pass, p.at)
		if stmt == nil {
			continue
		}
		d.Related = append(d.Related, rule.Related{Pos: stmt.Pos(), End: stmt.End(), Message: "its cancel is deferred here"})
		if owned, what := owns(pass, p, exit); owned != nil && d.Severity == rule.Hint {
			d.Severity, d.Risk = rule.Warning, rule.High
			d.Message += ": " + what
			d.Related = append(d.Related, rule.Related{Pos: owned.Pos(), Message: what})
		}
	}
	d.Related = append(d.Related, rule.Related{Pos: call.Pos(), Message: "the process ends here"})
	pass.Report(d)
}

func callAt(pass *rule.Pass, pos token.Pos) *ast.CallExpr {
	for _, n := range pass.Enclosing(pos) {
		if call, ok := n.(*ast.CallExpr); ok && call.Lparen == pos {
			return call
		}
	}
	return nil
}

func stmtAt(pass *rule.Pass, d *ssa.Defer) *ast.DeferStmt {
	for _, n := range pass.Enclosing(d.Pos()) {
		if stmt, ok := n.(*ast.DeferStmt); ok && stmt.Defer == d.Pos() {
			return stmt
		}
	}
	return nil
}

// variable is the function that is deferred, if it has a name.
func variable(stmt *ast.DeferStmt) string {
	if id, ok := stmt.Call.Fun.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

// calls is what a defer runs, for messages.
func calls(stmt *ast.DeferStmt) string {
	if name := variable(stmt); name != "" {
		return name + "()"
	}
	return "call of the cancel function"
}

// owns looks for something outside of the process that lives until the cancel
// or until another deferred call: a command, a lock, a lease.
func owns(pass *rule.Pass, p pending, exit *ssa.Call) (ssa.Instruction, string) {
	for _, block := range exit.Parent().Blocks {
		for _, instr := range block.Instrs {
			site, ok := instr.(ssa.CallInstruction)
			if !ok || site == ssa.CallInstruction(p.at) {
				continue
			}
			callee := flow.Callee(site.Common())
			if callee == nil {
				continue
			}
			_, deferred := instr.(*ssa.Defer)
			switch {
			case callee.FullName() == "os/exec.CommandContext" && madeWith(pass, site.Common(), p):
				return instr, "the command that it would end goes on"
			case deferred && releases(callee.Name()) && heldWith(pass, site.Common(), p):
				return instr, "what it holds outside of the process isn't released"
			}
		}
	}
	return nil, ""
}

// releases reports whether a function by its name gives something back.
func releases(name string) bool {
	return slices.ContainsFunc([]string{"unlock", "release", "revoke", "resign", "rollback"}, func(verb string) bool {
		return strings.HasPrefix(strings.ToLower(name), verb)
	})
}

// madeWith reports whether a call takes the context that the cancel is for.
func madeWith(pass *rule.Pass, call *ssa.CallCommon, p pending) bool {
	return slices.ContainsFunc(call.Args, func(arg ssa.Value) bool {
		if !flow.IsContext(arg.Type()) {
			return false
		}
		return slices.ContainsFunc(pass.Flow.Origin(arg).Via, func(via *ssa.Call) bool {
			return slices.ContainsFunc(p.made, func(made flow.Obligation) bool { return made.Call == via })
		})
	})
}

// heldWith reports whether a deferred call takes the context, or something
// that a call with the context returned.
func heldWith(pass *rule.Pass, call *ssa.CallCommon, p pending) bool {
	values := slices.Clone(call.Args)
	if call.IsInvoke() {
		values = append(values, call.Value)
	}
	if madeWith(pass, call, p) {
		return true
	}
	return slices.ContainsFunc(values, func(v ssa.Value) bool {
		if extract, ok := v.(*ssa.Extract); ok {
			v = extract.Tuple
		}
		from, ok := v.(*ssa.Call)
		return ok && madeWith(pass, from.Common(), p)
	})
}
