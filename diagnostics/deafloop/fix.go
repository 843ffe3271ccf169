package deafloop

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

// fix makes the loop leave when the context is done: by a case in the select
// that a turn waits in, by a select around the operation that it waits for,
// else by a check at its head. A sleep that ends each turn then ends with the
// context, too.
func fix(pass *rule.Pass, body *ssa.Function, loop flow.DeafLoop, ctx flow.LiveContext) (rule.Fix, bool) {
	block := bodyOf(loop.Stmt)
	if block == nil || len(block.List) == 0 {
		return rule.Fix{}, false
	}
	out, ok := pass.Return(block.List[0].Pos(), ctx.Expr)
	if !ok {
		return rule.Fix{}, false
	}
	if f, ok := loop.Stmt.(*ast.ForStmt); ok && f.Cond != nil {
		out = pass.Break(f) // what follows is for the end
	}
	f := rule.Fix{Title: "Leave the loop when " + ctx.Expr + " is done", Edits: out.Edits, Safe: out.Safe && !borrowed(pass, body, loop, ctx)}
	if sel := waitsIn(block); sel != nil {
		f.Edits = append(f.Edits, stopCase(pass, sel, ctx.Expr, out.Code))
		return f, true
	}
	if r, ok := loop.Stmt.(*ast.RangeStmt); ok {
		return rangeFix(pass, r, ctx, f, out)
	}
	for _, stmt := range block.List {
		if edits, ok := wrap(pass, stmt, loop.At.Pos(), ctx.Expr, out.Code); ok {
			f.Edits = append(f.Edits, edits...)
			return f, true
		}
	}
	f.Edits = append(f.Edits, pass.InsertBefore(block.List[0], headCheck(ctx.Expr, out.Code)))
	if sleep, arg := lastSleep(pass, block); sleep != nil {
		after, edits := pass.Qualify(sleep.Pos(), "time", "After")
		text := fmt.Sprintf("select {\ncase <-%s(%s):\ncase <-%s.Done():\n}", after, pass.Source(arg), ctx.Expr)
		f.Edits = append(f.Edits, append(edits, pass.ReplaceStmt(sleep, text))...)
	} else if loop.Repeat == flow.RepeatReceive || loop.Repeat == flow.RepeatOutside {
		f.Safe = false // the loop still waits there
	}
	return f, true
}

// wrap puts a statement that waits at pos for a channel in a select beside the
// context's Done.
func wrap(pass *rule.Pass, stmt ast.Stmt, pos token.Pos, ctx, leave string) ([]analysis.TextEdit, bool) {
	comm, declare := pass.Source(stmt), ""
	var edits []analysis.TextEdit
	switch s := stmt.(type) {
	case *ast.SendStmt:
		if s.Arrow != pos {
			return nil, false
		}
	case *ast.ExprStmt:
		if !receivesAt(s.X, pos) {
			return nil, false
		}
	case *ast.AssignStmt:
		if len(s.Rhs) != 1 || !receivesAt(s.Rhs[0], pos) || s.Tok != token.ASSIGN && s.Tok != token.DEFINE {
			return nil, false
		}
		if s.Tok == token.DEFINE {
			for _, x := range s.Lhs {
				v, ok := pass.TypesInfo.Defs[x.(*ast.Ident)].(*types.Var)
				if !ok {
					continue // blank, or declared before
				}
				name, more, ok := pass.TypeName(x.Pos(), v.Type())
				if !ok {
					return nil, false
				}
				declare += fmt.Sprintf("var %s %s\n", v.Name(), name)
				edits = append(edits, more...)
			}
			comm = pass.SourceRange(s.Lhs[0].Pos(), s.Lhs[len(s.Lhs)-1].End()) + " = " + pass.Source(s.Rhs[0])
		}
	default:
		return nil, false
	}
	code := fmt.Sprintf("%sselect {\ncase %s:\ncase <-%s.Done():\n%s\n}", declare, comm, ctx, leave)
	return append(edits, pass.ReplaceStmt(stmt, code)), true
}

