package workspace

import (
	"go/ast"
	"go/types"
)

// initCycle reports whether the initialiser of a package variable depends on
// itself, through functions: an edit of a body can bring that about, and the
// check of the body alone doesn't see it.
func initCycle(c *checked) bool {
	g := &initGraph{c: c, bodies: make(map[types.Object]ast.Node), mentions: make(map[types.Object][]types.Object)}
	for _, init := range c.info.InitOrder {
		for _, v := range init.Lhs {
			g.bodies[v] = init.Rhs
		}
	}
	for _, file := range c.files {
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body != nil {
				if obj := c.info.Defs[fn.Name]; obj != nil {
					g.bodies[obj] = fn.Body
				}
			}
		}
	}
	for _, init := range c.info.InitOrder {
		for _, v := range init.Lhs {
			if g.reaches(v, v, make(map[types.Object]bool)) {
				return true
			}
		}
	}
	return false
}

type initGraph struct {
	c        *checked
	bodies   map[types.Object]ast.Node // of functions, and initialisers of variables
	mentions map[types.Object][]types.Object
}

func (g *initGraph) reaches(from, to types.Object, seen map[types.Object]bool) bool {
	for _, next := range g.of(from) {
		if next == to {
			return true
		}
		if !seen[next] {
			seen[next] = true
			if g.reaches(next, to, seen) {
				return true
			}
		}
	}
	return false
}

// of lists what an initialiser or a function mentions of the package.
func (g *initGraph) of(obj types.Object) []types.Object {
	if known, ok := g.mentions[obj]; ok {
		return known
	}
	var out []types.Object
	if body := g.bodies[obj]; body != nil {
		seen := make(map[types.Object]bool)
		ast.Inspect(body, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				used := g.c.info.Uses[id]
				if fn, ok := used.(*types.Func); ok {
					used = fn.Origin()
				}
				if used != nil && !seen[used] && g.bodies[used] != nil {
					seen[used] = true
					out = append(out, used)
				}
			}
			return true
		})
	}
	g.mentions[obj] = out
	return out
}
