package workspace

import (
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"time"
)

// parsed is the syntax of one package.
type parsed struct {
	files  []*ast.File
	tokens []*token.File
	shared bool // the declarations need tokens as well
	// The tokens have another owner now.
	retained bool
	texts    [][]byte
	decls    []digest // of each file, what importers can see
	decl     digest   // of all
	errors   []Error  // of the parser, or because a file can't be read
	changed  bool     // a file is no longer what its state says
}

func (s *Snapshot) parse(st *state) *parsed {
	p := new(parsed)
	for i, name := range st.files {
		src := st.sources[i]
		text, err := s.w.text(name, src, !st.frozen)
		if errors.Is(err, errChanged) {
			p.changed = true
			s.w.FilesChanged(name)
		} else if err != nil {
			p.changed = src.err == nil
			p.errors = append(p.errors, Error{File: name, Message: "the file cannot be read: " + err.Error()})
			continue
		}
		file, err := parser.ParseFile(s.w.fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
		p.errors = append(p.errors, parseErrors(name, err)...)
		if file == nil {
			continue
		}
		tok := s.w.fset.File(file.FileStart)
		if tok == nil {
			continue
		}
		p.tokens = append(p.tokens, tok)
		p.files = append(p.files, file)
		p.texts = append(p.texts, text)
		p.decls = append(p.decls, declarations(tok, file, text))
	}
	p.decl = s.declDigest(st, p.decls)
	return p
}

// declDigest hashes what importers can see of a package.
func (s *Snapshot) declDigest(st *state, files []digest) digest {
	h := newHasher("package")
	h.string(st.pkgPath)
	h.string(s.env.languageVersion(st.node))
	for _, d := range files {
		h.digest(d)
	}
	return h.sum()
}

// release drops the positions of p, unless the declarations need them.
func (w *Workspace) release(p *parsed) {
	if p.shared {
		return
	}
	for _, tok := range p.tokens {
		w.fset.RemoveFile(tok)
	}
}

func parseErrors(name string, err error) []Error {
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		if err == nil {
			return nil
		}
		return []Error{{File: name, Message: err.Error()}}
	}
	var out []Error
	for _, e := range list {
		out = append(out, Error{File: name, Line: e.Pos.Line, Column: e.Pos.Column, Message: e.Msg})
	}
	return out
}

// importer resolves the imports of one package.
type importer struct {
	n     *node
	decls map[string]*declared // by ID
}

func (i *importer) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if d := i.decls[i.n.imports[path]]; d != nil {
		return d.pkg, nil
	}
	if why := i.n.missing[path]; why != "" {
		return nil, errors.New(why)
	}
	return nil, errors.New("it is not loaded")
}

func (s *Snapshot) config(n *node, imp *importer) *types.Config {
	return &types.Config{
		GoVersion:   s.env.languageVersion(n),
		FakeImportC: true, // cgo is never run
		Importer:    imp,
		Sizes:       s.env.sizes(),
		Error:       func(error) {},
	}
}

// sizes are those of the gc compiler on the target.
func (env *goEnv) sizes() types.Sizes {
	if sizes := types.SizesFor("gc", env.goarch); sizes != nil {
		return sizes
	}
	return types.SizesFor("gc", "amd64")
}

// checked is a package with all that an analyzer needs.
type checked struct {
	pkg   *types.Package
	info  *types.Info
	files []*ast.File
	sizes types.Sizes
}

// check type-checks a package in full. Functions with errors in their bodies
// lose those bodies, so that the rest can be analysed; checked is nil when
// errors lie elsewhere. Initialisers of package variables that use something
// without a type are not in InitOrder.
func (s *Snapshot) check(st *state, p *parsed, imp *importer) (*checked, []Error) {
	start := time.Now()
	defer s.w.stats.since(start, checkingTime)
	s.w.stats.add(func(stats *Stats) { stats.Checked++ })

	files := p.files
	cgo := usesCgo(files)
	var reported []Error
	for round := range 4 {
		c, errs := s.checkOnce(st, files, imp)
		if cgo {
			// Consequences of names of C, which have no type.
			errs = slices.DeleteFunc(errs, func(err types.Error) bool { return strings.Contains(err.Msg, "invalid type") })
		}
		if round == 0 {
			reported = s.typeErrors(errs)
		}
		bodies := newBodies(files)
		broken := make(map[*ast.FuncDecl]bool)
		for _, err := range errs {
			if fn := bodies.at(err.Pos); fn != nil && fn.Body.Pos() <= err.Pos {
				broken[fn] = broken[fn] || !err.Soft
			} else if !err.Soft {
				return nil, reported
			}
		}
		var elsewhere []token.Pos
		untyped(c.info, cgo, func(pos token.Pos) {
			if fn := bodies.at(pos); fn != nil {
				broken[fn] = true
			} else {
				elsewhere = append(elsewhere, pos)
			}
		})
		var dropped int
		if files, dropped = without(files, broken); dropped == 0 {
			c.info.InitOrder = slices.DeleteFunc(c.info.InitOrder, func(init *types.Initializer) bool {
				return slices.ContainsFunc(elsewhere, func(pos token.Pos) bool {
					return init.Rhs.Pos() <= pos && pos < init.Rhs.End()
				})
			})
			return c, reported
		}
	}
	return nil, reported
}

