package rule

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
)

// finish checks that a fix may be offered and returns it in its final form:
// duplicate edits dropped, lines ended as the file ends them, and neighbours
// realigned where the file was formatted before. It may not be offered when a
// comment would be lost or when the package, with the fix applied, has a type
// error that it doesn't have now.
func (p *Pass) finish(f Fix) (Fix, error) {
	byFile, err := p.editsByFile(f.Edits)
	if err != nil {
		return f, err
	}
	edits, err := p.finishInBody(byFile)
	if errors.Is(err, errWider) {
		return p.finishWide(f, byFile)
	}
	if err != nil {
		return f, err
	}
	f.Edits = edits
	return f, nil
}

// finishWide is finish for any edits: it looks at whole files.
func (p *Pass) finishWide(f Fix, byFile map[*ast.File][]analysis.TextEdit) (Fix, error) {
	changed := make(map[*ast.File]change)
	var all []analysis.TextEdit
	for _, file := range p.Files {
		edits := byFile[file]
		if edits == nil {
			continue
		}
		src, err := p.sources().source(p, file)
		if err != nil {
			return f, err
		}
		if err := p.keepsComments(file, edits); err != nil {
			return f, err
		}
		tf := p.Fset.File(file.FileStart)
		text := apply(tf, src.text, edits)
		if src.clean() {
			formatted, err := format.Source(text)
			if err != nil {
				return f, fmt.Errorf("the fixed text doesn't parse: %w", err)
			}
			if !bytes.Equal(formatted, text) {
				text, edits = formatted, lineEdits(tf, 0, src.text, formatted)
			}
		}
		if src.crlf {
			edits = crlfEdits(edits)
			text = apply(tf, src.text, edits)
		}
		changed[file] = change{text: text, edits: edits}
		all = append(all, edits...)
	}
	if err := p.typeCheckFixed(changed); err != nil {
		return f, err
	}
	f.Edits = all
	return f, nil
}

