package flow

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/ssa"
)

// A place is a field or a package variable of this package that can hold
// cancel functions, one or several. Fields of generic types are known by their
// origin.

// places says which places of the package somebody reads: calls, defers,
// returns, passes on, copies.
type places struct {
	p       *Package
	read    map[*types.Var]bool
	reach   map[types.Type]bool        // what the exported declarations lead to
	methods map[string][]*ssa.Function // of this package, by name
}

// placeIndex builds the index on first use.
func (p *Package) placeIndex() *places {
	if p.places == nil {
		p.places = &places{p: p, read: make(map[*types.Var]bool), methods: make(map[string][]*ssa.Function)}
		p.places.scan()
		for _, f := range p.Funcs {
			if f.Obj != nil && f.Obj.Signature().Recv() != nil {
				p.places.methods[f.Obj.Name()] = append(p.places.methods[f.Obj.Name()], f.SSA)
			}
		}
	}
	return p.places
}

// holdsCancel reports whether a value of the type can be, or hold, a cancel
// function: func(), func(error), and maps, slices, arrays, channels of them.
func holdsCancel(t types.Type) bool {
	for range 4 {
		switch u := t.Underlying().(type) {
		case *types.Signature:
			params := u.Params()
			return u.Results().Len() == 0 && (params.Len() == 0 || params.Len() == 1 && IsErrorType(params.At(0).Type()))
		case *types.Map:
			t = u.Elem()
		case *types.Slice:
			t = u.Elem()
		case *types.Array:
			t = u.Elem()
		case *types.Chan:
			t = u.Elem()
		case *types.Pointer:
			t = u.Elem()
		default:
			return false
		}
	}
	return false
}

// IsErrorType reports whether a type is error itself.
func IsErrorType(t types.Type) bool {
	return types.Identical(t, types.Universe.Lookup("error").Type())
}

// isPlace reports whether v is a field or variable of this package that can
// hold cancel functions.
func (x *places) isPlace(v *types.Var) bool {
	return v.Pkg() == x.p.Pass.Pkg && (v.IsField() || v.Parent() == v.Pkg().Scope()) && holdsCancel(v.Type())
}

// scan looks at every mention of a place.
func (x *places) scan() {
	for _, file := range x.p.Pass.Files {
		for _, m := range x.mentionsIn(file) {
			if !x.read[m.place] && x.isUsed(m.at) && !x.isDead(m.at) {
				x.read[m.place] = true
			}
		}
	}
}

// placeMention is a place in a file's syntax: its name, or the selector of that.
type placeMention struct {
	place *types.Var
	at    inspector.Cursor
}

// mentionsIn lists the mentions of places in a file. Updates take over those in
// files that stay.
func (x *places) mentionsIn(file *ast.File) []placeMention {
	if known, ok := x.p.placeMentions[file]; ok {
		return known
	}
	var found []placeMention
	info := x.p.Pass.TypesInfo
	for c := range inspector.New([]*ast.File{file}).Root().Preorder((*ast.Ident)(nil)) {
		id := c.Node().(*ast.Ident)
		v, ok := info.Uses[id].(*types.Var)
		if !ok || !x.isPlace(v.Origin()) {
			continue
		}
		if sel, ok := c.Parent().Node().(*ast.SelectorExpr); ok && sel.Sel == id {
			c = c.Parent()
		}
		found = append(found, placeMention{v.Origin(), c})
	}
	x.p.placeMentions[file] = found
	return found
}

// isDead reports whether a mention stands in a function that the program never
// runs.
func (x *places) isDead(c inspector.Cursor) bool {
	for around := range c.Enclosing((*ast.FuncDecl)(nil)) {
		obj, ok := x.p.Pass.TypesInfo.Defs[around.Node().(*ast.FuncDecl).Name].(*types.Func)
		if !ok {
			return false
		}
		f := x.p.byObj[obj]
		return f != nil && x.p.callers().dead(f.SSA)
	}
	return false
}

