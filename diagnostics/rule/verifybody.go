package rule

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"sort"
	"sync"

	"golang.org/x/tools/go/analysis"
)

// Most fixes stay within the body of one function. This file checks them by
// that function alone, so that a fix costs its function and not its file.

// errWider says that a fix has to be checked with all that stands around it.
var errWider = errors.New("the fix reaches beyond one function body")

// bodyHead stands before a function that is parsed on its own.
const bodyHead = "package p\n\n"

// bodyAround returns the function of the file whose body holds all the edits,
// or nil. They must be sorted.
func bodyAround(file *ast.File, edits []analysis.TextEdit) *ast.FuncDecl {
	i := sort.Search(len(file.Decls), func(i int) bool { return file.Decls[i].End() > edits[0].Pos })
	if i == len(file.Decls) {
		return nil
	}
	fn, ok := file.Decls[i].(*ast.FuncDecl)
	if !ok || fn.Body == nil || edits[0].Pos <= fn.Body.Lbrace || edits[len(edits)-1].End > fn.Body.Rbrace {
		return nil
	}
	return fn
}

// finishInBody is finish for edits within one body. The error is errWider
// where it takes more than that to judge them.
func (p *Pass) finishInBody(byFile map[*ast.File][]analysis.TextEdit) ([]analysis.TextEdit, error) {
	if len(byFile) != 1 {
		return nil, errWider
	}
	for file, edits := range byFile {
		fn := bodyAround(file, edits)
		if fn == nil {
			return nil, errWider
		}
		src, err := p.sources().source(p, file)
		if err != nil {
			return nil, err
		}
		if err := p.keepsComments(file, edits); err != nil {
			return nil, err
		}
		return p.finishBody(file, fn, src, edits)
	}
	panic("unreachable")
}

func (p *Pass) finishBody(file *ast.File, fn *ast.FuncDecl, src *source, edits []analysis.TextEdit) ([]analysis.TextEdit, error) {
	tf := p.Fset.File(file.FileStart)
	start, end := tf.Offset(fn.Pos()), tf.Offset(fn.End())
	before := src.text[start:end]
	after := applyWithin(tf, src.text, start, end, edits)

	set := token.NewFileSet()
	for _, f := range p.Files { // the type of a receiver may stand in another one
		set.AddExistingFiles(p.Fset.File(f.FileStart))
	}
	set.AddExistingFiles(p.sources().skeleton.madeFrom()...)
	parsed, err := parser.ParseFile(set, tf.Name(), bodyHead+string(after)+"\n", parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("the fixed function doesn't parse: %w", err)
	}
	if len(parsed.Decls) != 1 {
		return nil, errWider
	}
	fixed, ok := parsed.Decls[0].(*ast.FuncDecl)
	if !ok || p.newPackageVar(fn, fixed) {
		return nil, errWider
	}
	// gofmt lines up the ends of neighbouring lines. A function of several
	// lines, with nothing beside them, has no neighbours.
	if !standsAlone(src.text, start, end) || !bytes.Contains(after, []byte("\n")) {
		if src.clean() {
			return nil, errWider
		}
	} else if src.cleanWithin(start, end) {
		var out bytes.Buffer
		if err := format.Node(&out, set, parsed); err != nil {
			return nil, fmt.Errorf("the fixed function can't be formatted: %w", err)
		}
		formatted, ok := bytes.CutPrefix(out.Bytes(), []byte(bodyHead))
		if formatted = bytes.TrimSuffix(formatted, []byte("\n")); !ok || !bytes.Contains(formatted, []byte("\n")) {
			return nil, errWider
		}
		if !bytes.Equal(formatted, after) {
			edits = lineEdits(tf, start, before, formatted)
		}
	}
	if src.crlf {
		edits = crlfEdits(edits)
	}
	if path := p.unusedByBody(file, fn, fixed); path != "" {
		return nil, fmt.Errorf("with the fix applied, import %q isn't used any more", path)
	}
	return edits, p.typeCheckBody(file, fn, fixed, set)
}

// standsAlone reports whether a stretch of the text has several lines, and all
// of them for itself.
func standsAlone(text []byte, start, end int) bool {
	return bytes.IndexByte(text[start:end], '\n') >= 0 &&
		(start == 0 || text[start-1] == '\n') && (end == len(text) || text[end] == '\n')
}

