package rule

import (
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Qualify returns how code at pos writes member of the package with that
// import path, and the edits that add the import where it is missing.
func (p *Pass) Qualify(pos token.Pos, path, member string) (expr string, edits []analysis.TextEdit) {
	name, edits := p.Import(pos, path, member)
	if name == "." {
		return member, edits
	}
	return name + "." + member, edits
}

// Import returns the name under which code at pos reaches a package, and the
// edits that add an import where there is none, or none that isn't shadowed.
// The name is "." where a dot import reaches the given member.
func (p *Pass) Import(pos token.Pos, path, member string) (name string, edits []analysis.TextEdit) {
	file := p.fileAt(pos)
	if file == nil {
		return "", nil
	}
	if path == p.Pkg.Path() {
		return ".", nil
	}
	scope := p.scopeAt(pos)
	for _, spec := range file.Imports {
		if importPath(spec) != path {
			continue
		}
		pkgName := p.TypesInfo.PkgNameOf(spec)
		if pkgName == nil {
			continue
		}
		switch pkgName.Name() {
		case "_":
		case ".":
			if _, obj := scope.LookupParent(member, pos); obj != nil && obj.Pkg() == pkgName.Imported() {
				return ".", nil
			}
		default:
			if _, obj := scope.LookupParent(pkgName.Name(), pos); obj == pkgName {
				return pkgName.Name(), nil
			}
		}
	}
	base := p.packageName(path)
	name = base
	for i := 1; p.nameTaken(file, pos, name); i++ {
		name = base + "pkg"
		if i > 1 {
			name += strconv.Itoa(i)
		}
	}
	spec := strconv.Quote(path)
	if name != base {
		spec = name + " " + spec
	}
	return name, []analysis.TextEdit{p.addImport(file, path, spec)}
}

// packageName is the name that an import of path gets without a rename.
func (p *Pass) packageName(importPath string) string {
	if pkg := p.sources().importMap(p)[importPath]; pkg != nil {
		return pkg.Name()
	}
	base := path.Base(importPath)
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		base = path.Base(path.Dir(importPath))
	}
	return base
}

// nameTaken reports whether an import called name would clash or be shadowed.
func (p *Pass) nameTaken(file *ast.File, pos token.Pos, name string) bool {
	if p.Pkg.Scope().Lookup(name) != nil {
		return true
	}
	_, obj := p.scopeAt(pos).LookupParent(name, pos)
	return obj != nil && obj.Parent() != types.Universe || p.TypesInfo.Scopes[file].Lookup(name) != nil
}

// addImport adds an import spec where gofmt would sort it.
func (p *Pass) addImport(file *ast.File, path, spec string) analysis.TextEdit {
	var decl *ast.GenDecl
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT && !importsOnlyC(g) {
			decl = g
			break
		}
	}
	switch {
	case decl == nil:
		return p.Replace(file.Name.End(), file.Name.End(), "\n\nimport "+spec)
	case !decl.Lparen.IsValid():
		only := decl.Specs[0].(*ast.ImportSpec)
		text := p.Source(only)
		lines := []string{text, spec}
		if path < importPath(only) {
			lines = []string{spec, text}
		}
		return p.Replace(only.Pos(), only.End(), "(\n\t"+strings.Join(lines, "\n\t")+"\n)")
	case len(decl.Specs) == 0:
		return p.Replace(decl.Rparen, decl.Rparen, "\n\t"+spec+"\n")
	}
	group := p.importGroup(decl, path)
	if group == nil {
		first := decl.Specs[0]
		return p.Replace(first.Pos(), first.Pos(), spec+"\n\n\t")
	}
	for _, s := range group {
		if importPath(s) > path {
			start := s.Pos()
			if s.Doc != nil {
				start = s.Doc.Pos()
			}
			return p.Replace(start, start, spec+"\n\t")
		}
	}
	last := group[len(group)-1]
	edit, ok := p.insertBelow(last.End(), "\t"+spec)
	if !ok {
		return p.Replace(last.End(), last.End(), "\n\t"+spec)
	}
	return edit
}

// importGroup chooses, of the groups of imports that blank lines part, the
// one that path belongs into; nil for a standard package where no group
// holds any.
func (p *Pass) importGroup(decl *ast.GenDecl, path string) []*ast.ImportSpec {
	var groups [][]*ast.ImportSpec
	last := 0
	for _, s := range decl.Specs {
		spec := s.(*ast.ImportSpec)
		start := spec.Pos()
		if spec.Doc != nil {
			start = spec.Doc.Pos()
		}
		if line := p.Line(start); len(groups) == 0 || line > last+1 {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], spec)
		last = p.Line(spec.End())
	}
	best, shared := []*ast.ImportSpec(nil), -1
	for _, g := range groups {
		for _, spec := range g {
			other := importPath(spec)
			if isStandard(other) != isStandard(path) {
				continue
			}
			if n := commonElements(other, path); n > shared {
				best, shared = g, n
			}
			if isStandard(path) {
				return best
			}
		}
	}
	if best == nil && !isStandard(path) {
		return groups[len(groups)-1]
	}
	return best
}