// crlfEdits ends the lines of new text with \r\n.
func crlfEdits(edits []analysis.TextEdit) []analysis.TextEdit {
	edits = slices.Clone(edits)
	for i, e := range edits {
		edits[i].NewText = bytes.ReplaceAll(bytes.ReplaceAll(e.NewText, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
	}
	return edits
}

// change is what a fix does to one file.
type change struct {
	text  []byte
	edits []analysis.TextEdit
}

// editsByFile sorts the edits and drops duplicates: two parts of a fix may
// ask for the same import.
func (p *Pass) editsByFile(edits []analysis.TextEdit) (map[*ast.File][]analysis.TextEdit, error) {
	if len(edits) == 0 {
		return nil, errors.New("the fix changes nothing")
	}
	byFile := make(map[*ast.File][]analysis.TextEdit)
	for _, e := range edits {
		if !e.End.IsValid() {
			e.End = e.Pos
		}
		file := p.fileAt(e.Pos)
		if !e.Pos.IsValid() || file == nil || e.End < e.Pos || e.End > file.FileEnd {
			return nil, errors.New("an edit of the fix has no place in the package")
		}
		same := func(o analysis.TextEdit) bool {
			return o.Pos == e.Pos && o.End == e.End && bytes.Equal(o.NewText, e.NewText)
		}
		if !slices.ContainsFunc(byFile[file], same) {
			byFile[file] = append(byFile[file], e)
		}
	}
	for _, edits := range byFile {
		slices.SortStableFunc(edits, func(a, b analysis.TextEdit) int {
			return cmp.Or(cmp.Compare(a.Pos, b.Pos), cmp.Compare(a.End, b.End))
		})
		for i := 1; i < len(edits); i++ {
			if edits[i].Pos < edits[i-1].End {
				return nil, errors.New("two edits of the fix overlap")
			}
		}
	}
	return byFile, nil
}

// keepsComments refuses edits that take a comment away.
func (p *Pass) keepsComments(file *ast.File, edits []analysis.TextEdit) error {
	for _, e := range edits {
		for _, c := range p.commentsIn(e.Pos, e.End) {
			if !bytes.Contains(e.NewText, []byte(c.Text)) {
				return fmt.Errorf("the fix would drop the comment in line %d", p.Line(c.Pos()))
			}
		}
	}
	return nil
}

// apply returns the text with sorted edits applied.
func apply(tf *token.File, text []byte, edits []analysis.TextEdit) []byte {
	return applyWithin(tf, text, 0, len(text), edits)
}

// applyWithin returns a stretch of the text with sorted edits applied that lie
// in it.
func applyWithin(tf *token.File, text []byte, start, end int, edits []analysis.TextEdit) []byte {
	var out bytes.Buffer
	last := start
	for _, e := range edits {
		out.Write(text[last:tf.Offset(e.Pos)])
		out.Write(e.NewText)
		last = tf.Offset(e.End)
	}
	out.Write(text[last:end])
	return out.Bytes()
}

// typeCheckFixed type-checks the package with the changed files in place and
// with the bodies of all functions that no edit touches left out.
func (p *Pass) typeCheckFixed(changed map[*ast.File]change) error {
	fixed, err := p.check(changed, true)
	if err != nil {
		return err
	}
	return newErrors(fixed, func() ([]string, error) { return p.check(changed, false) })
}

// newErrors returns an error if a fix brings type errors that weren't there
// before. Most packages have none, so the state before is looked at on demand.
func newErrors(fixed []string, earlier func() ([]string, error)) error {
	if len(fixed) == 0 {
		return nil
	}
	before, err := earlier()
	if err != nil {
		return err
	}
	for _, msg := range fixed {
		i := slices.Index(before, msg)
		if i < 0 {
			return fmt.Errorf("with the fix applied: %s", msg)
		}
		before = slices.Delete(before, i, i+1)
	}
	return nil
}

// check returns the type errors of the package, with the files as changed or
// as they are, in either case with those bodies alone that the change touches.
func (p *Pass) check(changed map[*ast.File]change, fixed bool) ([]string, error) {
	// A FileSet of our own, so that the shared one doesn't grow with each fix.
	fset := token.NewFileSet()
	for _, f := range p.Files {
		fset.AddExistingFiles(p.Fset.File(f.FileStart))
	}
	src := p.sources()
	var files []*ast.File
	for _, f := range p.Files {
		c, ok := changed[f]
		if !ok {
			files = append(files, src.bodiless(f))
			continue
		}
		tf := p.Fset.File(f.FileStart)
		text, touched := apply(tf, mustText(src, p, f), nil), offsetsBefore(tf, c.edits)
		if fixed {
			text, touched = c.text, offsetsAfter(tf, c.edits)
		}
		parsed, err := parser.ParseFile(fset, tf.Name(), text, parser.SkipObjectResolution)
		if err != nil && fixed {
			return nil, fmt.Errorf("the fixed text doesn't parse: %w", err)
		}
		if fixed {
			if name := p.unusedImport(f, parsed); name != "" {
				return nil, fmt.Errorf("with the fix applied, import %q isn't used any more", name)
			}
		}
		base := int(parsed.FileStart)
		files = append(files, strip(parsed, func(start, end token.Pos) bool {
			for _, t := range touched {
				if int(start)-base <= t[1] && t[0] <= int(end)-base {
					return true
				}
			}
			return false
		}))
	}
	var found []string
	conf := p.config(src.importMap(p), &found)
	// Errors arrive through conf.Error.
	_, _ = conf.Check(p.Pkg.Path(), fset, files, nil)
	return found, nil
}

// config is the configuration of checks, which gather their errors in found.
func (p *Pass) config(imports importerFunc, found *[]string) *types.Config {
	return &types.Config{
		Importer:                 imports,
		Sizes:                    p.TypesSizes,
		GoVersion:                p.Pkg.GoVersion(),
		FakeImportC:              true,
		DisableUnusedImportCheck: true, // the bodies that use them are gone
		Error: func(err error) {
			msg := err.Error()
			var typeErr types.Error
			if errors.As(err, &typeErr) {
				msg = typeErr.Msg
			}
			*found = append(*found, msg)
		},
	}
}

func mustText(s *sources, p *Pass, file *ast.File) []byte {
	src, err := s.source(p, file)
	if err != nil {
		return nil // unreachable: finish has read it
	}
	return src.text
}

type importerFunc map[string]*types.Package

func (m importerFunc) Import(path string) (*types.Package, error) {
	if pkg := m[path]; pkg != nil {
		return pkg, nil
	}
	return nil, fmt.Errorf("package %s isn't among the dependencies", path)
}

// bodiless returns the file without function bodies.
func (s *sources) bodiless(file *ast.File) *ast.File {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stripped[file] == nil {
		if s.stripped == nil {
			s.stripped = make(map[*ast.File]*ast.File)
		}
		s.stripped[file] = strip(file, nil)
	}
	return s.stripped[file]
}

// strip returns a copy of the file in which each function, except those that
// keep wants, has an endless loop for its body: that satisfies every signature.
func strip(file *ast.File, keep func(start, end token.Pos) bool) *ast.File {
	stripped := *file
	stripped.Decls = make([]ast.Decl, len(file.Decls))
	for i, d := range file.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil || keep != nil && keep(fn.Pos(), fn.End()) {
			stripped.Decls[i] = d
			continue
		}
		bodiless := *fn
		bodiless.Body = &ast.BlockStmt{Lbrace: fn.Body.Lbrace, Rbrace: fn.Body.Rbrace, List: []ast.Stmt{
			&ast.ForStmt{For: fn.Body.Lbrace, Body: &ast.BlockStmt{Lbrace: fn.Body.Lbrace, Rbrace: fn.Body.Rbrace}},
		}}
		stripped.Decls[i] = &bodiless
	}
	return &stripped
}

// offsetsBefore are the stretches of the old text that the edits replace,
// offsetsAfter those of the new text that they wrote.
func offsetsBefore(tf *token.File, edits []analysis.TextEdit) [][2]int {
	var out [][2]int
	for _, e := range edits {
		out = append(out, [2]int{tf.Offset(e.Pos), tf.Offset(e.End)})
	}
	return out
}

func offsetsAfter(tf *token.File, edits []analysis.TextEdit) [][2]int {
	var out [][2]int
	delta := 0
	for _, e := range edits {
		start := tf.Offset(e.Pos) + delta
		out = append(out, [2]int{start, start + len(e.NewText)})
		delta += len(e.NewText) - (tf.Offset(e.End) - tf.Offset(e.Pos))
	}
	return out
}

// unusedImport is the path of an import that the fixed file doesn't use though
// the old one did or didn't have it, empty if there is none.
func (p *Pass) unusedImport(old, fixed *ast.File) string {
	usedBefore, used := qualifiers(old), qualifiers(fixed)
	had := make(map[string]string) // path to name
	for _, spec := range old.Imports {
		if name := p.TypesInfo.PkgNameOf(spec); name != nil {
			had[importPath(spec)] = name.Name()
		}
	}
	for _, spec := range fixed.Imports {
		path := importPath(spec)
		name, known := had[path]
		if spec.Name != nil {
			name = spec.Name.Name
		} else if !known {
			name = p.packageName(path)
		}
		if name == "_" || name == "." || path == "C" || used[name] {
			continue
		}
		if !known || usedBefore[name] {
			return path
		}
	}
	return ""
}

// qualifiers are the names that stand before a dot.
func qualifiers(root ast.Node) map[string]bool {
	names := make(map[string]bool)
	ast.Inspect(root, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok {
				names[id.Name] = true
			}
		}
		return true
	})
	return names
}
