// Package strandedcancel is the rule of the same name: a cancel function that
// is stored where nobody ever calls it, or that is overwritten there.
package strandedcancel

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

//go:embed doc.md
var doc string

// Rule is the rule strandedcancel.
var Rule = &rule.Rule{
	Name:     "strandedcancel",
	Title:    "a stored cancel function is never called, or is overwritten",
	Group:    rule.Cancel,
	Severity: rule.Warning,
	Default:  true,
	Doc:      doc,
	Check:    check,
}

func check(pass *rule.Pass) {
	for _, strand := range pass.Flow.Strands() {
		if pass.Flow.Of(strand.Store.Parent()) == pass.Func {
			report(pass, strand)
		}
	}
}

// stranded is a strand with its syntax.
type stranded struct {
	flow.Strand
	pass *rule.Pass
	at   ast.Expr // what is assigned to, or the value of a composite literal
	stmt ast.Stmt // around it
}

func report(pass *rule.Pass, strand flow.Strand) {
	s := &stranded{Strand: strand, pass: pass}
	if !s.locate() {
		return
	}
	d := rule.Diagnostic{
		Pos: s.at.Pos(), End: s.at.End(), Variable: s.variable(), Message: s.message(), Risk: s.risk(),
		Related: s.story(),
		Claims:  []token.Pos{s.at.Pos()},
	}
	if s.lastsAsLong() || s.Kind != flow.StrandUnread && s.told() {
		d.Severity = rule.Hint
	}
	switch s.Kind {
	case flow.StrandUnread:
		d.Fixes = s.callWhenClosed()
	case flow.StrandLate: // who should call it isn't known
	default:
		d.Missing = []token.Pos{s.stmt.Pos()}
		d.Fixes = s.callBefore()
	}
	pass.Report(d)
}

// told reports whether a comment closely above the store speaks of the place by
// name: who calls what it holds has been thought of.
func (s *stranded) told() bool {
	const close = 6 // lines
	line := s.pass.Line(s.at.Pos())
	for _, group := range s.pass.Func.File.Comments {
		if end := s.pass.Line(group.End()); end < line && line-end <= close && strings.Contains(group.Text(), s.Place.Name()) {
			return true
		}
	}
	return false
}

// locate finds the syntax of the store.
func (s *stranded) locate() bool {
	pos := s.Store.Pos()
	if !pos.IsValid() {
		return false
	}
	path := s.pass.Enclosing(pos)
	for _, n := range path {
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && s.at == nil && s.is(key) {
				s.at = key
			}
		case *ast.CompositeLit:
			if s.at == nil { // without keys
				for _, elt := range n.Elts {
					if within(elt, pos) {
						s.at = elt
					}
				}
			}
		case ast.Stmt:
			s.stmt = n
			if assign, ok := n.(*ast.AssignStmt); ok && s.at == nil {
				for _, lhs := range assign.Lhs {
					if s.is(lhs) {
						s.at = lhs
					}
				}
			}
			if send, ok := n.(*ast.SendStmt); ok && s.at == nil {
				s.at = send.Chan
			}
			return s.at != nil
		}
	}
	return false
}

// is reports whether an expression is the place, or an element of it.
func (s *stranded) is(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		v, ok := s.pass.TypesInfo.ObjectOf(e).(*types.Var)
		return ok && v.Origin() == s.Place
	case *ast.SelectorExpr:
		return s.is(e.Sel)
	case *ast.IndexExpr:
		return s.is(e.X)
	}
	return false
}

func within(n ast.Node, pos token.Pos) bool { return n.Pos() <= pos && pos < n.End() }

// variable is what the place is called where the store stands.
func (s *stranded) variable() string {
	if _, isKey := s.at.(*ast.Ident); isKey {
		return s.Place.Name()
	}
	if s.is(s.at) {
		return types.ExprString(s.at)
	}
	return s.Place.Name()
}

