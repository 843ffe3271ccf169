package callsites

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// file is a file by what it says about functions.
type file struct {
	*source
	pkg      string            // import path
	imports  map[string]string // path, by the name in this file
	dots     []string          // paths, imported into this file's scope
	decls    []*ast.FuncDecl
	calls    map[string][]*site    // by the last name of what is called
	mentions map[string][]*mention // of names that aren't called there
	syntax   *ast.File
}

// site is a call.
type site struct {
	scope
	call  *ast.CallExpr
	base  ast.Expr // of what is called; nil: a name alone
	again bool     // stands in a loop, or starts a goroutine
	apart bool     // starts a goroutine, or stands in a literal
}

// mention is a name, or a selector, that isn't called: a method value, a field.
type mention struct {
	scope
	base     ast.Expr // nil: a name alone
	command  bool     // is what a command of a command line runs
	variable string   // is what a package variable of this name holds from the start
}

// scope is where a name is looked up: the function, and the literals around the
// place from the outside in. Without literals that are known every literal of
// the function may be around it.
type scope struct {
	file  *file
	decl  *ast.FuncDecl // nil: a package variable
	lits  []*ast.FuncLit
	known bool
	pos   token.Pos // zero: anywhere in the function
}

// mostParsed bounds the files that are kept parsed.
const mostParsed = 200

// parse returns a file of the index, nil if it can't be parsed.
func (x *Index) parse(s *source) *file {
	if f, ok := x.parsed[s.path]; ok {
		return f
	}
	if len(x.parsed) >= mostParsed {
		clear(x.parsed)
	}
	syntax, err := parser.ParseFile(token.NewFileSet(), s.path, nil, parser.SkipObjectResolution)
	if err != nil {
		x.parsed[s.path] = nil
		return nil
	}
	f := &file{
		source: s, pkg: x.pathOf(s.dir), syntax: syntax,
		imports: make(map[string]string), calls: make(map[string][]*site), mentions: make(map[string][]*mention),
	}
	for _, spec := range syntax.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		switch {
		case spec.Name != nil && spec.Name.Name == ".":
			f.dots = append(f.dots, imported)
		case spec.Name != nil:
			f.imports[spec.Name.Name] = imported
		default:
			f.imports[x.nameOf(imported)] = imported
		}
	}
	f.read()
	x.parsed[s.path] = f
	return f
}

var majorVersion = regexp.MustCompile(`^v[0-9]+$`)

// nameOf returns the name of an imported package: of one of the index what
// its files say, else what its path suggests.
func (x *Index) nameOf(imported string) string {
	if name, ok := x.names[imported]; ok {
		return name
	}
	name := path.Base(imported)
	if majorVersion.MatchString(name) {
		name = path.Base(path.Dir(imported))
	}
	name, _, _ = strings.Cut(strings.TrimPrefix(name, "go-"), ".")
	if dir := x.dirOf(imported); dir != "" {
		for _, s := range x.byDir[dir] {
			if syntax, err := parser.ParseFile(token.NewFileSet(), s.path, nil, parser.PackageClauseOnly); err == nil && !strings.HasSuffix(s.path, "_test.go") && !s.ignored {
				name = syntax.Name.Name
				break
			}
		}
	}
	x.names[imported] = name
	return name
}

// read fills what the file says.
func (f *file) read() {
	called := make(map[ast.Node]bool)
	ast.PreorderStack(f.syntax, nil, func(n ast.Node, stack []ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.FuncDecl:
			f.decls = append(f.decls, n)
		case *ast.CallExpr:
			fun := callee(n)
			name, base := lastName(fun)
			if name == "" {
				break
			}
			called[fun] = true
			f.calls[name] = append(f.calls[name], &site{call: n, base: base, scope: f.scopeAt(n, stack), again: again(stack), apart: apart(stack)})
		case *ast.SelectorExpr:
			called[n.Sel] = true
			if !called[n] && !f.usedAsField(n, stack) {
				f.mentions[n.Sel.Name] = append(f.mentions[n.Sel.Name], &mention{base: n.X, scope: f.scopeAt(n, stack), command: f.runsCommand(stack), variable: variableOf(n, stack)})
			}
		case *ast.Ident:
			if !called[n] && !declares(n, stack) {
				f.mentions[n.Name] = append(f.mentions[n.Name], &mention{scope: f.scopeAt(n, stack), command: f.runsCommand(stack), variable: variableOf(n, stack)})
			}
		}
		return true
	})
}

// variableOf is the name of the package variable that an expression is the whole
// initial value of; else it is empty.
func variableOf(x ast.Expr, stack []ast.Node) string {
	if len(stack) != 3 { // the file, the declaration, the specification
		return ""
	}
	spec, ok := stack[2].(*ast.ValueSpec)
	if !ok || len(spec.Names) != len(spec.Values) {
		return ""
	}
	i := slices.Index(spec.Values, x)
	if i < 0 {
		return ""
	}
	return spec.Names[i].Name
}

