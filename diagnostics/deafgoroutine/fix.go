package deafgoroutine

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

const fixTitle = "Add select on ctx.Done()"

// fixer rewrites one operation so that it hears the context as well.
type fixer struct {
	pass *rule.Pass
	wait deafWait
	path []ast.Node // around the operation, innermost first, up to the function
	sig  *types.Signature

	edits []analysis.TextEdit // beside the operation: imports, a label
}

func fixes(pass *rule.Pass, wait deafWait) []rule.Fix {
	f := &fixer{pass: pass, wait: wait}
	f.sig, _ = pass.Function(wait.Pos)
	if f.sig == nil {
		return nil
	}
	for _, n := range pass.Enclosing(wait.Pos) {
		f.path = append(f.path, n)
		switch n.(type) {
		case *ast.FuncLit, *ast.FuncDecl:
			return f.fix()
		}
	}
	return nil
}

func (f *fixer) fix() []rule.Fix {
	room := f.makeRoom()
	if f.wait.Needed {
		return room // a receiver counts on the send: the goroutine must not leave without it
	}
	edit, ok := f.rewrite()
	if !ok {
		return room
	}
	sel := rule.Fix{
		Title: selectTitle(f.wait.ctx),
		Safe:  f.pass.Flow.Dispensable(f.wait.Wait, f.wait.ctx) && !f.pass.Flow.GivenDone(f.pass.Func, f.wait.ctx.Expr),
		Edits: append(f.edits, edit),
	}
	if sel.Safe {
		return []rule.Fix{sel}
	}
	return append(room, sel)
}

func selectTitle(ctx flow.LiveContext) string { return strings.Replace(fixTitle, "ctx", ctx.Expr, 1) }

// makeRoom gives the channel room for all that is sent.
func (f *fixer) makeRoom() []rule.Fix {
	const most = 16
	if f.wait.Kind != flow.BlockSend || f.wait.Make == nil || f.wait.Sent > most {
		return nil
	}
	pos := f.wait.Make.Pos()
	for _, n := range f.pass.Enclosing(pos) {
		call, ok := n.(*ast.CallExpr)
		if !ok || call.Lparen != pos && call.Pos() != pos {
			continue
		}
		room := strconv.Itoa(f.wait.Sent)
		edit := f.pass.Replace(call.Args[0].End(), call.Args[0].End(), ", "+room)
		if len(call.Args) == 2 {
			edit = f.pass.Replace(call.Args[1].Pos(), call.Args[1].End(), room)
		}
		values := "value"
		if f.wait.Sent > 1 {
			values += "s"
		}
		return []rule.Fix{{Title: "Make room for " + room + " " + values + " in the channel", Safe: true, Edits: []analysis.TextEdit{edit}}}
	}
	return nil
}

func (f *fixer) done() string { return "<-" + f.wait.ctx.Expr + ".Done()" }

func (f *fixer) rewrite() (analysis.TextEdit, bool) {
	none := analysis.TextEdit{}
	if f.wait.Kind == flow.BlockCall || f.wait.Kind == flow.BlockCond {
		return none, false
	}
	for i, n := range f.path {
		switch n := n.(type) {
		case *ast.SelectStmt:
			return f.addCase(n, i)
		case *ast.RangeStmt:
			if n.For == f.wait.Pos {
				return f.rangeLoop(n, i)
			}
			return none, false
		case *ast.SendStmt, *ast.ExprStmt, *ast.AssignStmt, *ast.ReturnStmt:
			if _, ok := f.path[i+1].(*ast.CommClause); ok && f.path[i+1].(*ast.CommClause).Comm == n {
				continue // its select is further out
			}
			switch f.path[i+1].(type) {
			case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause, *ast.LabeledStmt:
				return f.statement(n.(ast.Stmt), i)
			}
			return none, false
		case *ast.BlockStmt:
			if _, ok := f.path[i+1].(*ast.SelectStmt); !ok {
				return none, false
			}
		}
	}
	return none, false
}

// statement wraps a send or a receive that is a statement of its own.
func (f *fixer) statement(stmt ast.Stmt, depth int) (analysis.TextEdit, bool) {
	none := analysis.TextEdit{}
	before, comm, after := "", f.pass.Source(stmt), ""
	dropsValue := true
	switch s := stmt.(type) {
	case *ast.SendStmt:
	case *ast.ExprStmt:
		if !f.isReceive(s.X) {
			return none, false
		}
	case *ast.AssignStmt:
		if len(s.Rhs) != 1 || !f.isReceive(s.Rhs[0]) || s.Tok != token.ASSIGN && s.Tok != token.DEFINE {
			return none, false
		}
		dropsValue = false
		if s.Tok == token.DEFINE {
			decls, ok := f.declare(s.Lhs)
			if !ok {
				return none, false
			}
			before = decls
			comm = f.pass.SourceRange(s.Lhs[0].Pos(), s.Lhs[len(s.Lhs)-1].End()) + " = " + f.pass.Source(s.Rhs[0])
		}
	case *ast.ReturnStmt:
		if len(s.Results) != 1 || !f.isReceive(s.Results[0]) || f.sig.Results().Len() != 1 {
			return none, false
		}
		name := f.pass.FreshName(s.Pos(), "v")
		comm = name + " := " + f.pass.Source(s.Results[0])
		after = "return " + name + "\n"
		dropsValue = false
	}
	leave, ok := f.leave(depth, dropsValue)
	if !ok {
		return none, false
	}
	code := fmt.Sprintf("%sselect {\ncase %s:\n%scase %s:\n%s}", before, comm, after, f.done(), leave)
	return f.pass.ReplaceStmt(stmt, code), true
}

