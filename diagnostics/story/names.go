package story

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/internal/flow"
)

// varKind says of a variable whether it holds contexts or cancel functions.
type varKind uint8

const (
	otherVar varKind = iota + 1
	contextVar
	cancelVar
)

func (t *teller) kindOf(v *types.Var) varKind {
	k := t.kinds[v]
	if k == 0 {
		k = otherVar
		if flow.IsCancelFunc(v.Type()) {
			k = cancelVar
		} else if flow.IsContextLike(v.Type()) {
			k = contextVar
		}
		t.kinds[v] = k
	}
	return k
}

// name is one place in the source that names a variable or field of interest.
type name struct {
	expr   ast.Expr // an *ast.Ident or an *ast.SelectorExpr
	v      *types.Var
	around []ast.Node // what it stands in, innermost first, up to the nearest statement and the literals around
}

// findTargets finds what calls are assigned to, and which are returned.
func (t *teller) findTargets() {
	t.targets, t.returned = make(map[*ast.CallExpr][]ast.Expr), make(map[*ast.CallExpr]bool)
	ast.Inspect(t.f.SSA.Syntax(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			t.assigned(n.Lhs, n.Rhs)
		case *ast.ValueSpec:
			lhs := make([]ast.Expr, len(n.Names))
			for i, id := range n.Names {
				lhs[i] = id
			}
			t.assigned(lhs, n.Values)
		case *ast.ReturnStmt:
			for _, x := range n.Results {
				if call, ok := ast.Unparen(x).(*ast.CallExpr); ok {
					t.returned[call] = true
				}
			}
		}
		return true
	})
	for _, maker := range t.makers { // a variable may be a mere func()
		call := maker.(*ssa.Call)
		for _, i := range t.p.Obligations(call.Common()) {
			if v := t.variable(t.target(t.p.SyntaxOf(t.f).Call(call), i)); v != nil {
				t.kinds[v] = cancelVar
			}
		}
	}
}

// walk lists the names in the function.
func (t *teller) walk() {
	info := t.pass.TypesInfo
	var stack []ast.Node
	add := func(x ast.Expr, v *types.Var) {
		if t.kindOf(v) != otherVar {
			around := slices.Clone(stack)
			slices.Reverse(around)
			t.names = append(t.names, name{x, v, around})
		}
	}
	ast.Inspect(t.f.SSA.Syntax(), func(n ast.Node) bool {
		switch n := n.(type) {
		case nil:
			stack = stack[:len(stack)-1]
			return true
		case *ast.SelectorExpr:
			if v, ok := info.Uses[n.Sel].(*types.Var); ok {
				add(n, v)
			}
		case *ast.Ident:
			if sel, ok := last(stack).(*ast.SelectorExpr); ok && sel.Sel == n {
				break
			}
			if v, ok := info.ObjectOf(n).(*types.Var); ok && !v.IsField() {
				add(n, v)
			}
		}
		stack = append(stack, n)
		return true
	})
}

func last(stack []ast.Node) ast.Node {
	if len(stack) == 0 {
		return nil
	}
	return stack[len(stack)-1]
}

func (t *teller) assigned(lhs, rhs []ast.Expr) {
	if len(rhs) == 1 {
		if call, ok := ast.Unparen(rhs[0]).(*ast.CallExpr); ok {
			t.targets[call] = lhs
		}
		return
	}
	for i, x := range rhs {
		if call, ok := ast.Unparen(x).(*ast.CallExpr); ok && i < len(lhs) {
			t.targets[call] = lhs[i : i+1]
		}
	}
}

// variable is the local variable that an expression names, nil if it names
// another thing.
func (t *teller) variable(x ast.Expr) *types.Var {
	id, ok := ast.Unparen(x).(*ast.Ident)
	if !ok {
		return nil
	}
	v, _ := t.pass.TypesInfo.ObjectOf(id).(*types.Var)
	return v
}

// heldIn is the key of the field or package variable that an expression
// names; empty for all else.
func (t *teller) heldIn(x ast.Expr, v *types.Var) string {
	if v == nil {
		return ""
	}
	if v.Parent() == t.pass.Pkg.Scope() {
		return v.Name()
	}
	sel, ok := x.(*ast.SelectorExpr)
	if !ok || !v.IsField() || v.Pkg() != t.pass.Pkg {
		return ""
	}
	selection := t.pass.TypesInfo.Selections[sel]
	if selection == nil {
		return ""
	}
	typ := selection.Recv()
	for _, i := range selection.Index()[:len(selection.Index())-1] { // through embedded structs
		s, ok := pointee(typ).Underlying().(*types.Struct)
		if !ok || i >= s.NumFields() {
			return ""
		}
		typ = s.Field(i).Type()
	}
	return fieldKey(typ, v)
}

func pointee(typ types.Type) types.Type {
	if ptr, ok := types.Unalias(typ).(*types.Pointer); ok {
		return ptr.Elem()
	}
	return typ
}

// fieldKey names a field of a type of this package.
func fieldKey(typ types.Type, field *types.Var) string {
	named, ok := types.Unalias(pointee(typ)).(*types.Named)
	if !ok || named.Obj().Parent() != named.Obj().Pkg().Scope() {
		return "" // a type that others can't name
	}
	return named.Obj().Name() + "." + field.Name()
}
