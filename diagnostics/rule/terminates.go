package rule

import (
	"go/ast"
	"go/token"
)

// Terminates reports whether control never goes past stmt (a terminating
// statement of the specification, or a branch that leaves).
func Terminates(stmt ast.Stmt) bool {
	switch stmt := stmt.(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.BranchStmt:
		return stmt.Tok != token.FALLTHROUGH
	case *ast.ExprStmt:
		call, ok := stmt.X.(*ast.CallExpr)
		if !ok {
			return false
		}
		id, ok := call.Fun.(*ast.Ident)
		return ok && id.Name == "panic"
	case *ast.BlockStmt:
		return listTerminates(stmt.List)
	case *ast.LabeledStmt:
		return Terminates(stmt.Stmt)
	case *ast.IfStmt:
		return stmt.Else != nil && Terminates(stmt.Body) && Terminates(stmt.Else)
	case *ast.ForStmt:
		return stmt.Cond == nil && !breaks(stmt.Body)
	case *ast.SwitchStmt:
		return clausesTerminate(stmt.Body, true)
	case *ast.TypeSwitchStmt:
		return clausesTerminate(stmt.Body, true)
	case *ast.SelectStmt:
		return clausesTerminate(stmt.Body, false)
	}
	return false
}

func listTerminates(list []ast.Stmt) bool {
	return len(list) > 0 && Terminates(list[len(list)-1])
}

func clausesTerminate(body *ast.BlockStmt, needDefault bool) bool {
	for _, clause := range body.List {
		switch clause := clause.(type) {
		case *ast.CaseClause:
			needDefault = needDefault && clause.List != nil
			last := len(clause.Body) - 1
			if last >= 0 {
				if branch, ok := clause.Body[last].(*ast.BranchStmt); ok && branch.Tok == token.FALLTHROUGH {
					continue
				}
			}
			if !listTerminates(clause.Body) {
				return false
			}
		case *ast.CommClause:
			if !listTerminates(clause.Body) {
				return false
			}
		}
	}
	return !needDefault && !breaks(body)
}

// breaks reports whether a break may leave the statement with that body.
// Labelled ones count whatever their label.
func breaks(body *ast.BlockStmt) bool {
	found := false
	var visit func(n ast.Node, inner bool)
	visit = func(n ast.Node, inner bool) {
		ast.Inspect(n, func(m ast.Node) bool {
			switch m := m.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
				if m != n && !inner {
					visit(m, true)
					return false
				}
			case *ast.BranchStmt:
				found = found || m.Tok == token.BREAK && (!inner || m.Label != nil)
			}
			return !found
		})
	}
	visit(body, false)
	return found
}