// isUsed decides on one mention, where the expression at c is the place or an
// element of it: assigning to it, comparing it and giving it to nobody reads
// nothing.
func (x *places) isUsed(c inspector.Cursor) bool {
	info := x.p.Pass.TypesInfo
	e := c.Node().(ast.Expr)
	parent := c.Parent()
	switch n := parent.Node().(type) {
	case *ast.ParenExpr:
		return x.isUsed(parent)
	case *ast.IndexExpr:
		if n.X == e {
			return x.isUsed(parent)
		}
	case *ast.KeyValueExpr:
		if n.Key == e && isStructLit(info, parent.Parent().Node()) {
			return false
		}
	case *ast.AssignStmt:
		if slices.Contains(n.Lhs, e) {
			return false
		}
		if len(n.Lhs) == len(n.Rhs) && isBlank(n.Lhs[slices.Index(n.Rhs, e)]) || len(n.Rhs) == 1 && isBlank(n.Lhs[0]) {
			return false
		}
	case *ast.ValueSpec:
		if i := slices.Index(n.Values, e); i >= 0 && i < len(n.Names) && n.Names[i].Name == "_" {
			return false
		}
	case *ast.BinaryExpr:
		if n.Op == token.EQL || n.Op == token.NEQ {
			return false
		}
	case *ast.SendStmt:
		if n.Chan == e {
			return false
		}
	case *ast.RangeStmt:
		_, channel := info.TypeOf(e).Underlying().(*types.Chan)
		if n.X == e && !channel && (n.Value == nil || isBlank(n.Value)) {
			return false
		}
	case *ast.CallExpr:
		id, ok := ast.Unparen(n.Fun).(*ast.Ident)
		if !ok || !slices.Contains(n.Args, e) {
			break
		}
		if b, ok := info.Uses[id].(*types.Builtin); ok {
			switch b.Name() {
			case "len", "cap", "delete", "clear", "close":
				return false
			case "append":
				if n.Args[0] == e && x.appendsTo(parent, e) {
					return false
				}
			}
		}
	}
	return true
}

// appendsTo reports whether the result of an append goes back to the place
// that it extends.
func (x *places) appendsTo(call inspector.Cursor, place ast.Expr) bool {
	assign, ok := call.Parent().Node().(*ast.AssignStmt)
	if !ok || len(assign.Lhs) != len(assign.Rhs) {
		return false
	}
	i := slices.Index(assign.Rhs, ast.Expr(call.Node().(*ast.CallExpr)))
	return i >= 0 && types.ExprString(assign.Lhs[i]) == types.ExprString(place)
}

func isBlank(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "_"
}

func isStructLit(info *types.Info, n ast.Node) bool {
	lit, ok := n.(*ast.CompositeLit)
	if !ok || info.TypeOf(lit) == nil {
		return false
	}
	t := info.TypeOf(lit).Underlying()
	if ptr, ok := t.(*types.Pointer); ok { // an element of []*T{{…}}
		t = ptr.Elem().Underlying()
	}
	_, ok = t.(*types.Struct)
	return ok
}

// dead reports whether nobody reads the place, here or, as far as its name
// tells, in another package.
func (x *places) dead(v *types.Var) bool {
	v = v.Origin()
	return x.isPlace(v) && !x.read[v] && (!ast.IsExported(v.Name()) || x.private(v))
}

// private reports whether no other package can reach an exported field or
// variable: the package is a program, or the exported declarations don't lead
// to the struct.
func (x *places) private(v *types.Var) bool {
	if x.p.callers().closed {
		return true
	}
	if !v.IsField() {
		return false
	}
	if x.reach == nil {
		x.reach = make(map[types.Type]bool)
		scope := x.p.Pass.Pkg.Scope()
		for _, name := range scope.Names() {
			if obj := scope.Lookup(name); obj.Exported() {
				x.lead(obj.Type())
			}
		}
	}
	for t := range x.reach {
		if s, ok := t.Underlying().(*types.Struct); ok {
			for f := range s.Fields() {
				if f.Origin() == v {
					return false
				}
			}
		}
	}
	return declaredBy(x.p.Pass.Pkg, v)
}

// declaredBy reports whether a named type of the package that isn't exported
// has the field.
func declaredBy(pkg *types.Package, field *types.Var) bool {
	scope := pkg.Scope()
	for _, name := range scope.Names() {
		if s, ok := scope.Lookup(name).Type().Underlying().(*types.Struct); ok && !ast.IsExported(name) {
			for f := range s.Fields() {
				if f == field {
					return true
				}
			}
		}
	}
	return false
}

// lead marks a type and all that a value of it gives other packages.
func (x *places) lead(t types.Type) {
	if t == nil || x.reach[t] {
		return
	}
	x.reach[t] = true
	switch t := t.(type) {
	case *types.Alias:
		x.lead(types.Unalias(t))
	case *types.Named:
		if t.Obj().Pkg() != x.p.Pass.Pkg {
			for i := range t.TypeArgs().Len() {
				x.lead(t.TypeArgs().At(i))
			}
			return
		}
		t = t.Origin()
		x.reach[t] = true
		x.lead(t.Underlying())
		for m := range t.Methods() {
			if m.Exported() {
				x.lead(m.Type())
			}
		}
	case *types.Pointer:
		x.lead(t.Elem())
	case *types.Slice:
		x.lead(t.Elem())
	case *types.Array:
		x.lead(t.Elem())
	case *types.Chan:
		x.lead(t.Elem())
	case *types.Map:
		x.lead(t.Key())
		x.lead(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			if f.Exported() || f.Embedded() {
				x.lead(f.Type())
			}
		}
	case *types.Signature:
		for v := range t.Params().Variables() {
			x.lead(v.Type())
		}
		for v := range t.Results().Variables() {
			x.lead(v.Type())
		}
	case *types.Interface:
		for m := range t.Methods() {
			x.lead(m.Type())
		}
	}
}