func (f *fixer) isReceive(x ast.Expr) bool {
	u, ok := ast.Unparen(x).(*ast.UnaryExpr)
	return ok && u.Op == token.ARROW && u.OpPos == f.wait.Pos
}

// declare writes declarations for the names that a := makes.
func (f *fixer) declare(lhs []ast.Expr) (string, bool) {
	var code strings.Builder
	for _, x := range lhs {
		id, ok := x.(*ast.Ident)
		if !ok {
			return "", false
		}
		v, ok := f.pass.TypesInfo.Defs[id].(*types.Var)
		if !ok {
			continue // blank, or declared before
		}
		name, edits, ok := f.pass.TypeName(id.Pos(), v.Type())
		if !ok {
			return "", false
		}
		f.edits = append(f.edits, edits...)
		fmt.Fprintf(&code, "var %s %s\n", id.Name, name)
	}
	return code.String(), true
}

// rangeLoop turns a range over a channel into a loop around a select. The
// body stays as it is.
func (f *fixer) rangeLoop(loop *ast.RangeStmt, depth int) (analysis.TextEdit, bool) {
	none := analysis.TextEdit{}
	leave, ok := f.leave(depth, true)
	if !ok {
		return none, false
	}
	var code strings.Builder
	value := ""
	if id, isIdent := loop.Key.(*ast.Ident); loop.Key != nil && !(isIdent && id.Name == "_") {
		value = f.pass.Source(loop.Key)
		if loop.Tok == token.DEFINE {
			decls, ok := f.declare([]ast.Expr{loop.Key})
			if !ok {
				return none, false
			}
			code.WriteString(decls)
		}
	}
	ch := f.pass.Source(loop.X)
	switch ast.Unparen(loop.X).(type) {
	case *ast.Ident, *ast.SelectorExpr:
	default: // a range evaluates it once
		name := f.pass.FreshName(loop.Pos(), "ch")
		f.edits = append(f.edits, f.pass.InsertBefore(loop, name+" := "+ch))
		ch = name
	}
	closes := !f.isClock(loop.X)
	switch {
	case closes:
		open := f.pass.FreshName(loop.Pos(), "ok")
		if value == "" {
			value = "_"
		}
		fmt.Fprintf(&code, "var %s bool\nselect {\ncase %s, %s = <-%s:\ncase %s:\n%s}\nif !%s {\nbreak\n}", open, value, open, ch, f.done(), leave, open)
	case value != "":
		fmt.Fprintf(&code, "select {\ncase %s = <-%s:\ncase %s:\n%s}", value, ch, f.done(), leave)
	default:
		fmt.Fprintf(&code, "select {\ncase <-%s:\ncase %s:\n%s}", ch, f.done(), leave)
	}
	text := "for {\n" + f.pass.Layout(code.String(), f.pass.Indent(loop.Pos())+"\t")
	if len(loop.Body.List) == 0 || f.pass.Line(loop.Body.List[0].Pos()) == f.pass.Line(loop.Body.Lbrace) {
		text += "\n"
	}
	return f.pass.Replace(loop.For, loop.Body.Lbrace+1, text), true
}

// isClock reports whether x is the channel of a ticker or timer, which is
// never closed.
func (f *fixer) isClock(x ast.Expr) bool {
	ch, ok := f.pass.TypesInfo.TypeOf(x).Underlying().(*types.Chan)
	return ok && types.TypeString(ch.Elem(), nil) == "time.Time" && ch.Dir() == types.RecvOnly
}

// addCase adds the stop case to a select.
func (f *fixer) addCase(sel *ast.SelectStmt, depth int) (analysis.TextEdit, bool) {
	if len(sel.Body.List) == 0 {
		return f.pass.ReplaceStmt(sel, f.done()), true
	}
	empty := true
	for _, clause := range sel.Body.List {
		empty = empty && len(clause.(*ast.CommClause).Body) == 0
	}
	leave, ok := f.leave(depth, empty)
	if !ok {
		return analysis.TextEdit{}, false
	}
	indent := f.pass.Indent(sel.Pos())
	code := "case " + f.done() + ":\n"
	if leave != "" {
		code += indent + "\t" + leave
	}
	return f.pass.Replace(sel.Body.Rbrace, sel.Body.Rbrace, code+indent), true
}
