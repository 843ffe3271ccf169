package workspace

import (
	"bytes"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// source is one content of a file. Only open files keep their text: files on
// disk are read again when they are parsed, and then must have the same hash.
type source struct {
	text    []byte
	size    int
	hash    digest
	shape   string // "" when it was not needed
	modTime time.Time
	frozen  bool // of the module cache: not read
	err     error
}

// shape is what the metadata depends on in a file, when it was last seen.
type shape struct {
	value string
	sure  bool // seen before the metadata was asked for, or told about since
}

// Shapes of files that have none.
const (
	shapeMissing = "missing"
	shapeBroken  = "broken"
)

// newSource is the source of an open file.
func newSource(path string, text []byte) *source {
	return &source{text: text, size: len(text), hash: sum(text), shape: shapeOf(path, text)}
}

// readSource reads a file from disk.
func readSource(path string, wantShape bool) (*source, []byte) {
	info, err := os.Stat(path)
	if err != nil {
		return &source{err: err, shape: shapeMissing}, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return &source{err: err, shape: shapeMissing}, nil
	}
	src := &source{size: len(text), hash: sum(text), modTime: info.ModTime()}
	if wantShape {
		src.shape = shapeOf(path, text)
	}
	return src, text
}

// shapeOf is what the go command takes from a file: of a Go file, the package
// clause, the imports and the build constraints; of any other, everything.
func shapeOf(path string, text []byte) string {
	if filepath.Ext(path) != ".go" {
		h := sum(text)
		return string(h[:])
	}
	file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.ImportsOnly|parser.ParseComments)
	if err != nil || file.Name == nil {
		return shapeBroken
	}
	lines := []string{file.Name.Name}
	for _, spec := range file.Imports {
		lines = append(lines, spec.Path.Value)
	}
	slices.Sort(lines[1:])
	lines = slices.Compact(lines)
	for _, group := range file.Comments {
		for _, c := range group.List {
			if c.Pos() < file.Package && (strings.HasPrefix(c.Text, "//go:build") || strings.HasPrefix(c.Text, "// +build")) {
				lines = append(lines, c.Text)
			}
		}
	}
	return strings.Join(lines, "\n")
}

// shapesMetadata reports whether the metadata can depend on the file at path.
func (w *Workspace) shapesMetadata(path string) bool {
	switch base := filepath.Base(path); base {
	case "go.mod", "go.sum", "go.work", "go.work.sum":
		return true
	case "modules.txt":
		return filepath.Base(filepath.Dir(path)) == "vendor"
	default:
		return filepath.Ext(base) == ".go" && (w.opts.Tests || !strings.HasSuffix(base, "_test.go"))
	}
}

// note records the shape of path before its content changes, if nobody has
// looked at it so far. Callers hold w.mu.
func (w *Workspace) note(path string) {
	if _, known := w.shapes[path]; known || w.gen.started.IsZero() || !w.shapesMetadata(path) {
		return
	}
	src := w.overlays[path]
	if src == nil {
		src, _ = readSource(path, true)
	}
	w.recordShape(path, src)
}

func (w *Workspace) recordShape(path string, src *source) {
	if src.shape == "" {
		return
	}
	if _, known := w.shapes[path]; !known {
		w.shapes[path] = shape{src.shape, src.text != nil || src.modTime.Before(w.gen.started)}
	}
}

// stale records the new shape of a file that was touched, and reports whether
// the metadata can no longer be right. Callers hold w.mu.
func (w *Workspace) stale(path string) bool {
	loaded := !w.gen.started.IsZero()
	if !w.shapesMetadata(path) {
		return loaded && w.gen.graph.hasFolder(path)
	}
	src := w.overlays[path]
	if src == nil {
		src, _ = readSource(path, true)
	}
	old, known := w.shapes[path]
	if known && src.shape == shapeBroken && old.value != shapeMissing {
		// Half typed: what is known is the best guess until it parses again.
		return false
	}
	w.shapes[path] = shape{src.shape, true}
	return loaded && !(known && old.sure && old.value == src.shape)
}

// source returns the content of path in a view with these overlays.
func (w *Workspace) source(path string, overlays map[string]*source, wantShape bool) *source {
	if src := overlays[path]; src != nil {
		return src
	}
	w.mu.Lock()
	src, version := w.disk[path], w.version
	w.mu.Unlock()
	if src != nil {
		return src
	}
	src, _ = readSource(path, wantShape)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.version == version {
		w.disk[path] = src
		w.recordShape(path, src)
	}
	return src
}

var errChanged = errors.New("the file changed while it was analysed")

// text returns the bytes behind src. The error is errChanged, with the new
// bytes, when the file on disk is no longer the same.
func (w *Workspace) text(path string, src *source, check bool) ([]byte, error) {
	if src.text != nil {
		return src.text, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		var pathErr *fs.PathError
		if errors.As(err, &pathErr) {
			err = pathErr.Err
		}
		return nil, err
	}
	if check && sum(text) != src.hash {
		return text, errChanged
	}
	return text, nil
}

// declarations hashes what a file offers to importers: its text without
// function bodies and comments. Directives count.
func declarations(base *token.File, file *ast.File, text []byte) digest {
	type span struct{ from, to int }
	var cuts []span
	for _, decl := range file.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body != nil && fn.Body.Rbrace.IsValid() {
			cuts = append(cuts, span{base.Offset(fn.Body.Lbrace) + 1, base.Offset(fn.Body.Rbrace)})
		}
	}
	for _, group := range file.Comments {
		for _, c := range group.List {
			if !strings.HasPrefix(c.Text, "//go:") {
				from, to := base.Offset(c.Pos()), base.Offset(c.End())
				cuts = append(cuts, span{from, to})
			}
		}
	}
	slices.SortFunc(cuts, func(a, b span) int { return a.from - b.from })
	var kept bytes.Buffer
	at := 0
	for _, cut := range cuts {
		if cut.from < at {
			continue // a comment in a body
		}
		// Without the space before it, so that lines of a comment don't count.
		kept.Write(bytes.TrimRight(text[at:cut.from], " \t\r\n"))
		at = cut.to
	}
	kept.Write(text[at:])
	return sum(kept.Bytes())
}