// newPackageVar reports whether the fixed function names a variable of the
// package that it didn't name: the variable may be initialised by a call of
// the function.
func (p *Pass) newPackageVar(old, fixed *ast.FuncDecl) bool {
	known := make(map[string]bool)
	ast.Inspect(old, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			known[id.Name] = true
		}
		return true
	})
	found := false
	ast.Inspect(fixed, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && !known[id.Name] {
			_, isVar := p.Pkg.Scope().Lookup(id.Name).(*types.Var)
			found = found || isVar
		}
		return !found
	})
	return found
}

// unusedByBody is the path of an import that the file used in this function
// alone and that the fixed function doesn't use, empty if there is none.
func (p *Pass) unusedByBody(file *ast.File, old, fixed *ast.FuncDecl) string {
	inFile, still := p.sources().qualifierCounts(file), qualifiers(fixed)
	for name := range qualifiers(old) {
		if still[name] || inFile[name] > 1 {
			continue
		}
		for _, spec := range file.Imports {
			if pkgName := p.TypesInfo.PkgNameOf(spec); pkgName != nil && pkgName.Name() == name && name != "_" {
				return importPath(spec)
			}
		}
	}
	return ""
}

// qualifierCounts says in how many declarations of the file each name stands
// before a dot.
func (s *sources) qualifierCounts(file *ast.File) map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts, ok := s.qualifiers[file]
	if !ok {
		counts = make(map[string]int)
		for _, d := range file.Decls {
			for name := range qualifiers(d) {
				counts[name]++
			}
		}
		if s.qualifiers == nil {
			s.qualifiers = make(map[*ast.File]map[string]int)
		}
		s.qualifiers[file] = counts
	}
	return counts
}

// typeCheckBody is typeCheckFixed for one function.
func (p *Pass) typeCheckBody(file *ast.File, old, fixed *ast.FuncDecl, set *token.FileSet) error {
	return newErrors(p.checkBody(file, fixed, set), func() ([]string, error) {
		return p.checkBody(file, old, p.Fset), nil
	})
}

// skeleton is the package with all function bodies left out, for the checks
// of one body after the other.
type skeleton struct {
	mu     sync.Mutex
	pkg    *types.Package
	files  []*token.File // that the declarations of pkg stand in: of an earlier text perhaps
	bodies int           // checked against pkg
}

func (s *skeleton) madeFrom() []*token.File {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.files
}

// maxBodies bounds the scopes of checked bodies that hang on to a skeleton.
const maxBodies = 256

// checkBody returns the type errors of one function of the file. It stands
// beside the package's own declarations, which have been checked once: a
// function or method called _ declares nothing.
func (p *Pass) checkBody(file *ast.File, fn *ast.FuncDecl, set *token.FileSet) []string {
	src := p.sources()
	imports := src.importMap(p)
	s := &src.skeleton
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pkg == nil || s.bodies == maxBodies {
		var files []*ast.File
		s.files = nil
		for _, f := range p.Files {
			files = append(files, src.bodiless(f))
			s.files = append(s.files, p.Fset.File(f.FileStart))
		}
		s.pkg, s.bodies = types.NewPackage(p.Pkg.Path(), p.Pkg.Name()), 0
		// The errors of the declarations are no fix's fault.
		_ = types.NewChecker(p.config(imports, new([]string)), p.Fset, s.pkg, nil).Files(files)
	}
	s.bodies++

	nameless := *fn
	nameless.Name = &ast.Ident{NamePos: fn.Name.NamePos, Name: "_"}
	alone := &ast.File{
		Package: file.Package, Name: file.Name, Imports: file.Imports,
		FileStart: file.FileStart, FileEnd: file.FileEnd, GoVersion: file.GoVersion,
	}
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.IMPORT {
			break
		}
		alone.Decls = append(alone.Decls, d)
	}
	alone.Decls = append(alone.Decls, &nameless)
	var found []string
	_ = types.NewChecker(p.config(imports, &found), set, s.pkg, nil).Files([]*ast.File{alone})
	return found
}
