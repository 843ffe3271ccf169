// Package callsites answers from the syntax of all files of a module what a
// package can't show by itself: what its callers hand to it, and when they call
// it. It resolves names, not types, so that it costs a scan and not a build:
// every answer is "refuted" only where whatever the name could mean refutes it.
package callsites

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
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
	opaque    bool     // it can't be read, and may have any name
	ignored   bool     // is built by nobody
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
	l := &look{x: x, found: make(map[string]*source), modules: make(map[string]string)}
	for _, root := range l.roots() {
		if err := l.walk(ctx, root); err != nil {
			return err
		}
	}
	if len(l.stale) > 0 || len(l.found) != len(x.sources) || !maps.Equal(l.modules, x.modules) {
		if err := scanAll(ctx, l.stale); err != nil {
			return err
		}
		clear(x.parsed)
		clear(x.answers)
		x.names = make(map[string]string)
		x.byDir = make(map[string][]*source)
		for _, path := range slices.Sorted(maps.Keys(l.found)) {
			s := l.found[path]
			x.byDir[s.dir] = append(x.byDir[s.dir], s)
		}
	}
	x.sources, x.modules, x.program, x.fresh = l.found, l.modules, isProgram(x.root, l.found), true
	return nil
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
			s.scan()
			return nil
		})
	}
	return group.Wait()
}

var (
	clause  = regexp.MustCompile(`(?m)^package\s+(\w+)`)
	ignored = regexp.MustCompile(`(?m)^//go:build ignore\s*$`)
)

// scan reads what is in a file.
func (s *source) scan() {
	text, err := os.ReadFile(s.path)
	if err != nil {
		s.opaque, s.modified = true, time.Time{} // the next look reads it again
		return
	}
	head := text
	if at := clause.FindSubmatchIndex(text); at != nil {
		s.main = string(text[at[2]:at[3]]) == "main"
		head = text[:at[0]]
	}
	s.ignored = ignored.Match(head)
	s.names = namesIn(text)
}

// aside matches folders with programs that a library may have beside it.
var aside = regexp.MustCompile(`(^|/)(_?examples?|samples?|demos?|tools?|hack|scripts?|bench(mark)?s?|internal)(/|$)`)

// isProgram reports whether the files make programs, and not only a library.
func isProgram(root string, sources map[string]*source) bool {
	for _, s := range sources {
		if s.main && !s.test && !s.ignored && !aside.MatchString(filepath.ToSlash(strings.TrimPrefix(s.dir, root))) {
			return true
		}
	}
	return false
}

// open reports whether code out of view may use an exported name of a package:
// that of a library, unless it is internal.
func (x *Index) open(s *source) bool {
	return !x.program && !s.main && !strings.Contains(filepath.ToSlash(strings.TrimPrefix(s.dir, x.root))+"/", "/internal/")
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
	return found || s.opaque
}

// hasAll reports whether the file may have all words of a text in it.
func (s *source) hasAll(text string) bool {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r < 0x80 && !inName(byte(r)) }) {
		if !s.has(word) {
			return false
		}
	}
	return true
}

// dirOf returns the folder of a package of one of the index's modules, empty if
// it is none, or may be one of two.
func (x *Index) dirOf(imported string) string {
	found, longest := "", 0
	for dir, module := range x.modules {
		rest, ok := strings.CutPrefix(imported, module)
		if !ok || rest != "" && rest[0] != '/' || len(module) < longest {
			continue
		}
		sub := filepath.Join(dir, filepath.FromSlash(rest))
		switch {
		case len(x.byDir[sub]) == 0:
		case len(module) == longest && found != sub:
			return ""
		default:
			found, longest = sub, len(module)
		}
	}
	return found
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
