package callsites

import (
	"go/ast"
	"go/token"
	"slices"
)

// globalEnds decides about a variable of a package.
func (q *query) globalEnds(name string, f *file) bool {
	files, ok := q.filesWith(name, func(s *source) bool { return s.dir == f.dir })
	if !ok {
		return true
	}
	defer q.beside()()
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
	if ast.IsExported(name) {
		if files, ok = q.filesWith(name, nil); !ok {
			return true
		}
	}
	is := func(x ast.Expr) bool { last, _ := lastName(x); return last == name }
	return !known || q.storedEnds(files, is)
}

// fieldEnds decides about a field of a type of the module: what is ever stored in
// one of its name.
func (q *query) fieldEnds(x *ast.SelectorExpr, at scope) bool {
	of, ok := q.typeOf(x.X, at, 0)
	if !ok || of.dir == "" {
		return true
	}
	spec, f := q.typeSpec(of)
	if spec == nil || !hasField(spec, x.Sel.Name) {
		return true
	}
	name := x.Sel.Name
	key := lookup{dir: of.dir + "." + of.name, name: name, sync: q.sync}
	if q.busy[key] {
		return false
	}
	q.busy[key] = true
	defer q.beside()()
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
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				if id, ok := n.Key.(*ast.Ident); ok && id.Name == name {
					known = true
					ends = ends || q.ends(n.Value, at)
				}
			case *ast.CompositeLit: // without names, of whatever type
				ends = ends || slices.ContainsFunc(n.Elts, looksLikeContext)
			case *ast.UnaryExpr: // anybody may store another one
				sel, ok := n.X.(*ast.SelectorExpr)
				ends = ends || ok && n.Op == token.AND && sel.Sel.Name == name
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
			switch n := n.(type) {
			case *ast.AssignStmt:
				for i, left := range n.Lhs {
					if is(left) {
						ends = ends || q.assignedEnds(n.Lhs, n.Rhs, i, at)
					}
				}
			case *ast.UnaryExpr:
				ends = ends || n.Op == token.AND && is(n.X)
			}
		})
	}
	return ends
}

// eachIn visits the nodes of a file, each with its scope.
func eachIn(f *file, visit func(ast.Node, scope)) {
	ast.PreorderStack(f.syntax, nil, func(n ast.Node, stack []ast.Node) bool {
		switch n.(type) {
		case *ast.KeyValueExpr, *ast.AssignStmt, *ast.CompositeLit, *ast.UnaryExpr:
			visit(n, f.scopeAt(n, stack))
		}
		return true
	})
}

// hasField reports whether a type is a struct with a field of a name.
func hasField(spec *ast.TypeSpec, name string) bool {
	s, ok := spec.Type.(*ast.StructType)
	return ok && slices.ContainsFunc(s.Fields.List, func(f *ast.Field) bool {
		return slices.ContainsFunc(f.Names, func(id *ast.Ident) bool { return id.Name == name })
	})
}
