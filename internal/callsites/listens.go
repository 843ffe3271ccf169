package callsites

import (
	"go/ast"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// ignored reports whether none of the module's methods of a name makes anything
// of its context, and there is one.
func (q *query) ignored(p Premise) bool {
	dir := q.x.dirOf(p.Package)
	if dir == "" || slices.ContainsFunc(q.x.byDir[dir], func(s *source) bool { return !s.ignored && q.x.open(s) }) {
		return false // anybody may implement it
	}
	files, ok := q.filesWith(p.Name, func(s *source) bool { return !isDouble(s.path, q.x.root) })
	if !ok {
		return false
	}
	found := false
	for _, f := range files {
		for _, decl := range f.decls {
			if decl.Recv == nil || decl.Name.Name != p.Name || decl.Body == nil {
				continue
			}
			names, types := params(decl.Type)
			if same, certain := sameTypes(types, p.Params); !certain {
				return false // whether it is one can't be told
			} else if !same {
				continue
			}
			if name := names[p.Param]; name != "_" && mentioned(decl.Body, name) {
				return false
			}
			found = true
		}
	}
	return found
}

// sameTypes reports whether parameters have the types that a [Premise] names, and
// whether their syntax tells.
func sameTypes(types []ast.Expr, want string) (same, certain bool) {
	names := strings.Split(want, ",")
	if len(names) != len(types) {
		return false, true
	}
	certain = true
	for i, t := range types {
		switch name := unqualified(t); {
		case strings.Contains(name, "?") || strings.ContainsAny(names[i], "([{"):
			certain = false
		case name != names[i]:
			return false, true
		}
	}
	return certain, certain
}

// unqualified is a type without the names of packages. Types that only differ
// in what isn't named may share one.
func unqualified(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.Ident:
		return t.Name
	case *ast.SelectorExpr:
		return t.Sel.Name
	case *ast.StarExpr:
		return "*" + unqualified(t.X)
	case *ast.ArrayType:
		return "[]" + unqualified(t.Elt)
	case *ast.Ellipsis:
		return "..." + unqualified(t.Elt)
	case *ast.MapType:
		return "map[" + unqualified(t.Key) + "]" + unqualified(t.Value)
	case *ast.ParenExpr:
		return unqualified(t.X)
	case *ast.InterfaceType:
		if len(t.Methods.List) == 0 {
			return "any"
		}
	}
	return "?"
}

func mentioned(body *ast.BlockStmt, name string) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && id.Name == name
		return !found
	})
	return found
}

// double matches the paths of files with implementations for tests.
var double = regexp.MustCompile(`(?i)(^|[/_.-])(mocks?|fakes?|stubs?|tests?|testing|testutils?)([/_.-]|$)`)

// isDouble reports whether the path of a file below the root has a word for
// doubles in it.
func isDouble(path, root string) bool {
	return double.MatchString(filepath.ToSlash(strings.TrimPrefix(path, root)))
}
