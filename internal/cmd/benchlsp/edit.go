//go:build linux

package main

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"time"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/internal/workspace"
)

// edit is a place in a function body at which a lost cancel is put.
type edit struct {
	path, uri   string
	head, tail  string
	description string
}

// newEdit chooses the first function of a file that returns nothing.
func newEdit(path string) (*edit, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the file to edit: %w", err)
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("parsing the file to edit: %w", err)
	}
	for _, decl := range file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if ok && fn.Body != nil && fn.Type.Results == nil && fn.Type.TypeParams == nil && len(fn.Body.List) > 0 {
			at := fset.Position(fn.Body.Lbrace).Offset + 1
			return &edit{path: path, uri: "file://" + path, head: string(text[:at]), tail: string(text[at:]), description: fn.Name.Name}, nil
		}
	}
	return nil, fmt.Errorf("%s has no function without results", path)
}

// text is the file with a lost cancel of that name.
func (e *edit) text(name string) string {
	return e.head + "\n\tif _, " + name + " := context.WithCancel(context.Background()); len(\"x\") > 0 {\n\t\tif len(\"y\") > 1 {\n\t\t\treturn\n\t\t}\n\t\t" + name + "()\n\t}\n" + e.tail
}

// floor is what no server that checks whole packages goes below.
type floor struct {
	w    *workspace.Workspace
	edit *edit
	took []time.Duration
}

func newFloor(ctx context.Context, root string, e *edit) (*floor, error) {
	f := &floor{edit: e, w: workspace.New(workspace.Options{Dir: root, Tests: true, Root: diagnostics.Suite, Whole: true, CacheDir: os.Getenv("CTXLS_CACHE")})}
	if err := f.measure(ctx, -1); err != nil {
		f.close()
		return nil, err
	}
	f.took = nil
	return f, nil
}

func (f *floor) close() { _ = f.w.Close() } // nothing is kept

// measure parses all files of the package and type-checks it.
func (f *floor) measure(ctx context.Context, i int) error {
	f.w.SetOverlay(f.edit.path, []byte(f.edit.text(fmt.Sprintf("floor%d", i+1))))
	snap, err := f.w.Snapshot(ctx, "file="+f.edit.path)
	if err != nil {
		return fmt.Errorf("loading the package: %w", err)
	}
	before := f.w.Stats().TypeChecking
	var parsing time.Duration
	err = snap.Analyze(ctx, snap.Containing(f.edit.path), func(p workspace.PackageResult) {
		fset := token.NewFileSet()
		texts := make(map[string][]byte)
		for _, name := range p.Files {
			texts[name], _ = os.ReadFile(name) // one that is gone costs nothing
		}
		start := time.Now()
		for name, text := range texts {
			// Errors are the type-checker's.
			_, _ = parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
		}
		parsing += time.Since(start)
	})
	if err != nil {
		return fmt.Errorf("analysing the package: %w", err)
	}
	f.took = append(f.took, parsing+f.w.Stats().TypeChecking-before)
	return nil
}
