package callsites

import (
	"go/ast"
	"slices"
	"strings"
)

// atExit reports whether a function is called once, by main or by what a
// command line runs, through functions of which that holds as well: what it
// leaves behind ends with the process.
func (q *query) atExit(f *file, decl *ast.FuncDecl) bool {
	if q.busy[decl] {
		return false // recursive: more than once
	}
	q.busy[decl] = true
	defer delete(q.busy, decl)
	if decl.Recv == nil && decl.Name.Name == "main" && f.syntax.Name.Name == "main" || f.ofCommand(decl.Type) {
		return true
	}
	if ast.IsExported(decl.Name.Name) && q.x.open(f.source) {
		return false
	}
	u, ok := q.usesOf(f, decl)
	if !ok || len(u.calls)+len(u.values) == 0 {
		return false
	}
	for _, m := range u.values {
		if !m.command {
			return false
		}
	}
	for _, s := range u.calls {
		if !q.onceInCommand(s) {
			return false
		}
	}
	return true
}

// onceInCommand reports whether a call is made once, as atExit wants it.
func (q *query) onceInCommand(s *site) bool {
	if s.again {
		return false
	}
	for i := len(s.lits) - 1; i >= 0; i-- {
		if s.file.ofCommand(s.lits[i].Type) {
			return true
		}
	}
	return len(s.lits) == 0 && s.decl != nil && q.atExit(s.file, s.decl)
}

// doubles are words in the paths of files with implementations for tests.
var doubles = []string{"mock", "fake", "stub", "testing", "test"}

// ignored reports whether none of the module's methods of a name makes anything
// of its context, and there is one.
func (q *query) ignored(p Premise) bool {
	if dir := q.x.dirOf(p.Package); dir == "" || q.x.open(q.x.byDir[dir][0]) {
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
			if joined(types) != p.Params {
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

// joined are the names of types as in a [Premise].
func joined(types []ast.Expr) string {
	var names []string
	for _, t := range types {
		names = append(names, unqualified(t))
	}
	return strings.Join(names, ",")
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

// isDouble reports whether the path of a file below the root has a word for
// doubles in it.
func isDouble(path, root string) bool {
	rest := strings.ToLower(strings.TrimPrefix(path, root))
	return slices.ContainsFunc(doubles, func(word string) bool { return strings.Contains(rest, word) })
}
