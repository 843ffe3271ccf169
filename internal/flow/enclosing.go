package flow

import (
	"go/ast"
	"go/token"
	"slices"
	"sort"
)

// Enclosing returns the syntax nodes of a file that enclose pos, innermost
// first, as astutil.PathEnclosingInterval does for an empty interval. It
// doesn't sort the children of every node on the way, which in a function of
// thousands of statements is what costs.
func Enclosing(file *ast.File, pos token.Pos) []ast.Node {
	path := []ast.Node{file}
	for n := ast.Node(file); ; {
		child := childAt(n, pos)
		if child == nil {
			break
		}
		if t, ok := child.(*ast.FuncType); ok {
			if _, declared := n.(*ast.FuncDecl); declared && childAt(t, pos) == nil {
				break // the keyword of a declaration
			}
		}
		path = append(path, child)
		n = child
	}
	slices.Reverse(path)
	return path
}

// childAt is the child of a node that has pos in it.
func childAt(n ast.Node, pos token.Pos) ast.Node {
	switch n := n.(type) {
	case *ast.File:
		if pos < n.Package {
			return nil
		}
		if pos >= n.Name.End() {
			return childIn(n.Decls, pos)
		}
	case *ast.BlockStmt:
		return childIn(n.List, pos)
	case *ast.CaseClause:
		if pos > n.Colon {
			return childIn(n.Body, pos)
		}
	case *ast.CommClause:
		if pos > n.Colon {
			return childIn(n.Body, pos)
		}
	case *ast.FuncDecl:
		// The type's extent has the receiver and the name in it.
		if n.Recv != nil && within(n.Recv, pos) {
			return n.Recv
		}
		if within(n.Name, pos) {
			return n.Name
		}
	}
	var found ast.Node
	ast.Inspect(n, func(child ast.Node) bool {
		if child == n {
			return true
		}
		if child != nil && found == nil && within(child, pos) {
			found = child
		}
		return false
	})
	return found
}

func childIn[N ast.Node](list []N, pos token.Pos) ast.Node {
	i := sort.Search(len(list), func(i int) bool { return list[i].End() > pos })
	if i < len(list) && list[i].Pos() <= pos {
		return list[i]
	}
	return nil
}

func within(n ast.Node, pos token.Pos) bool { return n.Pos() <= pos && pos < n.End() }
