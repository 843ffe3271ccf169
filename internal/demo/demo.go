// Package demo shows what ctxls does: a language-server session on the
// programs of package examples, in which their bugs are found and fixed.
package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"go.lsp.dev/protocol"

	"github.com/ctxls/ctxls/examples"
	"github.com/ctxls/ctxls/internal/checker"
	"github.com/ctxls/ctxls/internal/fixer"
	"github.com/ctxls/ctxls/internal/term"
	"github.com/ctxls/ctxls/server"
)

// Options configure the demo.
type Options struct {
	Server server.Options
	Paint  term.Painter
	Dir    string // an empty folder for the sample
}

// fixAll is the kind of our action that applies all safe fixes of a file.
const fixAll protocol.CodeActionKind = "source.fixAll.ctxls"

// Run shows the demo on out. It fails if anything in it does not come as it
// should.
func Run(ctx context.Context, out io.Writer, opts Options) (err error) {
	start := time.Now()
	d := &demo{screen: screen{out: out, paint: opts.Paint, dir: opts.Dir}}
	if err := writeSample(opts.Dir); err != nil {
		return fmt.Errorf("writing the sample: %w", err)
	}
	d.title("A language-server session on %d small programs in %s", len(examples.Names), opts.Dir)
	if d.editor, err = open(ctx, opts.Dir, opts.Server); d.editor != nil {
		defer d.editor.close()
	}
	if err != nil {
		return fmt.Errorf("starting the session: %w", err)
	}
	for _, name := range examples.Names {
		if err := d.find(ctx, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	d.title("Fixes, by code action")
	for _, f := range d.files {
		if err := d.fix(ctx, f); err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	d.blank()
	d.title("What they changed")
	for _, f := range d.files {
		d.diff(fixer.File{Path: f.path, Before: f.before, After: f.text}.Diff(opts.Dir))
	}
	if err := d.editor.shutdown(ctx); err != nil {
		return fmt.Errorf("ending the session: %w", err)
	}
	if err := verify(ctx, opts); err != nil {
		return fmt.Errorf("checking the fixed programs: %w", err)
	}
	d.title("All %d findings are gone, and the programs type-check (%v)", len(d.files), time.Since(start).Round(100*time.Millisecond))
	return nil
}

type demo struct {
	screen
	editor *editor
	files  []*file
}

// file is one program of the sample, open in the editor.
type file struct {
	*buffer
	name   string // of the rule that it breaks
	before []byte
}

// find opens a program and shows what the server says of it.
func (d *demo) find(ctx context.Context, name string) error {
	b, err := d.editor.openFile(ctx, filepath.Join(d.dir, name, "main.go"))
	if err != nil {
		return err
	}
	found, err := d.editor.diagnostics(ctx, b)
	if err != nil {
		return err
	}
	if len(found) != 1 || found[0].Code != protocol.String(name) {
		return fmt.Errorf("the server reports %d findings %v, want one", len(found), codes(found))
	}
	d.files = append(d.files, &file{buffer: b, name: name, before: b.text})
	d.finding(b, found[0])
	return nil
}

func codes(found []protocol.Diagnostic) []any {
	var list []any
	for _, f := range found {
		list = append(list, f.Code)
	}
	return list
}

// fix shows the fixes that are offered for a program, applies the safe ones
// and, where that was not enough, the preferred one.
func (d *demo) fix(ctx context.Context, f *file) error {
	found, err := d.editor.diagnostics(ctx, f.buffer)
	if err != nil {
		return err
	}
	offers, err := d.editor.actions(ctx, f.buffer, found[0].Range, found, protocol.CodeActionKindQuickFix)
	if err != nil {
		return err
	}
	d.offers(f.name, offers)
	safe, err := d.editor.actions(ctx, f.buffer, found[0].Range, nil, fixAll)
	if err != nil {
		return err
	}
	preferred := slices.DeleteFunc(offers, func(a *protocol.CodeAction) bool { return a.IsPreferred == nil || !*a.IsPreferred })
	chosen := slices.Concat(safe, preferred)
	if len(chosen) == 0 {
		return errors.New("no fix is offered")
	}
	if err := d.editor.apply(ctx, f.buffer, chosen[0]); err != nil {
		return err
	}
	d.applied(chosen[0])
	if found, err = d.editor.diagnostics(ctx, f.buffer); err != nil {
		return err
	}
	if len(found) > 0 {
		return fmt.Errorf("the server still reports %v", codes(found))
	}
	if bytes.Equal(f.before, f.text) {
		return errors.New("the fix changed nothing")
	}
	return d.editor.save(ctx, f.buffer)
}

// verify checks the fixed programs anew, from disk.
func verify(ctx context.Context, opts Options) error {
	c, err := checker.New(checker.Options{Dir: opts.Dir, CacheDir: opts.Server.CacheDir})
	if err != nil {
		return err
	}
	result, err := c.Run(ctx)
	err = errors.Join(err, c.Close())
	switch {
	case err != nil:
		return err
	case len(result.Errors) > 0:
		e := result.Errors[0]
		return fmt.Errorf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
	case len(result.Findings) > 0:
		f := result.Findings[0]
		return fmt.Errorf("%s:%d: a finding is left: %s [%s]", f.Range.File, f.Range.Start.Line, f.Message, f.Rule)
	}
	return nil
}

// writeSample writes the programs as a module of their own.
func writeSample(dir string) error {
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.com/demo\n\ngo 1.25\n"), 0o666); err != nil {
		return err
	}
	return fs.WalkDir(examples.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if entry.IsDir() {
			return os.MkdirAll(path, 0o777)
		}
		text, err := fs.ReadFile(examples.FS(), name)
		if err != nil {
			return err
		}
		return os.WriteFile(path, text, 0o666)
	})
}
