package callsites

import (
	"fmt"
	"go/ast"
)

// declared is a function of the module.
type declared struct {
	file *file
	decl *ast.FuncDecl
}

// declsOf are the module's functions that a name may mean where it is called:
// the one of a package, or all methods of the name. It fails if that can't be
// told.
func (q *query) declsOf(name string, base ast.Expr, at scope) ([]declared, bool) {
	if name == "" {
		return nil, true
	}
	dir, method := at.file.dir, false
	if base != nil {
		imported, pkg := at.file.isPackage(base)
		method = !pkg
		if dir = q.x.dirOf(imported); pkg && dir == "" {
			return nil, true
		}
	}
	files, ok := q.filesWith(name, func(s *source) bool { return method || s.dir == dir })
	var found []declared
	for _, f := range files {
		for _, decl := range f.decls {
			if decl.Name.Name == name && (decl.Recv != nil) == method && !(method && q.isOther(base, at, f.dir, receiver(decl))) {
				found = append(found, declared{f, decl})
			}
		}
	}
	return found, ok
}

// returnedEnds decides about a result of a function of the module.
func (q *query) returnedEnds(d declared, index int) bool {
	if d.decl.Body == nil || q.spent() {
		return true
	}
	key := lookup{decl: d.decl, name: fmt.Sprint("return ", index), sync: q.sync}
	if q.busy[key] {
		return false
	}
	q.busy[key] = true
	names, ends := namedResults(d.decl), false
	ast.PreorderStack(d.decl.Body, nil, func(n ast.Node, stack []ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			at := (scope{file: d.file, decl: d.decl}).within(n, stack)
			switch {
			case len(n.Results) == 0:
				ends = ends || index >= len(names) || q.nameEnds(names[index], at)
			case index < len(n.Results):
				ends = ends || q.ends(n.Results[index], at)
			default:
				ends = true // of a call with several results
			}
		}
		return !ends
	})
	return ends
}

func namedResults(decl *ast.FuncDecl) []string {
	if decl.Type.Results == nil {
		return nil
	}
	names, _ := params(&ast.FuncType{Params: decl.Type.Results})
	return names
}
