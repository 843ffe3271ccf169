package workspace

import (
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"strconv"
)

// With returns a snapshot in which files have other texts, to see what would
// come of them: the workspace itself stays as it is. Imports that are new in a
// text are looked for among the loaded packages. Its ID is 0.
func (s *Snapshot) With(texts map[string][]byte) *Snapshot {
	overlays := maps.Clone(s.overlays)
	if overlays == nil {
		overlays = make(map[string]*source)
	}
	wider := make(map[string]*node)
	s.graph.buildIndex()
	for path, text := range texts {
		path = filepath.Clean(path)
		overlays[path] = newSource(path, append([]byte{}, text...))
		for _, id := range s.graph.byFile[path] {
			n := wider[id]
			if n == nil {
				n = s.graph.nodes[id]
			}
			if more := s.graph.importing(n, text); more != n {
				wider[id] = more
			}
		}
	}
	g := s.graph
	if len(wider) > 0 {
		g = &graph{nodes: maps.Clone(g.nodes), roots: g.roots}
		maps.Copy(g.nodes, wider)
		g.breakCycles()
	}
	return &Snapshot{w: s.w, env: s.env, graph: g, overlays: overlays, load: s.load, states: make(map[string]*state)}
}

// importing returns n with what text imports beyond it and is loaded: n itself
// if that is nothing.
func (g *graph) importing(n *node, text []byte) *node {
	file, err := parser.ParseFile(token.NewFileSet(), "", text, parser.ImportsOnly)
	if err != nil {
		return n // its errors come with the analysis
	}
	imports := maps.Clone(n.imports)
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil || n.imports[path] != "" || n.missing[path] != "" {
			continue
		}
		if dep := g.nodes[path]; dep != nil && dep.forTest == "" && dep.name != "main" {
			imports[path] = dep.id
		}
	}
	if len(imports) == len(n.imports) {
		return n
	}
	more := *n
	more.setImports(imports)
	return &more
}