// callee is what a call calls, without type arguments.
func callee(call *ast.CallExpr) ast.Expr {
	fun := ast.Unparen(call.Fun)
	switch x := fun.(type) {
	case *ast.IndexExpr:
		return ast.Unparen(x.X)
	case *ast.IndexListExpr:
		return ast.Unparen(x.X)
	}
	return fun
}

// lastName returns the name of a function that is named or selected.
func lastName(fun ast.Expr) (name string, base ast.Expr) {
	switch fun := fun.(type) {
	case *ast.Ident:
		return fun.Name, nil
	case *ast.SelectorExpr:
		return fun.Sel.Name, fun.X
	}
	return "", nil
}

// scopeAt is the scope of a node.
func (f *file) scopeAt(n ast.Node, stack []ast.Node) scope {
	s := scope{file: f, known: true, pos: n.Pos()}
	for _, around := range stack {
		switch around := around.(type) {
		case *ast.FuncDecl:
			s.decl = around
		case *ast.FuncLit:
			s.lits = append(s.lits, around)
		}
	}
	return s
}

// again reports whether a call stands in a loop, or starts a goroutine.
func again(stack []ast.Node) bool {
	for i, n := range stack {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return true
		case *ast.GoStmt:
			if i == len(stack)-1 {
				return true
			}
		}
	}
	return false
}

// apart reports whether a call may run in another goroutine than its function.
func apart(stack []ast.Node) bool {
	for i, n := range stack {
		switch n.(type) {
		case *ast.FuncLit:
			return true
		case *ast.GoStmt:
			if i == len(stack)-1 {
				return true
			}
		}
	}
	return false
}

// declares reports whether a name is declared where it stands, or is the key of
// a literal or a label, rather than used.
func declares(id *ast.Ident, stack []ast.Node) bool {
	if len(stack) == 0 {
		return false
	}
	switch parent := stack[len(stack)-1].(type) {
	case *ast.FuncDecl, *ast.Field, *ast.File, *ast.BranchStmt, *ast.LabeledStmt:
		return true
	case *ast.KeyValueExpr:
		return parent.Key == id
	case *ast.TypeSpec:
		return parent.Name == id
	case *ast.ValueSpec:
		return slices.Contains(parent.Names, id)
	case *ast.AssignStmt:
		return parent.Tok == token.DEFINE && slices.ContainsFunc(parent.Lhs, func(x ast.Expr) bool { return x == id })
	}
	return false
}

// usedAsField reports whether what is done with a selection can't be done with a
// method value.
func (f *file) usedAsField(sel *ast.SelectorExpr, stack []ast.Node) bool {
	if _, pkg := f.isPackage(sel.X); pkg || len(stack) == 0 {
		return false
	}
	switch parent := stack[len(stack)-1].(type) {
	case *ast.SelectorExpr, *ast.StarExpr, *ast.IndexExpr, *ast.SliceExpr, *ast.UnaryExpr, *ast.BinaryExpr, *ast.IncDecStmt:
		return true
	case *ast.AssignStmt:
		return slices.ContainsFunc(parent.Lhs, func(x ast.Expr) bool { return x == sel })
	}
	return false
}

// isPackage reports whether what a selector selects from is an imported package.
func (f *file) isPackage(base ast.Expr) (imported string, ok bool) {
	id, isName := base.(*ast.Ident)
	if !isName {
		return "", false
	}
	imported, ok = f.imports[id.Name]
	return imported, ok
}

// isCalled reports whether an expression is a function of a package.
func (f *file) isCalled(fun ast.Expr, pkg string) (name string, ok bool) {
	sel, isSel := fun.(*ast.SelectorExpr)
	if !isSel {
		return "", false
	}
	imported, ok := f.isPackage(sel.X)
	return sel.Sel.Name, ok && imported == pkg
}

// receiver is the name of a method's receiver's type, empty for a function.
func receiver(decl *ast.FuncDecl) string {
	if decl.Recv == nil || len(decl.Recv.List) == 0 {
		return ""
	}
	for x := decl.Recv.List[0].Type; ; {
		switch t := x.(type) {
		case *ast.StarExpr:
			x = t.X
		case *ast.ParenExpr:
			x = t.X
		case *ast.IndexExpr:
			x = t.X
		case *ast.IndexListExpr:
			x = t.X
		case *ast.Ident:
			return t.Name
		default:
			return ""
		}
	}
}

// params are the names of parameters, "_" for those that have none, and their
// types.
func params(t *ast.FuncType) (names []string, types []ast.Expr) {
	for _, field := range t.Params.List {
		if len(field.Names) == 0 {
			names, types = append(names, "_"), append(types, field.Type)
		}
		for _, id := range field.Names {
			names, types = append(names, id.Name), append(types, field.Type)
		}
	}
	return names, types
}

// paramAt is the index of a parameter and its type; -1 if there is none of that
// name.
func paramAt(t *ast.FuncType, name string) (int, ast.Expr) {
	names, types := params(t)
	i := slices.Index(names, name)
	if i < 0 {
		return -1, nil
	}
	return i, types[i]
}
