package deafgoroutine

import (
	"go/ast"
	"go/token"
	"slices"
)

// leave writes how the goroutine goes on once the context is done, from the
// statement at that depth of the path: it returns; it breaks out of the
// outermost loop where something is tidied up behind it; or, where nothing
// depends on the operation (goOn) and something is tidied up behind it, it
// just goes on. It fails where each of these would skip something.
func (f *fixer) leave(depth int, goOn bool) (code string, ok bool) {
	outermost := -1
	for i := depth; i < len(f.path); i++ {
		switch f.path[i].(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			outermost = i
		}
	}
	if outermost < 0 {
		if !tidiesUp(f.after(depth, len(f.path))) {
			return f.giveUp()
		}
		return "", goOn
	}
	if tidiesUp(f.after(depth, outermost)) {
		return "", false // within a turn of the loop: an Unlock, say
	}
	if !tidiesUp(f.after(outermost, len(f.path))) {
		return f.giveUp()
	}
	return "break " + f.label(outermost) + "\n", true
}

// giveUp writes the return.
func (f *fixer) giveUp() (string, bool) {
	ret, edits, ok := f.pass.ZeroReturn(f.wait.Pos, f.sig, f.wait.ctx.Expr+".Err()")
	f.edits = append(f.edits, edits...)
	return ret + "\n", ok
}

// label returns the label of the loop at that depth, and gives it one where it
// has none.
func (f *fixer) label(depth int) string {
	if l, ok := f.path[depth+1].(*ast.LabeledStmt); ok {
		return l.Label.Name
	}
	loop := f.path[depth].(ast.Stmt)
	name := f.pass.FreshName(loop.Pos(), "loop")
	f.edits = append(f.edits, f.pass.Replace(loop.Pos(), loop.Pos(), name+":\n"+f.pass.Indent(loop.Pos())))
	return name
}

// after returns the statements that follow, in the blocks between two depths
// of the path, what leads to the operation.
func (f *fixer) after(from, to int) []ast.Stmt {
	var out []ast.Stmt
	for i := from; i+1 < to; i++ {
		var list []ast.Stmt
		switch n := f.path[i+1].(type) {
		case *ast.BlockStmt:
			list = n.List
		case *ast.CaseClause:
			list = n.Body
		case *ast.CommClause:
			list = n.Body
		}
		at := slices.IndexFunc(list, func(s ast.Stmt) bool { return ast.Node(s) == f.path[i] })
		if at < 0 {
			continue
		}
		out = append(out, list[at+1:]...)
		if len(list) > at+1 {
			switch list[len(list)-1].(type) {
			case *ast.ReturnStmt:
				return out
			case *ast.BranchStmt:
				if to < len(f.path) {
					return out // the turn ends
				}
			}
		}
	}
	return out
}

// tidying are the methods that give something back or tell somebody.
var tidying = []string{
	"Done", "Unlock", "RUnlock", "Close", "CloseWithError", "CloseSend", "CloseWrite", "Stop", "Shutdown", "Release", "Cancel", "Wait",
	"Signal", "Broadcast", "Flush", "Sync", "Remove", "RemoveAll", "Rollback", "Commit", "End", "Finish", "Put", "Reset", "Store", "Add",
}

// tidiesUp reports whether statements do something that must not be skipped.
func tidiesUp(list []ast.Stmt) bool {
	found := false
	for _, stmt := range list {
		ast.Inspect(stmt, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SendStmt, *ast.DeferStmt:
				found = true
			case *ast.UnaryExpr:
				found = found || n.Op == token.ARROW
			case *ast.CallExpr:
				switch fun := ast.Unparen(n.Fun).(type) {
				case *ast.Ident:
					found = found || fun.Name == "close" || fun.Name == "delete" || fun.Name == "cancel" || fun.Name == "stop"
				case *ast.SelectorExpr:
					found = found || slices.Contains(tidying, fun.Sel.Name)
				}
			}
			return !found
		})
	}
	return found
}