func commonElements(a, b string) int {
	as, bs := strings.Split(a, "/"), strings.Split(b, "/")
	n := 0
	for n < len(as) && n < len(bs) && as[n] == bs[n] {
		n++
	}
	return n
}

func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

func importsOnlyC(g *ast.GenDecl) bool {
	return len(g.Specs) == 1 && importPath(g.Specs[0].(*ast.ImportSpec)) == "C"
}

func importPath(spec *ast.ImportSpec) string {
	s, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return ""
	}
	return s
}

// scopeAt is the innermost scope at pos; it is never nil within a file of the
// package.
func (p *Pass) scopeAt(pos token.Pos) *types.Scope {
	fileScope := p.TypesInfo.Scopes[p.fileAt(pos)]
	if inner := fileScope.Innermost(pos); inner != nil {
		return inner
	}
	return fileScope
}

// Function returns the signature and the body of the innermost function,
// declared or literal, around pos.
func (p *Pass) Function(pos token.Pos) (*types.Signature, *ast.BlockStmt) {
	for _, n := range p.Enclosing(pos) {
		switch n := n.(type) {
		case *ast.FuncLit:
			if sig, ok := p.TypesInfo.TypeOf(n).(*types.Signature); ok && n.Body.Pos() <= pos && pos <= n.Body.End() {
				return sig, n.Body
			}
		case *ast.FuncDecl:
			if obj, ok := p.TypesInfo.Defs[n.Name].(*types.Func); ok && n.Body != nil {
				return obj.Signature(), n.Body
			}
			return nil, nil
		}
	}
	return nil, nil
}

// ZeroReturn writes the return statement for a function that gives up at
// pos: errExpr for the last result of type error (nil when it is empty), named
// results as they stand, zero values for the rest. It fails where a zero value
// can't be written. The edits add the imports that it needs.
func (p *Pass) ZeroReturn(pos token.Pos, sig *types.Signature, errExpr string) (code string, edits []analysis.TextEdit, ok bool) {
	results := sig.Results()
	if results.Len() == 0 {
		return "return", nil, true
	}
	errAt := ErrorResult(sig)
	values := make([]string, results.Len())
	for i := range values {
		v := results.At(i)
		if i == errAt && errExpr != "" {
			values[i] = errExpr
			continue
		}
		if v.Name() != "" && v.Name() != "_" {
			if _, obj := p.scopeAt(pos).LookupParent(v.Name(), pos); obj == v {
				values[i] = v.Name()
				continue
			}
		}
		value, more, ok := p.zero(pos, v.Type())
		if !ok {
			return "", nil, false
		}
		values[i] = value
		edits = append(edits, more...)
	}
	return "return " + strings.Join(values, ", "), edits, true
}

// ErrorResult is the index of the last result of type error, or -1.
func ErrorResult(sig *types.Signature) int {
	for i := sig.Results().Len() - 1; i >= 0; i-- {
		if types.Identical(sig.Results().At(i).Type(), types.Universe.Lookup("error").Type()) {
			return i
		}
	}
	return -1
}

// zero writes the zero value of t for code at pos.
func (p *Pass) zero(pos token.Pos, t types.Type) (expr string, edits []analysis.TextEdit, ok bool) {
	if _, generic := types.Unalias(t).(*types.TypeParam); generic {
		name, edits, ok := p.typeName(pos, t)
		return "*new(" + name + ")", edits, ok
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsString != 0:
			return `""`, nil, true
		case u.Info()&types.IsBoolean != 0:
			return "false", nil, true
		case u.Info()&types.IsNumeric != 0:
			return "0", nil, true
		case u.Kind() == types.UnsafePointer:
			return "nil", nil, true
		}
		return "", nil, false
	case *types.Struct, *types.Array:
		name, edits, ok := p.typeName(pos, t)
		return name + "{}", edits, ok
	case *types.Pointer, *types.Slice, *types.Map, *types.Chan, *types.Signature, *types.Interface:
		return "nil", nil, true
	}
	return "", nil, false
}

// typeName writes t for code at pos. It fails for what another package keeps
// to itself.
func (p *Pass) typeName(pos token.Pos, t types.Type) (name string, edits []analysis.TextEdit, ok bool) {
	ok = true
	check := func(obj *types.TypeName) {
		if obj.Pkg() != nil && obj.Pkg() != p.Pkg && !obj.Exported() {
			ok = false
		}
	}
	if s, isStruct := t.(*types.Struct); isStruct {
		for f := range s.Fields() {
			if !f.Exported() && f.Pkg() != p.Pkg {
				ok = false
			}
		}
	}
	switch t := t.(type) {
	case *types.Named:
		check(t.Obj())
	case *types.Alias:
		check(t.Obj())
	}
	name = types.TypeString(t, func(pkg *types.Package) string {
		if pkg == p.Pkg {
			return ""
		}
		name, more := p.Import(pos, pkg.Path(), "")
		edits = append(edits, more...)
		if name == "." {
			return ""
		}
		return name
	})
	return name, edits, ok
}

// TypeName writes t for code at pos, with the edits that add the imports it
// needs. It fails for a type that can't be named there.
func (p *Pass) TypeName(pos token.Pos, t types.Type) (name string, edits []analysis.TextEdit, ok bool) {
	return p.typeName(pos, t)
}
