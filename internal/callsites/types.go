package callsites

import (
	"go/ast"
	"go/token"
	"slices"
)

// typeName is a type by its name, as far as the syntax tells it.
type typeName struct {
	dir     string // of its package, if it is one of the index
	pkg     string // else the package's import path
	name    string
	pointer bool
}

// resolve returns what a type is named where it stands in a file.
func (q *query) resolve(t ast.Expr, f *file) (typeName, bool) {
	switch t := t.(type) {
	case *ast.ParenExpr:
		return q.resolve(t.X, f)
	case *ast.StarExpr:
		to, ok := q.resolve(t.X, f)
		to.pointer = true
		return to, ok
	case *ast.IndexExpr:
		return q.resolve(t.X, f)
	case *ast.IndexListExpr:
		return q.resolve(t.X, f)
	case *ast.Ident:
		return typeName{dir: f.dir, name: t.Name}, true
	case *ast.SelectorExpr:
		imported, ok := f.isPackage(t.X)
		if dir := q.x.dirOf(imported); ok && dir != "" {
			return typeName{dir: dir, name: t.Sel.Name}, true
		}
		return typeName{pkg: imported, name: t.Sel.Name}, ok
	}
	return typeName{}, false
}

// deepestType bounds the steps by which the type of an expression is looked for.
const deepestType = 6

// typeOf returns the type of an expression, if its syntax and that of the
// declarations it names tell it.
func (q *query) typeOf(x ast.Expr, at scope, depth int) (typeName, bool) {
	if depth == deepestType || q.spent() {
		return typeName{}, false
	}
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		if q.declarations(at)[x.Name] != 1 {
			return typeName{}, false // of which one?
		}
		if t := at.typeOfParam(x.Name); t != nil {
			return q.resolve(t, at.file)
		}
		return q.typeOfLocal(x.Name, at, depth+1)
	case *ast.UnaryExpr:
		t, ok := q.typeOf(x.X, at, depth+1)
		t.pointer = true
		return t, ok && x.Op == token.AND
	case *ast.CompositeLit:
		if x.Type != nil {
			return q.resolve(x.Type, at.file)
		}
	case *ast.CallExpr:
		return q.typeOfResult(x, 0, at)
	case *ast.SelectorExpr:
		of, ok := q.typeOf(x.X, at, depth+1)
		if !ok {
			return typeName{}, false
		}
		spec, f := q.typeSpec(of)
		if spec == nil {
			return typeName{}, false
		}
		if s, ok := spec.Type.(*ast.StructType); ok {
			for _, field := range s.Fields.List {
				if slices.ContainsFunc(field.Names, func(id *ast.Ident) bool { return id.Name == x.Sel.Name }) {
					return q.resolve(field.Type, f)
				}
			}
		}
	}
	return typeName{}, false
}

// typeOfParam is the type of a parameter, or receiver, of one of the functions
// around a place.
func (s scope) typeOfParam(name string) ast.Expr {
	for _, t := range s.around() {
		if _, typ := paramAt(t, name); typ != nil {
			return typ
		}
	}
	if s.decl != nil && s.decl.Recv != nil {
		for _, field := range s.decl.Recv.List {
			if slices.ContainsFunc(field.Names, func(id *ast.Ident) bool { return id.Name == name }) {
				return field.Type
			}
		}
	}
	return nil
}

// typeOfLocal is the type of the only variable of a name in a function.
func (q *query) typeOfLocal(name string, at scope, depth int) (found typeName, ok bool) {
	if at.decl == nil || at.decl.Body == nil {
		return typeName{}, false
	}
	note := func(t typeName, known bool) { found, ok = t, known }
	ast.Inspect(at.decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				if id, isName := left.(*ast.Ident); !isName || id.Name != name || n.Tok != token.DEFINE {
					continue
				}
				if len(n.Lhs) == len(n.Rhs) {
					note(q.typeOf(n.Rhs[i], at, depth))
				} else if call, isCall := ast.Unparen(n.Rhs[0]).(*ast.CallExpr); isCall {
					note(q.typeOfResult(call, i, at))
				} else {
					note(typeName{}, false)
				}
			}
		case *ast.ValueSpec:
			if slices.ContainsFunc(n.Names, func(id *ast.Ident) bool { return id.Name == name }) {
				if n.Type != nil {
					note(q.resolve(n.Type, at.file))
				} else {
					note(typeName{}, false)
				}
			}
		case *ast.RangeStmt:
			for _, x := range []ast.Expr{n.Key, n.Value} {
				if id, isName := x.(*ast.Ident); isName && id.Name == name {
					note(typeName{}, false)
				}
			}
		}
		return true
	})
	return found, ok
}

// typeOfResult is the type of a result of a call of a function of the module.
func (q *query) typeOfResult(call *ast.CallExpr, index int, at scope) (typeName, bool) {
	name, base := lastName(callee(call))
	dir := at.file.dir
	if base != nil {
		imported, ok := at.file.isPackage(base)
		if !ok {
			return typeName{}, false
		}
		if dir = q.x.dirOf(imported); dir == "" {
			return typeName{pkg: imported, pointer: true}, imported == "os/exec" // Command's
		}
	}
	if name == "new" && base == nil && len(call.Args) == 1 {
		t, ok := q.resolve(call.Args[0], at.file)
		t.pointer = true
		return t, ok
	}
	var found []declared
	for _, f := range q.filesIn(dir, name) {
		for _, decl := range f.decls {
			if decl.Recv == nil && decl.Name.Name == name && decl.Type.Results != nil {
				found = append(found, declared{f, decl})
			}
		}
	}
	if len(found) != 1 {
		return typeName{}, false // one for each system
	}
	_, types := params(&ast.FuncType{Params: found[0].decl.Type.Results})
	if index >= len(types) {
		return typeName{}, false
	}
	return q.resolve(types[index], found[0].file)
}

// typeSpec is the declaration of a type of the module.
func (q *query) typeSpec(t typeName) (*ast.TypeSpec, *file) {
	if t.dir == "" {
		return nil, nil
	}
	var found *ast.TypeSpec
	var in *file
	for _, f := range q.filesIn(t.dir, t.name) {
		for _, decl := range f.syntax.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok || gen.Tok != token.TYPE {
				continue
			}
			for _, spec := range gen.Specs {
				if spec := spec.(*ast.TypeSpec); spec.Name.Name == t.name {
					if found != nil {
						return nil, nil // one for each system
					}
					found, in = spec, f
				}
			}
		}
	}
	return found, in
}

// filesIn are the files of a folder that may have a name in them.
func (q *query) filesIn(dir, name string) []*file {
	files, _ := q.filesWith(name, func(s *source) bool { return s.dir == dir })
	return files
}

// isOther reports whether a method of a name that is selected from an expression
// is certainly not that of a type.
func (q *query) isOther(base ast.Expr, at scope, dir, name string) bool {
	t, ok := q.typeOf(base, at, 0)
	if !ok || t.dir == dir && t.name == name {
		return false
	}
	if t.dir == "" {
		return t.pointer // what isn't may be an interface
	}
	spec, _ := q.typeSpec(t)
	if spec == nil || spec.Assign.IsValid() {
		return false
	}
	switch s := spec.Type.(type) {
	case *ast.StructType:
		return !slices.ContainsFunc(s.Fields.List, func(f *ast.Field) bool { return len(f.Names) == 0 })
	case *ast.InterfaceType, *ast.Ident, *ast.SelectorExpr:
		return false
	}
	return true
}
