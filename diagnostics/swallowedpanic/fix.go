package swallowedpanic

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

// fixes calls the cancel function in scope where the panic has been
// recovered: in the branch of if r := recover(); r != nil, or in place of a
// bare recover().
func fixes(pass *rule.Pass, r *recovered) []rule.Fix {
	if r.shared {
		return nil // others defer it as well, and nothing is in its scope
	}
	pos := r.call.Pos()
	cancel := cancelAt(pass, pos)
	if cancel == nil {
		return nil
	}
	var edits []analysis.TextEdit
	title := "Call " + cancel.Name() + " when a panic was recovered"
	path := pass.Enclosing(pos)
	for i, n := range path {
		switch n := n.(type) {
		case *ast.ExprStmt: // recover()
			value := pass.FreshName(pos, "r")
			code, more := cancelCall(pass, pos, cancel, value)
			edits = append(more, pass.ReplaceStmt(n, "if "+value+" := recover(); "+value+" != nil {\n\t"+code+"\n}"))
		case *ast.AssignStmt:
			branch, ok := path[i+1].(*ast.IfStmt)
			if !ok || len(n.Lhs) != 1 || branch.Init != n {
				return nil
			}
			value, ok := n.Lhs[0].(*ast.Ident)
			if !ok || value.Name == "_" || !asksForNil(pass, branch.Cond, value) {
				return nil
			}
			code, more := cancelCall(pass, pos, cancel, value.Name)
			edits = append(more, pass.AppendBody(branch.Body, code))
		case *ast.BinaryExpr: // if recover() != nil
			branch, ok := path[i+1].(*ast.IfStmt)
			if !ok || n.Op != token.NEQ || !pass.TypesInfo.Types[n.Y].IsNil() || branch.Init != nil || !flow.IsCancelFunc(cancel.Type()) || withCause(cancel) {
				return nil
			}
			edits = append(edits, pass.AppendBody(branch.Body, cancel.Name()+"()"))
		case *ast.FuncLit, *ast.FuncDecl:
			return nil
		default:
			continue
		}
		break
	}
	if len(edits) == 0 {
		return nil
	}
	return []rule.Fix{{Title: title, Edits: edits}}
}

// asksForNil reports whether a condition is v != nil.
func asksForNil(pass *rule.Pass, cond ast.Expr, v *ast.Ident) bool {
	compare, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok || compare.Op != token.NEQ || !pass.TypesInfo.Types[compare.Y].IsNil() {
		return false
	}
	id, ok := ast.Unparen(compare.X).(*ast.Ident)
	return ok && pass.TypesInfo.Uses[id] == pass.TypesInfo.Defs[v]
}

// cancelAt returns the nearest cancel function in scope at pos.
func cancelAt(pass *rule.Pass, pos token.Pos) *types.Var {
	fileScope := pass.TypesInfo.Scopes[pass.Func.File]
	here := fileScope.Innermost(pos)
	for scope := here; scope != nil && scope != fileScope; scope = scope.Parent() {
		for _, name := range scope.Names() {
			v, ok := scope.Lookup(name).(*types.Var)
			if !ok || name == "_" || !flow.IsCancelFunc(v.Type()) {
				continue
			}
			if _, visible := here.LookupParent(name, pos); visible == v {
				return v
			}
		}
	}
	return nil
}

func withCause(cancel *types.Var) bool {
	sig, ok := cancel.Type().Underlying().(*types.Signature)
	return ok && sig.Params().Len() == 1
}

func cancelCall(pass *rule.Pass, pos token.Pos, cancel *types.Var, value string) (code string, edits []analysis.TextEdit) {
	if !withCause(cancel) {
		return cancel.Name() + "()", nil
	}
	errorf, edits := pass.Qualify(pos, "fmt", "Errorf")
	return cancel.Name() + "(" + errorf + "(\"panic: %v\", " + value + "))", edits
}
