package rule

import (
	"bytes"
	"context"
	"fmt"
	"go/ast"
	"go/format"
	"go/token"
	"go/types"
	"reflect"
	"sync"

	"golang.org/x/tools/go/analysis"
)

// sourcesAnalyzer gives all rules of a package one [sources], so that texts,
// stripped syntax and the import map are made once, on the first fix.
var sourcesAnalyzer = &analysis.Analyzer{
	Name:       "ctxsources",
	Doc:        "ctxsources: what the fixes of a package share",
	ResultType: reflect.TypeFor[*sources](),
	Run:        func(*analysis.Pass) (any, error) { return new(sources), nil },
}

// sources caches what fixes need of one package. The zero value is ready.
type sources struct {
	mu         sync.Mutex
	files      map[*ast.File]*source
	stripped   map[*ast.File]*ast.File      // without function bodies
	imports    map[string]*types.Package    // by the path as imports write it
	qualifiers map[*ast.File]map[string]int // see qualifierCounts
	fresh      freshNames

	skeleton skeleton
}

// Resume goes on with the same texts.
func (s *sources) Resume(*analysis.Pass) (any, error) { return s, nil }

// source is one file of the package.
type source struct {
	text  []byte
	crlf  bool        // lines end in \r\n
	clean func() bool // gofmt would leave it alone
}

// sources returns the cache of the package that p belongs to.
func (p *Pass) sources() *sources {
	if p.cache != nil {
		return p.cache
	}
	if s, ok := p.ResultOf[sourcesAnalyzer].(*sources); ok {
		return s
	}
	return new(sources) // a pass made by hand, as in tests
}

// source returns the text of a file. It fails when the text isn't the one
// that was parsed, as positions would then mean something else.
func (s *sources) source(p *Pass, file *ast.File) (*source, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if src, ok := s.files[file]; ok {
		return src, nil
	}
	tf := p.Fset.File(file.FileStart)
	if tf == nil {
		return nil, fmt.Errorf("a file of package %s has no positions", p.Pkg.Path())
	}
	text, err := p.ReadFile(tf.Name())
	if err != nil {
		return nil, fmt.Errorf("read the text to fix: %w", err)
	}
	if len(text) != tf.Size() {
		return nil, fmt.Errorf("%s changed since it was parsed", tf.Name())
	}
	src := &source{text: text}
	if i := bytes.IndexByte(text, '\n'); i > 0 && text[i-1] == '\r' {
		src.crlf = true
	}
	src.clean = sync.OnceValue(func() bool {
		formatted, err := format.Source(text)
		return err == nil && bytes.Equal(formatted, text)
	})
	if s.files == nil {
		s.files = make(map[*ast.File]*source)
	}
	s.files[file] = src
	return src, nil
}

// cleanWithin reports whether gofmt would leave a function alone that stands
// alone.
func (src *source) cleanWithin(start, end int) bool {
	text := bodyHead + string(src.text[start:end]) + "\n"
	formatted, err := format.Source([]byte(text))
	return err == nil && string(formatted) == text
}

// Update goes on with what is true of the new files too.
func (s *sources) Update(_ context.Context, _ *analysis.Pass, replaced map[*ast.File]*ast.File) any {
	next := &sources{files: s.files, stripped: s.stripped, imports: s.imports}
	for old := range replaced {
		delete(next.files, old)
		delete(next.stripped, old)
	}
	next.skeleton.pkg, next.skeleton.files, next.skeleton.bodies = s.skeleton.pkg, s.skeleton.files, s.skeleton.bodies
	return next
}

// CanStay reports that any function may: what is kept has no bodies.
func (s *sources) CanStay(*ast.FuncDecl) bool { return true }

// fileAt returns the file of the package that pos lies in, or nil.
func (p *Pass) fileAt(pos token.Pos) *ast.File {
	pos = p.now(pos)
	for _, f := range p.Files {
		if f.FileStart <= pos && pos <= f.FileEnd {
			return f
		}
	}
	return nil
}

// textAt returns the file at pos, its text and the offset of pos in it.
func (p *Pass) textAt(pos token.Pos) (tf *token.File, text []byte, offset int, ok bool) {
	pos = p.now(pos)
	file := p.fileAt(pos)
	if file == nil {
		return nil, nil, 0, false
	}
	src, err := p.sources().source(p, file)
	if err != nil {
		return nil, nil, 0, false
	}
	tf = p.Fset.File(file.FileStart)
	return tf, src.text, tf.Offset(pos), true
}

// importMap returns the packages that the package sees, directly or through
// others, by import path.
func (s *sources) importMap(p *Pass) map[string]*types.Package {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.imports != nil {
		return s.imports
	}
	s.imports = map[string]*types.Package{"unsafe": types.Unsafe}
	for _, f := range p.Files {
		for _, spec := range f.Imports {
			if name := p.TypesInfo.PkgNameOf(spec); name != nil {
				s.imports[importPath(spec)] = name.Imported()
			}
		}
	}
	seen := make(map[*types.Package]bool)
	var walk func(pkg *types.Package)
	walk = func(pkg *types.Package) {
		for _, imp := range pkg.Imports() {
			if seen[imp] {
				continue
			}
			seen[imp] = true
			// Export data mentions packages of which it holds a part only.
			if _, direct := s.imports[imp.Path()]; !direct && imp.Complete() {
				s.imports[imp.Path()] = imp
			}
			walk(imp)
		}
	}
	walk(p.Pkg)
	return s.imports
}
