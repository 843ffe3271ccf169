// Package ctxvalue is the rule of the same name: a context's value whose type
// is asserted without asking whether it is there.
package ctxvalue

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

//go:embed doc.md
var doc string

// Rule is the rule ctxvalue.
var Rule = &rule.Rule{
	Name:     "ctxvalue",
	Title:    "a context's value is asserted without asking whether it is there",
	Group:    rule.Chain,
	Severity: rule.Information,
	Default:  false,
	Doc:      doc,
	Check:    check,
}

func check(pass *rule.Pass) {
	var vars *variables
	ast.PreorderStack(pass.Func.SSA.Syntax(), nil, func(n ast.Node, stack []ast.Node) bool {
		assertion, ok := n.(*ast.TypeAssertExpr)
		if !ok || assertion.Type == nil || asksWhether(assertion, stack) {
			return true
		}
		call := valueCall(pass, assertion.X)
		if call == nil {
			v := local(pass, assertion.X)
			if v == nil {
				return true
			}
			if vars == nil {
				vars = collect(pass)
			}
			if call = vars.holds(v); call == nil || vars.compared(v, assertion.Pos()) {
				return true
			}
		}
		if !alwaysThere(pass, call) {
			report(pass, assertion, call)
		}
		return true
	})
}

// asksWhether reports whether an assertion yields a second value.
func asksWhether(assertion *ast.TypeAssertExpr, stack []ast.Node) bool {
	for i := len(stack) - 1; i >= 0; i-- {
		switch n := stack[i].(type) {
		case *ast.ParenExpr:
			continue
		case *ast.AssignStmt:
			return len(n.Lhs) == 2 && len(n.Rhs) == 1
		case *ast.ValueSpec:
			return len(n.Names) == 2 && len(n.Values) == 1
		}
		return false
	}
	return false
}

// valueCall returns the call if x is ctx.Value(k).
func valueCall(pass *rule.Pass, x ast.Expr) *ast.CallExpr {
	call, ok := ast.Unparen(x).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return nil
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Value" {
		return nil
	}
	if t := pass.TypesInfo.TypeOf(sel.X); t == nil || !flow.HasContextMethods(t) {
		return nil
	}
	if fn, _ := typeutil.Callee(pass.TypesInfo, call).(*types.Func); fn == nil || fn.Signature().Params().Len() != 1 || !types.IsInterface(fn.Signature().Results().At(0).Type()) {
		return nil
	}
	return call
}

func local(pass *rule.Pass, x ast.Expr) *types.Var {
	id, ok := ast.Unparen(x).(*ast.Ident)
	if !ok {
		return nil
	}
	v, _ := pass.TypesInfo.Uses[id].(*types.Var)
	return v
}

// alwaysThere reports whether the library sets the key's value for whoever
// gets this context: net/http does for the requests that a server reads.
func alwaysThere(pass *rule.Pass, call *ast.CallExpr) bool {
	key := pass.RootVar(call.Args[0])
	if key == nil || key.Pkg() == nil || key.Pkg().Path() != "net/http" || key.Name() != "ServerContextKey" && key.Name() != "LocalAddrContextKey" {
		return false
	}
	for _, n := range pass.Enclosing(call.Pos()) {
		var params *ast.FieldList
		switch n := n.(type) {
		case *ast.FuncLit:
			params = n.Type.Params
		case *ast.FuncDecl:
			params = n.Type.Params
		default:
			continue
		}
		request, writer := false, false
		for _, field := range params.List {
			switch types.TypeString(pass.TypesInfo.TypeOf(field.Type), nil) {
			case "*net/http.Request":
				request = true
			case "net/http.ResponseWriter":
				writer = true
			}
		}
		if request && writer {
			return true
		}
	}
	return false
}

// variables says what the variables of a function get, and where they are
// compared with nil.
type variables struct {
	pass     *rule.Pass
	gets     map[*types.Var][]ast.Expr // nil: something that isn't an expression
	compares map[*types.Var][]token.Pos
}

func collect(pass *rule.Pass) *variables {
	vars := &variables{pass, make(map[*types.Var][]ast.Expr), make(map[*types.Var][]token.Pos)}
	get := func(lhs ast.Expr, rhs ast.Expr) {
		if id, ok := ast.Unparen(lhs).(*ast.Ident); ok {
			if v, ok := pass.TypesInfo.ObjectOf(id).(*types.Var); ok {
				vars.gets[v] = append(vars.gets[v], rhs)
			}
		}
	}
	ast.Inspect(pass.Func.SSA.Syntax(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, lhs := range n.Lhs {
				if len(n.Lhs) == len(n.Rhs) {
					get(lhs, n.Rhs[i])
				} else {
					get(lhs, nil)
				}
			}
		case *ast.ValueSpec:
			for i, name := range n.Names {
				if len(n.Names) == len(n.Values) {
					get(name, n.Values[i])
				} else if len(n.Values) > 0 {
					get(name, nil)
				}
			}
		case *ast.RangeStmt:
			for _, lhs := range []ast.Expr{n.Key, n.Value} {
				if lhs != nil {
					get(lhs, nil)
				}
			}
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				get(n.X, nil)
			}
		case *ast.BinaryExpr:
			if n.Op == token.EQL || n.Op == token.NEQ {
				for _, pair := range [][2]ast.Expr{{n.X, n.Y}, {n.Y, n.X}} {
					if v := local(pass, pair[0]); v != nil && pass.TypesInfo.Types[pair[1]].IsNil() {
						vars.compares[v] = append(vars.compares[v], n.Pos())
					}
				}
			}
		case *ast.TypeSwitchStmt: // tells nil from the rest
			ast.Inspect(n.Assign, func(child ast.Node) bool {
				if id, ok := child.(*ast.Ident); ok {
					if v, ok := pass.TypesInfo.Uses[id].(*types.Var); ok {
						vars.compares[v] = append(vars.compares[v], n.Pos())
					}
				}
				return true
			})
		}
		return true
	})
	return vars
}

// holds returns the ctx.Value(k) that a variable was made to hold.
func (vars *variables) holds(v *types.Var) *ast.CallExpr {
	gets := vars.gets[v]
	if len(gets) != 1 || gets[0] == nil {
		return nil
	}
	return valueCall(vars.pass, gets[0])
}

// compared reports whether a variable was compared with nil before.
func (vars *variables) compared(v *types.Var, pos token.Pos) bool {
	for _, at := range vars.compares[v] {
		if at < pos {
			return true
		}
	}
	return false
}

func report(pass *rule.Pass, assertion *ast.TypeAssertExpr, call *ast.CallExpr) {
	ctx := call.Fun.(*ast.SelectorExpr).X
	d := rule.Diagnostic{
		Pos: call.Pos(), End: call.End(),
		Message: fmt.Sprintf("this panics when %s has no value for %s of type %s", pass.Source(ctx), pass.Source(call.Args[0]), pass.Source(assertion.Type)),
		Risk:    rule.Medium,
		Claims:  []token.Pos{assertion.Pos()},
		Missing: []token.Pos{assertion.Lparen},
	}
	if v := pass.RootVar(ctx); v != nil {
		d.Variable = v.Name()
	}
	if assertion.Pos() != call.Pos() {
		d.Related = append(d.Related, rule.Related{Pos: assertion.Pos(), End: assertion.End(), Message: "its type is asserted here"})
	}
	if f, ok := fix(pass, assertion, call); ok {
		d.Fixes = append(d.Fixes, f)
	}
	pass.Report(d)
}
