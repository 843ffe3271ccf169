package workspace

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/tools/go/packages"
)

// generation is the metadata between two changes that make it stale. Its
// fields change under Workspace.mu; the graph itself never does.
type generation struct {
	started time.Time // of the first load; zero: nothing was asked yet
	env     *goEnv
	graph   *graph
	loads   map[string]*load // by patterns
	whole   bool             // asked for more than single files
}

// load is what the go command said to some patterns.
type load struct {
	roots  []string
	errors []Error
}

// graph is the metadata of all loaded packages.
type graph struct {
	nodes map[string]*node // by ID
	roots map[string]bool  // packages that any pattern matched, widest variants

	index     sync.Once
	byFile    map[string][]string // IDs
	importers map[string][]string // IDs of direct importers
}

// node is the metadata of one package, or of a variant of it.
type node struct {
	id, pkgPath, name string
	forTest           string // path of the package whose test this variant is for
	dir               string
	module            *packages.Module
	std               bool
	frozen            bool // in the module cache, which never changes

	files   []string          // Go files, cgo sources included
	other   []string          // assembly and the like
	imports map[string]string // import path in the source → ID
	paths   []string          // keys of imports, sorted
	deps    []string          // IDs of direct imports, sorted, each once
	missing map[string]string // import path → why there is no such package
	errors  []Error
}

// setImports makes imports the packages that n depends on.
func (n *node) setImports(imports map[string]string) {
	n.imports = imports
	n.paths = slices.Sorted(maps.Keys(imports))
	n.deps = slices.Compact(slices.Sorted(maps.Values(imports)))
}

// merge returns a graph with the nodes of both. Nodes of g stay unless they
// are empty: both describe the same packages.
func (g *graph) merge(nodes map[string]*node, roots []string) *graph {
	merged := &graph{nodes: make(map[string]*node), roots: make(map[string]bool)}
	if g != nil {
		maps.Copy(merged.nodes, g.nodes)
		maps.Copy(merged.roots, g.roots)
	}
	for id, n := range nodes {
		if old := merged.nodes[id]; old == nil || len(old.files) == 0 {
			merged.nodes[id] = n
		}
	}
	for _, id := range roots {
		merged.roots[id] = true
	}
	for id := range merged.roots {
		// A wider variant may have come with a later load.
		if n := merged.nodes[id]; n.forTest == "" && merged.roots[testVariant(n.pkgPath)] && id != testVariant(n.pkgPath) {
			delete(merged.roots, id)
		}
	}
	merged.breakCycles()
	return merged
}

func testVariant(path string) string { return path + " [" + path + ".test]" }

// breakCycles takes out imports that lead back to their package, which the
// go command reports but leaves in.
func (g *graph) breakCycles() {
	const (
		active = 1
		done   = 2
	)
	state := make(map[string]int)
	var visit func(id string)
	visit = func(id string) {
		state[id] = active
		n := g.nodes[id]
		for _, path := range n.paths {
			dep := n.imports[path]
			switch state[dep] {
			case 0:
				visit(dep)
			case active:
				cut := *n
				cut.missing = maps.Clone(n.missing)
				cut.missing[path] = "import cycle not allowed"
				imports := maps.Clone(n.imports)
				delete(imports, path)
				cut.setImports(imports)
				n, g.nodes[id] = &cut, &cut
			}
		}
		state[id] = done
	}
	for _, id := range slices.Sorted(maps.Keys(g.nodes)) {
		if state[id] == 0 {
			visit(id)
		}
	}
}

// plain returns the package that n is recompiled from for the tests of
// another one, with the same files, or nil.
func (g *graph) plain(n *node) *node {
	if n.forTest == "" || n.forTest == n.pkgPath {
		return nil
	}
	if p := g.nodes[n.pkgPath]; p != nil && p.forTest == "" && slices.Equal(p.files, n.files) {
		return p
	}
	return nil
}

// imported are the packages that n imports.
func imported(n *node) []string { return n.deps }

// closure returns ids and all that they need, directly or not, in an order
// in which each comes after what it needs.
func (g *graph) closure(ids []string, needs func(*node) []string) []*node {
	seen := make(map[string]bool)
	var order []*node
	var visit func(id string)
	visit = func(id string) {
		if seen[id] {
			return
		}
		seen[id] = true
		n := g.nodes[id]
		for _, dep := range needs(n) {
			visit(dep)
		}
		order = append(order, n)
	}
	for _, id := range ids {
		visit(id)
	}
	return order
}

func (g *graph) buildIndex() {
	g.index.Do(func() {
		g.byFile = make(map[string][]string)
		g.importers = make(map[string][]string)
		for _, id := range slices.Sorted(maps.Keys(g.nodes)) {
			n := g.nodes[id]
			for _, file := range n.files {
				g.byFile[file] = append(g.byFile[file], id)
			}
			for _, dep := range n.deps {
				g.importers[dep] = append(g.importers[dep], id)
			}
		}
	})
}

// allContaining returns all variants of the packages that file is part of.
func (g *graph) allContaining(file string) []string {
	g.buildIndex()
	return g.byFile[file]
}

// containing returns the widest variants among the packages that file is part
// of: not p where p [p.test] has the file too, nor what was recompiled for
// the tests of others.
func (g *graph) containing(file string) []string {
	g.buildIndex()
	var ids []string
	for _, id := range g.byFile[file] {
		n := g.nodes[id]
		wide := testVariant(n.pkgPath)
		if n.forTest == "" && id != wide && slices.Contains(g.byFile[file], wide) {
			continue
		}
		if n.forTest != "" && id != wide && !strings.HasSuffix(n.pkgPath, "_test") {
			continue
		}
		ids = append(ids, id)
	}
	return ids
}

// transitiveImporters returns the roots that import ids or any other variant
// of them, without ids themselves.
func (g *graph) transitiveImporters(ids []string) []string {
	g.buildIndex()
	seen := make(map[string]bool)
	var queue []string
	add := func(id string) {
		if !seen[id] {
			seen[id] = true
			queue = append(queue, id)
		}
	}
	own := make(map[string]bool)
	for _, id := range ids {
		n := g.nodes[id]
		if n == nil {
			continue
		}
		own[id] = true
		add(id)
		for _, file := range n.files {
			for _, variant := range g.byFile[file] {
				add(variant)
			}
		}
	}
	for len(queue) > 0 {
		id := queue[0]
		queue = queue[1:]
		for _, importer := range g.importers[id] {
			add(importer)
		}
	}
	var found []string
	for id := range seen {
		if g.roots[id] && !own[id] {
			found = append(found, id)
		}
	}
	slices.Sort(found)
	return found
}

// hasFolder reports whether a loaded package lies in or below path.
func (g *graph) hasFolder(path string) bool {
	if g == nil {
		return false
	}
	prefix := path + string(filepath.Separator)
	for _, n := range g.nodes {
		if n.dir == path || strings.HasPrefix(n.dir, prefix) {
			return true
		}
	}
	return false
}