func receivesAt(x ast.Expr, pos token.Pos) bool {
	recv, ok := ast.Unparen(x).(*ast.UnaryExpr)
	return ok && recv.Op == token.ARROW && recv.OpPos == pos
}

// headCheck writes the check that leaves.
func headCheck(ctx, leave string) string {
	ask := ctx + ".Err()"
	if before, after, returned := strings.Cut(leave, ask); returned && !strings.Contains(before, "err") && !strings.Contains(after, "err") {
		return fmt.Sprintf("if err := %s; err != nil {\n%serr%s\n}", ask, before, after)
	}
	return fmt.Sprintf("if %s != nil {\n%s\n}", ask, leave)
}

func bodyOf(stmt ast.Stmt) *ast.BlockStmt {
	switch stmt := stmt.(type) {
	case *ast.ForStmt:
		return stmt.Body
	case *ast.RangeStmt:
		return stmt.Body
	}
	return nil
}

// waitsIn returns the select without default that begins or ends each turn.
func waitsIn(block *ast.BlockStmt) *ast.SelectStmt {
	for _, at := range []int{0, len(block.List) - 1} {
		sel, ok := block.List[at].(*ast.SelectStmt)
		if !ok || len(sel.Body.List) == 0 {
			continue
		}
		blocks := true
		for _, c := range sel.Body.List {
			blocks = blocks && c.(*ast.CommClause).Comm != nil
		}
		if blocks {
			return sel
		}
	}
	return nil
}

func stopCase(pass *rule.Pass, sel *ast.SelectStmt, ctx, leave string) analysis.TextEdit {
	indent := pass.Indent(sel.Pos())
	code := fmt.Sprintf("case <-%s.Done():\n%s\n%s", ctx, pass.Layout(leave, indent+"\t"), indent)
	return pass.Replace(sel.Body.Rbrace, sel.Body.Rbrace, code)
}

// rangeFix turns a range over a ticker into a loop around a select.
func rangeFix(pass *rule.Pass, loop *ast.RangeStmt, ctx flow.LiveContext, f rule.Fix, out rule.WayOut) (rule.Fix, bool) {
	ch, declare := pass.Source(loop.X), ""
	switch ast.Unparen(loop.X).(type) {
	case *ast.Ident, *ast.SelectorExpr:
	default: // a range evaluates it once
		name := pass.FreshName(loop.Pos(), "ticks")
		f.Edits = append(f.Edits, pass.InsertBefore(loop, name+" := "+ch))
		ch = name
	}
	tick := "<-" + ch
	if id, isIdent := loop.Key.(*ast.Ident); loop.Key != nil && !(isIdent && id.Name == "_") {
		if loop.Tok == token.DEFINE {
			name, edits, ok := pass.TypeName(loop.Pos(), pass.TypesInfo.TypeOf(loop.Key))
			if !ok {
				return rule.Fix{}, false
			}
			f.Edits = append(f.Edits, edits...)
			declare = fmt.Sprintf("var %s %s\n", id.Name, name)
		}
		tick = pass.Source(loop.Key) + " = " + tick
	}
	code := fmt.Sprintf("%sselect {\ncase %s:\ncase <-%s.Done():\n%s\n}", declare, tick, ctx.Expr, out.Code)
	f.Edits = append(f.Edits, pass.Replace(loop.For, loop.X.End(), "for"), pass.InsertBefore(loop.Body.List[0], code))
	return f, true
}

// lastSleep returns the sleep at the end of a block.
func lastSleep(pass *rule.Pass, block *ast.BlockStmt) (ast.Stmt, ast.Expr) {
	stmt, ok := block.List[len(block.List)-1].(*ast.ExprStmt)
	if !ok {
		return nil, nil
	}
	call, ok := stmt.X.(*ast.CallExpr)
	if !ok || len(call.Args) != 1 || !isSleep(pass, call) {
		return nil, nil
	}
	return stmt, call.Args[0]
}
