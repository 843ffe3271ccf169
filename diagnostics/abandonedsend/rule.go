// Package abandonedsend is the rule of the same name: a goroutine sends on a
// channel whose receiver leaves first, or which nobody receives from.
package abandonedsend

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
	"github.com/ctxls/ctxls/internal/callsites"
	"github.com/ctxls/ctxls/internal/flow"
)

//go:embed doc.md
var doc string

// Rule is the rule abandonedsend.
var Rule = &rule.Rule{
	Name:     "abandonedsend",
	Title:    "a goroutine sends on a channel whose receiver can leave first",
	Group:    rule.Exit,
	Severity: rule.Warning,
	Default:  true,
	Doc:      doc,
	Check:    check,
}

func check(pass *rule.Pass) {
	last := make(map[*ssa.MakeChan]*sender)
	var senders []*sender
	for _, body := range pass.Func.Bodies {
		launches := pass.Flow.Launched(body)
		if len(launches) == 0 {
			continue
		}
		s := &sender{pass: pass, launches: launches}
		for _, wait := range pass.Flow.Waits(body) {
			if s.counts(wait) {
				s.sends = append(s.sends, wait)
			}
		}
		if len(s.sends) == 0 {
			continue
		}
		senders = append(senders, s)
		if s.sends[0].Outnumbered {
			for _, mk := range s.sends[0].Makes {
				if other := last[mk]; other != nil {
					other.next = s
				}
				last[mk] = s
			}
		}
	}
	for _, s := range senders {
		if s.next == nil {
			s.report()
		}
	}
}

// sender is a goroutine that can block on its sends.
type sender struct {
	pass     *rule.Pass
	sends    []flow.Wait
	launches []flow.Launch
	next     *sender // another one that sends too much on the same channel: one finding is enough
}

// counts reports whether a wait is for a receiver, here or in a function of
// the package that is called, and all receivers are in view. What a test does
// with a channel of a longer life isn't judged: it ends soon.
func (s *sender) counts(wait flow.Wait) bool {
	kind, handed := wait.Kind, wait.Handed
	if wait.Inner != nil {
		if len(wait.Steps) == 0 {
			return false // in another package, which decides who receives
		}
		kind, handed = wait.Inner.Kind, wait.Inner.Handed
	}
	return kind == flow.BlockSend && !handed && !(s.pass.Func.IsTest() && kept(wait))
}

func (s *sender) report() {
	pass, sends := s.pass, s.sends
	if i := slices.IndexFunc(sends, func(w flow.Wait) bool { return !w.Paced }); i > 0 {
		sends = slices.Concat(sends[i:], sends[:i]) // what is certain speaks
	}
	first := sends[0]
	start, end, variable := place(pass, first)
	d := rule.Diagnostic{
		Pos: start, End: end, Variable: variable,
		Message:  message(pass, first),
		Risk:     rule.High,
		Claims:   claims(pass, first.Pos),
		Premises: s.premises(leaves(first)),
	}
	if s.within((*flow.Func).IsTest) {
		d.Severity = rule.Information
	}
	if kept(first) || first.AtEnd || first.Paced || first.EndsServer() || s.within((*flow.Func).HoldsTest) || s.within((*flow.Func).IsDouble) || s.endsWithProcess(leaves(first)) {
		d.Severity = rule.Hint
	}
	d.Fixes = fixes(pass, sends)
	for _, l := range s.launches {
		d.Related = append(d.Related, rule.Related{Pos: l.Site.Pos(), Message: "the goroutine starts here"})
	}
	for _, step := range first.Steps {
		d.Related = append(d.Related, rule.Related{Pos: step.Pos, Message: step.Message})
	}
	for _, other := range sends[1:] {
		d.Related = append(d.Related, rule.Related{Pos: other.Pos, Message: "it can block here, too"})
		d.Claims = append(d.Claims, claims(pass, other.Pos)...)
	}
	pass.Report(d)
}

// within reports whether the goroutine, or each function that starts it, is of
// some kind.
func (s *sender) within(is func(*flow.Func) bool) bool {
	return is(s.pass.Func) || !slices.ContainsFunc(s.launches, func(l flow.Launch) bool {
		f := s.pass.Flow.Of(l.Site.Parent())
		return f == nil || !is(f)
	})
}

// leaves reports whether a wait is for a receiver that can leave.
func leaves(wait flow.Wait) bool {
	if wait.Inner != nil {
		return wait.Inner.Reason == flow.ReceiverLeaves
	}
	return wait.Reason == flow.ReceiverLeaves
}

// endsWithProcess reports whether the goroutine is started once, in main, in an
// initialiser, or in what main calls once; or, where its receiver leaves, in
// such a function at all.
func (s *sender) endsWithProcess(receiverLeaves bool) bool {
	for _, l := range s.launches {
		again := l.InLoop() && !receiverLeaves && !s.pass.Flow.RunsOnce(l.Site)
		if again || !s.pass.Flow.RunsOnceInMain(l.Site.Parent()) {
			return false
		}
	}
	return true
}

// premises are what endsWithProcess asks, of callers in other packages.
func (s *sender) premises(receiverLeaves bool) []callsites.Premise {
	if !receiverLeaves && slices.ContainsFunc(s.launches, flow.Launch.InLoop) {
		return nil
	}
	return s.pass.GoesOn(s.launches)
}

// kept reports whether the channel is held in a field or package variable:
// then it is meant to outlive the sender, and who receives depends on how its
// owner is used.
func kept(wait flow.Wait) bool {
	if wait.Inner != nil {
		return wait.Inner.Kept
	}
	return wait.Kept
}

func message(pass *rule.Pass, wait flow.Wait) string {
	if wait.Inner == nil {
		return fmt.Sprintf("goroutine can block for ever as it wants to %s: %s", pass.Flow.Operation(wait), wait.Reason)
	}
	callee := flow.Callee(wait.Instr.(ssa.CallInstruction).Common())
	path := strings.Join(append([]string{callee.Name()}, wait.Inner.Path...), " → ")
	return fmt.Sprintf("goroutine can block for ever in %s, which wants to %s: %s", path, wait.Inner.Operation, wait.Inner.Reason)
}

// place is the smallest expression at the operation, and the channel's name.
func place(pass *rule.Pass, wait flow.Wait) (start, end token.Pos, variable string) {
	if wait.Inner != nil {
		for _, n := range pass.Enclosing(wait.Pos) {
			if call, ok := n.(*ast.CallExpr); ok {
				return call.Fun.Pos(), call.Fun.End(), ""
			}
		}
	}
	x := pass.Flow.ChannelExpr(wait)
	if x == nil {
		return wait.Pos, wait.Pos, ""
	}
	switch x.(type) {
	case *ast.Ident, *ast.SelectorExpr:
		variable = types.ExprString(x)
	}
	return x.Pos(), x.End(), variable
}

// claims are the statement of the operation and the loop around it.
func claims(pass *rule.Pass, pos token.Pos) []token.Pos {
	var out []token.Pos
	for _, n := range pass.Enclosing(pos) {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.FuncDecl:
			return out
		case *ast.ForStmt:
			return append(out, n.Pos())
		case *ast.BlockStmt, *ast.LabeledStmt, *ast.CommClause, *ast.CaseClause:
		case ast.Stmt:
			if len(out) == 0 {
				out = append(out, n.Pos())
			}
		}
	}
	return out
}