// untyped calls report for the places that use something without a type
// or a value. That makes trouble even where no error is reported: names of C, and
// declarations of imports that have errors.
func untyped(info *types.Info, cgo bool, report func(token.Pos)) {
	depth := 0
	if cgo {
		depth = 3
	}
	for id, obj := range info.Uses {
		switch obj.(type) {
		case *types.PkgName:
			if cgo && id.Name == "C" {
				report(id.Pos())
			}
			continue
		case *types.Builtin, *types.Label: // never have a type
			continue
		}
		c, _ := obj.(*types.Const)
		if isInvalid(obj.Type(), depth) || c != nil && c.Val().Kind() == constant.Unknown {
			report(id.Pos())
		}
	}
	for id, obj := range info.Defs {
		switch obj.(type) {
		case nil, *types.PkgName, *types.Label: // never have a type
			continue
		}
		if isInvalid(obj.Type(), depth) {
			report(id.Pos())
		}
	}
	for expr, tv := range info.Types {
		if !tv.IsBuiltin() && isInvalid(tv.Type, 0) {
			report(expr.Pos())
		}
	}
}

// isInvalid reports whether t is the invalid type, or made of it in that many
// steps.
func isInvalid(t types.Type, depth int) bool {
	t = types.Unalias(t)
	if t == types.Typ[types.Invalid] {
		return true
	}
	if depth == 0 {
		return false
	}
	depth--
	switch t := t.(type) {
	case interface{ Elem() types.Type }:
		return isInvalid(t.Elem(), depth)
	case *types.Signature:
		return isInvalid(t.Params(), depth) || isInvalid(t.Results(), depth)
	case *types.Tuple:
		for v := range t.Variables() {
			if isInvalid(v.Type(), depth) {
				return true
			}
		}
	case *types.Named:
		return isInvalid(t.Underlying(), 0)
	}
	return false
}

func (s *Snapshot) checkOnce(st *state, files []*ast.File, imp *importer) (*checked, []types.Error) {
	var errs []types.Error
	cfg := s.config(st.node, imp)
	cfg.Error = func(err error) {
		var e types.Error
		if errors.As(err, &e) {
			errs = append(errs, e)
		}
	}
	info := newInfo()
	pkg := types.NewPackage(st.pkgPath, st.name)
	types.NewChecker(cfg, s.w.fset, pkg, info).Files(files)
	return &checked{pkg, info, files, cfg.Sizes}, errs
}

// typeErrors converts errors; continuations of the one before ("\tother
// declaration of x") join it.
func (s *Snapshot) typeErrors(errs []types.Error) []Error {
	var out []Error
	for _, err := range errs {
		if strings.HasPrefix(err.Msg, "\t") && len(out) > 0 {
			p := s.w.fset.PositionFor(err.Pos, false)
			out[len(out)-1].Message += fmt.Sprintf("; %s at line %d", strings.TrimSpace(err.Msg), p.Line)
			continue
		}
		p := s.w.fset.PositionFor(err.Pos, false)
		out = append(out, Error{File: p.Filename, Line: p.Line, Column: p.Column, Message: oneLine(err.Msg)})
	}
	return out
}

// bodies finds the declared function around a position.
type bodies []*ast.FuncDecl

func newBodies(files []*ast.File) bodies {
	var list bodies
	for _, file := range files {
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body != nil {
				list = append(list, fn)
			}
		}
	}
	slices.SortFunc(list, func(a, b *ast.FuncDecl) int { return int(a.Pos() - b.Pos()) })
	return list
}

// at returns the function that encloses pos, or nil.
func (b bodies) at(pos token.Pos) *ast.FuncDecl {
	i, _ := slices.BinarySearchFunc(b, pos, func(fn *ast.FuncDecl, pos token.Pos) int {
		if fn.End() <= pos {
			return -1
		}
		return 1
	})
	if i < len(b) && b[i].Pos() <= pos {
		return b[i]
	}
	return nil
}

// without returns files in which those functions have no body, and how many
// lost theirs. The files that it was given stay as they are.
func without(files []*ast.File, drop map[*ast.FuncDecl]bool) ([]*ast.File, int) {
	out := slices.Clone(files)
	dropped := 0
	for i, file := range files {
		var decls []ast.Decl
		for j, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Body == nil || !drop[fn] {
				continue
			}
			if decls == nil {
				decls = slices.Clone(file.Decls)
			}
			bare := *fn
			bare.Body = nil
			decls[j] = &bare
			dropped++
		}
		if decls != nil {
			clone := *file
			clone.Decls = decls
			out[i] = &clone
		}
	}
	return out, dropped
}

func usesCgo(files []*ast.File) bool {
	return slices.ContainsFunc(files, func(f *ast.File) bool {
		return slices.ContainsFunc(f.Imports, func(spec *ast.ImportSpec) bool { return spec.Path.Value == `"C"` })
	})
}
