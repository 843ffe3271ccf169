package server

import (
	"context"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/workspace"
)

// fakes makes drivers to which every folder with Go files is a package, and
// every word LEAK in them a finding. A file with the word ONCE can be mended but
// once. Hooks make them slow, fail or panic.
type fakes struct {
	// hook, if set, is called before a "load" and before a package is
	// analysed, with its folder's name.
	hook func(ctx context.Context, what string) error

	// early has packages told in two parts. The rest of one whose folder is m
	// is the hook's "rest of m". A file with the word APART depends on it.
	early bool

	mu      sync.Mutex
	drivers []*fake
}

func (f *fakes) options() Options {
	return Options{newDriver: func(o driverOptions) driver {
		d := &fake{fakes: f, opts: o, overlays: make(map[string]string)}
		f.mu.Lock()
		defer f.mu.Unlock()
		f.drivers = append(f.drivers, d)
		return d
	}}
}

func (f *fakes) call(ctx context.Context, what string) error {
	f.mu.Lock()
	hook := f.hook
	f.mu.Unlock()
	if hook == nil {
		return ctx.Err()
	}
	return hook(ctx, what)
}

func (f *fakes) setHook(hook func(ctx context.Context, what string) error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hook = hook
}

type fake struct {
	fakes *fakes
	opts  driverOptions

	mu       sync.Mutex
	overlays map[string]string
}

func (f *fake) SetOverlay(path string, text []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if text == nil {
		delete(f.overlays, path)
		return
	}
	f.overlays[path] = string(text)
}

func (f *fake) FilesChanged(...string) {}
func (f *fake) Close() error           { return nil }

func (f *fake) Snapshot(ctx context.Context, _ ...string) (snapshot, error) {
	if err := f.fakes.call(ctx, "load"); err != nil {
		return nil, err
	}
	s := &fakeSnapshot{fakes: f.fakes, files: make(map[string]string)}
	err := filepath.WalkDir(f.opts.Dir, func(path string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".go") {
			data, _ := os.ReadFile(path)
			s.files[path] = string(data)
		}
		return nil
	})
	f.mu.Lock()
	defer f.mu.Unlock()
	for path, text := range f.overlays {
		s.files[path] = text
	}
	return s, err
}

type fakeSnapshot struct {
	fakes *fakes
	files map[string]string
}

func (s *fakeSnapshot) Same(as snapshot) bool { return maps.Equal(s.files, as.(*fakeSnapshot).files) }

func (s *fakeSnapshot) With(texts map[string][]byte) snapshot {
	next := &fakeSnapshot{fakes: s.fakes, files: maps.Clone(s.files)}
	for path, text := range texts {
		next.files[path] = string(text)
	}
	return next
}

func (s *fakeSnapshot) Roots() []string {
	var ids []string
	for path := range s.files {
		if dir := filepath.Dir(path); !slices.Contains(ids, dir) {
			ids = append(ids, dir)
		}
	}
	slices.Sort(ids)
	return ids
}

func (s *fakeSnapshot) Containing(file string) []string {
	if _, ok := s.files[file]; !ok {
		return nil
	}
	return []string{filepath.Dir(file)}
}

func (s *fakeSnapshot) Importers(...string) []string { return nil }
func (s *fakeSnapshot) Errors() []workspace.Error    { return nil }
func (s *fakeSnapshot) Sources() []string            { return slices.Collect(maps.Keys(s.files)) }

func (s *fakeSnapshot) Retain(ctx context.Context, _ []string) error { return ctx.Err() }

func (s *fakeSnapshot) Text(file string) ([]byte, error) {
	text, ok := s.files[file]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return []byte(text), nil
}

func (s *fakeSnapshot) AnalyzeInParts(ctx context.Context, ids []string, early func(workspace.Part), each func(workspace.PackageResult)) error {
	for _, id := range ids {
		if err := s.fakes.call(ctx, filepath.Base(id)); err != nil {
			return err
		}
		result := workspace.PackageResult{ID: id, PkgPath: id}
		report := new(diagnostics.Report)
		for path, text := range s.files {
			if filepath.Dir(path) != id {
				continue
			}
			result.Files = append(result.Files, path)
			if strings.Contains(text, "APART") {
				report.Apart = append(report.Apart, path)
			}
			if strings.Contains(text, "ONCE") && strings.Count(text, "mended") > 1 {
				result.Errors = append(result.Errors, workspace.Error{File: path, Line: 1, Message: "mended more than once"})
			}
			for at := 0; ; at += len("LEAK") {
				i := strings.Index(text[at:], "LEAK")
				if i < 0 {
					break
				}
				at += i
				place := diagnostics.Range{File: path, Start: rule.Position{Offset: at, Line: 1 + strings.Count(text[:at], "\n"), Column: 1}}
				place.End = place.Start
				place.End.Offset += len("LEAK")
				report.Findings = append(report.Findings, diagnostics.Finding{
					Rule: "leak", Severity: rule.Warning, Range: place, Message: "this leaks",
					Related: []rule.RelatedRange{{Range: place, Message: "here"}},
					Fixes: []rule.ResolvedFix{
						{Title: "Mend it", Safe: true, Edits: []diagnostics.Edit{{Range: place, NewText: "mended\n//"}}},
						{Title: "Drop it", Edits: []diagnostics.Edit{{Range: place}}},
					},
				})
			}
		}
		result.Result = report
		if s.fakes.early {
			if early != nil {
				early(workspace.Part{ID: id, Files: result.Files, Result: &diagnostics.Report{Findings: report.Findings}})
			}
			if err := s.fakes.call(ctx, "rest of "+filepath.Base(id)); err != nil {
				return err
			}
		}
		each(result)
	}
	return nil
}

// module writes files below a new folder, with a go.mod unless that is there
// and empty.
func module(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "w")
	if _, ok := files["go.mod"]; !ok {
		files["go.mod"] = "module example.com/m\n\ngo 1.26\n"
	}
	for name, text := range files {
		if name == "go.mod" && text == "" {
			continue // no module
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
