package flow

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"
)

// standing says what is known of a context, the worst first.
type standing uint8

const (
	standsUnknown standing = iota
	standsRoot             // Background, TODO, WithoutCancel, or derived from one of them
	standsField            // a receiver's field, or derived from it
	standsLive
)

// ofVar joins what is known of all that a variable gets.
func (l *liveness) ofVar(v *types.Var) standing {
	if s, ok := l.standings[v]; ok {
		return s
	}
	isParam := v.Kind() == types.ParamVar
	// For a variable that is derived from itself the other assignments decide.
	l.standings[v] = standsLive
	joined := standsLive
	if !isParam && len(l.assigned[v]) == 0 {
		joined = standsUnknown
	}
	for _, a := range l.assigned[v] {
		if l.p.Pass.TypesInfo.Types[a.expr].IsNil() || a.nilled {
			continue
		}
		s := l.ofExpr(a.expr, a.result)
		if isParam && s != standsRoot {
			continue // what else a parameter gets is taken to be made from it
		}
		joined = min(joined, s)
	}
	l.standings[v] = joined
	return joined
}

// ofExpr tells what is known of a context (or of the result of that number,
// for a call).
func (l *liveness) ofExpr(e ast.Expr, result int) standing {
	info := l.p.Pass.TypesInfo
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		v := l.p.variable(e)
		switch {
		case v == nil:
		case isRequest(v.Type()) && v.Kind() == types.ParamVar:
			return standsLive
		case IsContextLike(v.Type()) && v.Kind() == types.RecvVar:
			return standsField
		case IsContextLike(v.Type()) && v.Parent() != l.p.Pass.Pkg.Scope() && !v.IsField():
			return l.ofVar(v)
		}
	case *ast.SelectorExpr:
		if v, ok := info.ObjectOf(e.Sel).(*types.Var); ok && v.IsField() && IsContext(v.Type()) {
			if recv := l.p.variable(e.X); recv != nil && recv.Kind() == types.RecvVar {
				return standsField
			}
		}
	case *ast.TypeAssertExpr:
		return l.ofExpr(e.X, 0)
	case *ast.UnaryExpr:
		if e.Op == token.AND {
			return l.ofExpr(e.X, 0)
		}
	case *ast.CompositeLit:
		best := standsUnknown
		for _, elt := range e.Elts {
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				elt = kv.Value
			}
			if t := info.TypeOf(elt); t != nil && IsContextLike(t) {
				best = max(best, l.ofExpr(elt, 0))
			}
		}
		return best
	case *ast.CallExpr:
		return l.ofCall(e, result)
	}
	return standsUnknown
}

// ofCall tells what is known of a context that a call returns: the callee's
// summary decides, else a live argument makes it live.
func (l *liveness) ofCall(call *ast.CallExpr, result int) standing {
	info := l.p.Pass.TypesInfo
	if tv := info.Types[call.Fun]; tv.IsType() && len(call.Args) == 1 {
		return l.ofExpr(call.Args[0], 0)
	}
	args := call.Args
	sel, isSel := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	fn, _ := typeutil.Callee(info, call).(*types.Func)
	if isSel && info.Selections[sel] != nil {
		if recv := info.TypeOf(sel.X); isTestingTB(recv) && sel.Sel.Name == "Context" {
			return standsLive
		}
		args = append([]ast.Expr{sel.X}, args...)
	}
	if s := l.p.SummaryOf(fn); s != nil {
		for _, d := range s.Derives {
			if d.Result == result && d.Param < 0 {
				return standsRoot
			}
			if d.Result == result && d.Param < len(args) {
				return l.ofExpr(args[d.Param], 0)
			}
		}
	}
	best := standsUnknown
	for _, arg := range args {
		if t := info.TypeOf(arg); t != nil && (IsContextLike(t) || isRequest(t)) {
			best = max(best, l.ofExpr(arg, 0))
		}
	}
	return best
}

// cancelled reports whether the cancel function of a derived context has been
// called before the position, on a path that leads to it.
func (l *liveness) cancelled(v *types.Var) bool {
	cancel := l.cancels[v]
	if cancel == nil {
		return false
	}
	found := false
	var walk func(n ast.Node)
	walk = func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.DeferStmt:
				return false
			case *ast.FuncLit:
				return n.Pos() <= l.pos && l.pos < n.End()
			case *ast.BlockStmt:
				if jumps(n.List) && (l.pos < n.Pos() || n.End() <= l.pos) {
					return false
				}
			case *ast.CaseClause:
				if jumps(n.Body) && (l.pos < n.Pos() || n.End() <= l.pos) {
					return false
				}
			case *ast.CommClause:
				if jumps(n.Body) && (l.pos < n.Pos() || n.End() <= l.pos) {
					return false
				}
			case *ast.CallExpr:
				if l.p.variable(n.Fun) == cancel && n.End() <= l.pos {
					found = true
				}
			}
			return !found
		})
	}
	walk(l.functions[0])
	return found
}

// jumps reports whether a statement list ends in a jump.
func jumps(list []ast.Stmt) bool {
	if len(list) == 0 {
		return false
	}
	switch last := list[len(list)-1].(type) {
	case *ast.ReturnStmt, *ast.BranchStmt:
		return true
	case *ast.ExprStmt:
		call, ok := last.X.(*ast.CallExpr)
		if !ok {
			return false
		}
		id, ok := call.Fun.(*ast.Ident)
		return ok && id.Name == "panic"
	}
	return false
}
