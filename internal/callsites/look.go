package callsites

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// look is one look at the files of an index.
type look struct {
	x       *Index
	found   map[string]*source
	modules map[string]string
	stale   []*source // have to be scanned
}

// roots are the folders to look into: the index's, and those of a workspace's
// modules that lie elsewhere.
func (l *look) roots() []string {
	roots := []string{l.x.root}
	text, err := os.ReadFile(filepath.Join(l.x.root, "go.work"))
	if err != nil {
		return roots
	}
	work, err := modfile.ParseWork("go.work", text, nil)
	if err != nil {
		return roots
	}
	for _, use := range work.Use {
		dir := filepath.FromSlash(use.Path)
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(l.x.root, dir)
		}
		if !slices.ContainsFunc(roots, func(root string) bool { return dir == root || strings.HasPrefix(dir, root+string(filepath.Separator)) }) {
			roots = append(roots, dir)
		}
	}
	return roots
}

// walk notes the files below a folder. Of one that is neither a module nor a
// workspace, such as that of a file on its own, it notes those in it.
func (l *look) walk(ctx context.Context, root string) error {
	below := isModule(root)
	real, err := filepath.EvalSymlinks(root)
	if err != nil {
		return nil // it has none
	}
	return filepath.WalkDir(real, func(path string, d fs.DirEntry, err error) error {
		shown := root + strings.TrimPrefix(path, real)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			return nil // the go command can't read it either
		case d.IsDir():
			if path != real && (!below || leftOut(d.Name())) {
				return filepath.SkipDir
			}
			if module := moduleIn(path); module != "" {
				l.modules[shown] = module
			}
		case strings.HasSuffix(path, ".go"):
			l.note(path, shown)
		}
		return nil
	})
}

// note notes a file, which may be a link to one.
func (l *look) note(path, shown string) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return
	}
	s := &source{path: shown, dir: filepath.Dir(shown), size: info.Size(), modified: info.ModTime()}
	s.test = strings.HasSuffix(path, "_test.go") || testFolder.MatchString(filepath.ToSlash(strings.TrimPrefix(s.dir, l.x.root)))
	if old := l.x.sources[shown]; old != nil && old.size == s.size && old.modified.Equal(s.modified) {
		s = old
	} else {
		l.stale = append(l.stale, s)
	}
	l.found[shown] = s
}

// testFolder matches the paths of folders whose callers are tests.
var testFolder = regexp.MustCompile(`/(tests?|e2e|testutils?|testhelpers?|mocks?|fakes?)(/|$)|^/integration(/|$)`)

// isModule reports whether a folder is that of a module or a workspace.
func isModule(dir string) bool {
	return slices.ContainsFunc([]string{"go.mod", "go.work"}, func(name string) bool {
		info, err := os.Stat(filepath.Join(dir, name))
		return err == nil && info.Mode().IsRegular()
	})
}

// leftOut reports whether ./... leaves folders of a name out, or nobody keeps
// packages of his own in them.
func leftOut(name string) bool {
	return name == "vendor" || name == "testdata" || name == "node_modules" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")
}

// moduleIn returns the path of the module whose go.mod is in the folder.
func moduleIn(dir string) string {
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return ""
	}
	return modfile.ModulePath(text)
}
