// Package callsites answers from the syntax of all files of a module what a
// package can't show by itself: what its callers hand to it, and when they call
// it. It resolves names, not types, so that it costs a scan and not a build:
// every answer is "refuted" only where whatever the name could mean refutes it.
package callsites

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/sync/errgroup"

	"github.com/ctxls/ctxls/internal/flow"
)

// Index knows which names the files of one module, or of a workspace of several,
// have in them, and parses those that a question is about. It is safe for
// concurrent use; one question is answered at a time.
type Index struct {
	root string

	mu      sync.Mutex
	fresh   bool
	sources map[string]*source // by path
	byDir   map[string][]*source
	modules map[string]string // path of the module in a folder
	program bool              // see isProgram
	parsed  map[string]*file
	names   map[string]string // of the package in a folder
	answers map[Premise]bool
}

// source is a file by the names in it.
type source struct {
	path, dir string
	test      bool // is run by tests alone
	main      bool // of a package main
	size      int64
	modified  time.Time
	names     []uint32 // hashes, sorted
}

// New returns the index of the module, or workspace, in a folder.
func New(root string) *Index {
	return &Index{root: root, sources: make(map[string]*source), parsed: make(map[string]*file), answers: make(map[Premise]bool)}
}

// Changed tells that files may have changed since the last answer.
func (x *Index) Changed() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.fresh = false
}

// refresh looks at the files again.
func (x *Index) refresh(ctx context.Context) error {
	if x.fresh {
		return nil
	}
	found := make(map[string]*source)
	modules := make(map[string]string)
	var stale []*source
	whole := isRoot(x.root)
	err := filepath.WalkDir(x.root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil && path == x.root:
			return err
		case err != nil:
			return nil // the go command can't read it either
		case d.IsDir():
			if path != x.root && (!whole || skipped(d.Name())) {
				return filepath.SkipDir
			}
			if module := moduleIn(path); module != "" {
				modules[path] = module
			}
			return nil
		case !strings.HasSuffix(path, ".go") || !d.Type().IsRegular():
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return nil
		}
		s := &source{path: path, dir: filepath.Dir(path), size: info.Size(), modified: info.ModTime()}
		s.test = strings.HasSuffix(path, "_test.go") || flow.ForTests(strings.Split(strings.TrimPrefix(filepath.ToSlash(strings.TrimPrefix(s.dir, x.root)), "/"), "/"))
		if old := x.sources[path]; old != nil && old.size == s.size && old.modified.Equal(s.modified) {
			s = old
		} else {
			stale = append(stale, s)
		}
		found[path] = s
		return nil
	})
	if err != nil {
		return err
	}
	if len(stale) > 0 || len(found) != len(x.sources) {
		if err := scanAll(ctx, stale); err != nil {
			return err
		}
		for _, s := range stale {
			delete(x.parsed, s.path)
		}
		clear(x.answers)
		x.names = make(map[string]string)
		x.byDir = make(map[string][]*source)
		for _, s := range found {
			x.byDir[s.dir] = append(x.byDir[s.dir], s)
		}
	}
	x.sources, x.modules, x.program, x.fresh = found, modules, isProgram(x.root, found), true
	return nil
}

// isRoot reports whether a folder is that of a module or a workspace. One that
// isn't, such as that of a file on its own, has one package.
func isRoot(dir string) bool {
	return slices.ContainsFunc([]string{"go.mod", "go.work"}, func(name string) bool {
		info, err := os.Stat(filepath.Join(dir, name))
		return err == nil && info.Mode().IsRegular()
	})
}

// skipped reports whether the go command looks into a folder of that name for
// packages.
func skipped(name string) bool {
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

// scanAll reads the names of files. What can't be read has none.
func scanAll(ctx context.Context, sources []*source) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, s := range sources {
		group.Go(func() error {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			text, err := os.ReadFile(s.path)
			if err == nil {
				s.names, s.main = namesIn(text), mainClause.Match(text)
			}
			return nil
		})
	}
	return group.Wait()
}

var mainClause = regexp.MustCompile(`(?m)^package main\b`)

// aside matches folders with programs that a library may have beside it.
var aside = regexp.MustCompile(`(^|/)(_?examples?|samples?|demos?|tools?|hack|scripts?|bench(mark)?s?|internal/cmd)(/|$)`)

// isProgram reports whether the files make programs, and not only a library.
func isProgram(root string, sources map[string]*source) bool {
	for _, s := range sources {
		if s.main && !s.test && !aside.MatchString(filepath.ToSlash(strings.TrimPrefix(s.dir, root))) {
			return true
		}
	}
	return false
}

// open reports whether code out of view may use an exported name of a package:
// that of a library, unless it is internal.
func (x *Index) open(s *source) bool {
	return !x.program && !s.main && !strings.Contains(filepath.ToSlash(s.dir)+"/", "/internal/")
}

// namesIn returns the hashes of all words in a text, sorted: more than the
// identifiers in it, and never fewer.
func namesIn(text []byte) []uint32 {
	var names []uint32
	start := -1
	for i := 0; i <= len(text); i++ {
		if i < len(text) && inName(text[i]) {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 {
			names = append(names, hashOf(text[start:i]))
			start = -1
		}
	}
	slices.Sort(names)
	return slices.Clone(slices.Compact(names))
}

func inName(c byte) bool {
	return c == '_' || c >= 0x80 || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// hashOf is FNV-1a.
func hashOf(name []byte) uint32 {
	h := uint32(2166136261)
	for _, c := range name {
		h = (h ^ uint32(c)) * 16777619
	}
	return h
}

// has reports whether the file may have a name in it.
func (s *source) has(name string) bool {
	_, found := slices.BinarySearch(s.names, hashOf([]byte(name)))
	return found
}

// dirOf returns the folder of a package of one of the index's modules, empty if
// it is none.
func (x *Index) dirOf(imported string) string {
	for dir, module := range x.modules {
		if rest, ok := strings.CutPrefix(imported, module); ok && (rest == "" || rest[0] == '/') {
			if sub := filepath.Join(dir, filepath.FromSlash(rest)); len(x.byDir[sub]) > 0 {
				return sub
			}
		}
	}
	return ""
}

// pathOf returns the import path of the package in a folder.
func (x *Index) pathOf(dir string) string {
	for d := dir; ; d = filepath.Dir(d) {
		if module, ok := x.modules[d]; ok {
			rest := strings.TrimPrefix(filepath.ToSlash(strings.TrimPrefix(dir, d)), "/")
			switch {
			case module == "std" || module == "cmd" && rest == "":
				return rest
			case rest == "":
				return module
			}
			return module + "/" + rest
		}
		if d == x.root || d == filepath.Dir(d) {
			return ""
		}
	}
}