func (s *stranded) message() string {
	made := s.madeBy()
	switch s.Kind {
	case flow.StrandLoop:
		return fmt.Sprintf("%s still holds the cancel function of the turn before, which nobody has called: the one returned by %s overwrites it", s.variable(), made)
	case flow.StrandCalledMore:
		return fmt.Sprintf("%s runs more than once, and the cancel function that %s holds from the time before is overwritten without a call", s.pass.Func.Name(), s.variable())
	}
	if s.Kind == flow.StrandLate {
		return fmt.Sprintf("the cancel function returned by %s is stored in %s, but everything that calls it waits for its context first", made, s.variable())
	}
	what := "the variable " + s.Place.Name()
	if s.Place.IsField() {
		what = "the field " + s.Place.Name()
	}
	return fmt.Sprintf("the cancel function returned by %s is stored in %s, but nothing in this package ever calls it", made, what)
}

// madeBy is the call that returned the cancel function, for messages.
func (s *stranded) madeBy() string {
	if call := s.createdBy(); call != nil {
		if name := types.ExprString(ast.Unparen(call.Fun)); len(name) <= 60 {
			return name
		}
	}
	return "a call"
}

func (s *stranded) createdBy() *ast.CallExpr {
	owner := s.pass.Flow.Of(s.Made.Call.Parent())
	if owner == nil {
		return nil
	}
	var found *ast.CallExpr
	ast.Inspect(owner.SSA.Syntax(), func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && call.Lparen == s.Made.Call.Pos() {
			found = call
		}
		return found == nil
	})
	return found
}

// lastsAsLong reports whether an initialiser, or main, fills a package variable
// once: what it holds is there for the life of the process.
func (s *stranded) lastsAsLong() bool {
	if s.Place.IsField() || s.Kind != flow.StrandUnread || flow.InLoop(s.Made.Call) {
		return false
	}
	obj := s.pass.Func.Obj
	if obj == nil {
		return true
	}
	return obj.Signature().Recv() == nil && (obj.Name() == "init" || obj.Name() == "main" && s.pass.Pkg.Name() == "main")
}

// risk is medium where a timer frees what is lost.
func (s *stranded) risk() rule.Risk {
	if flow.InContext(flow.Callee(s.Made.Call.Common()), "WithTimeout", "WithDeadline", "WithTimeoutCause", "WithDeadlineCause") {
		return rule.Medium
	}
	return rule.High
}

// story is the path: made here, stored here, and why that is the end of it.
func (s *stranded) story() []rule.Related {
	var out []rule.Related
	if call := s.createdBy(); call != nil {
		out = append(out, rule.Related{Pos: call.Pos(), End: call.End(), Message: "the cancel function is made here"})
	}
	if s.Kind == flow.StrandLate {
		return append(out, rule.Related{Pos: s.at.Pos(), End: s.at.End(), Message: "it is stored here"})
	}
	if s.Kind == flow.StrandUnread {
		out = append(out, rule.Related{Pos: s.at.Pos(), End: s.at.End(), Message: "it is stored here"})
		out = append(out, rule.Related{Pos: s.pass.Declared(s.Place), Message: s.Place.Name() + " is declared here; nothing calls what it holds"})
		for _, wait := range s.pass.Flow.WaitsForDone(s.Made.Call) {
			out = append(out, rule.Related{Pos: wait.Pos(), Message: "this waits for the end of its context"})
		}
		return out
	}
	for _, site := range s.Again {
		out = append(out, rule.Related{Pos: position(site), Message: "called here" + inLoop(site)})
	}
	if s.Kind == flow.StrandLoop {
		out = append(out, rule.Related{Pos: s.stmt.Pos(), Message: "the next turn comes here again"})
	}
	return append(out, rule.Related{Pos: s.at.Pos(), End: s.at.End(), Message: "it overwrites the one before here"})
}

func position(site ssa.CallInstruction) token.Pos {
	if pos := site.Pos(); pos.IsValid() {
		return pos
	}
	return site.Parent().Pos()
}

func inLoop(site ssa.CallInstruction) string {
	if flow.InLoop(site) {
		return ", in a loop"
	}
	return ""
}
