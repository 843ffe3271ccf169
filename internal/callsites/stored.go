package callsites

import (
	"go/ast"
	"go/token"
)

// globalEnds decides about a variable of a package.
func (q *query) globalEnds(name string, f *file) bool {
	files, ok := q.filesWith(name, func(s *source) bool { return s.dir == f.dir })
	if !ok {
		return true
	}
	known := false
	for _, g := range files {
		for _, decl := range g.syntax.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok || gen.Tok != token.VAR {
				continue
			}
			for _, spec := range gen.Specs {
				spec := spec.(*ast.ValueSpec)
				for i, id := range spec.Names {
					if id.Name != name {
						continue
					}
					known = true
					if len(spec.Values) > 0 && q.assignedEnds(exprs(spec.Names), spec.Values, i, scope{file: g, known: true}) {
						return true
					}
				}
			}
		}
	}
	return !known || q.storedEnds(files, func(x ast.Expr) bool {
		id, ok := x.(*ast.Ident)
		return ok && id.Name == name
	})
}

// fieldEnds decides about a field: what is ever stored in one of its name.
func (q *query) fieldEnds(name string, f *file) bool {
	if q.busy["field "+name] {
		return false
	}
	q.busy["field "+name] = true
	var in func(*source) bool
	if !ast.IsExported(name) {
		in = func(s *source) bool { return s.dir == f.dir }
	}
	files, ok := q.filesWith(name, in)
	if !ok {
		return true
	}
	known, ends := false, false
	for _, g := range files {
		eachIn(g, func(n ast.Node, at scope) {
			pair, ok := n.(*ast.KeyValueExpr)
			if !ok || ends {
				return
			}
			if id, ok := pair.Key.(*ast.Ident); ok && id.Name == name {
				known = true
				ends = q.ends(pair.Value, at)
			}
		})
		if ends {
			return true
		}
	}
	isField := func(x ast.Expr) bool {
		sel, ok := x.(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != name {
			return false
		}
		known = true
		return true
	}
	return q.storedEnds(files, isField) || !known
}

// storedEnds decides about what is assigned to the expressions that is picks.
func (q *query) storedEnds(files []*file, is func(ast.Expr) bool) bool {
	ends := false
	for _, g := range files {
		eachIn(g, func(n ast.Node, at scope) {
			assign, ok := n.(*ast.AssignStmt)
			if !ok || ends {
				return
			}
			for i, left := range assign.Lhs {
				if is(left) {
					ends = ends || q.assignedEnds(assign.Lhs, assign.Rhs, i, at)
				}
			}
		})
	}
	return ends
}

// eachIn visits the nodes of a file, each with its scope.
func eachIn(f *file, visit func(ast.Node, scope)) {
	ast.PreorderStack(f.syntax, nil, func(n ast.Node, stack []ast.Node) bool {
		switch n.(type) {
		case *ast.KeyValueExpr, *ast.AssignStmt:
			visit(n, f.scopeAt(n, stack))
		}
		return true
	})
}
