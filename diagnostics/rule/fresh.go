package rule

import (
	"go/ast"
	"go/token"
	"strconv"
)

// freshNames are the names that the fixes of a package have got so far.
// Fixes of several findings may be applied together, so that none may bring
// in a name that another one does.
type freshNames struct {
	given map[freshPlace]string
	taken map[freshName]bool
}

// freshPlace is where a fix wants a name, and which one.
type freshPlace struct {
	pos  token.Pos
	base string
}

// freshName is a name within one declared function; nil stands for the
// package.
type freshName struct {
	in   *ast.FuncDecl
	name string
}

// FreshName returns base, or base with a number, such that no name in the
// declaration around pos or in the package is the same, and no name that a
// fix for another position there got before. The same position gets the same
// name again.
func (p *Pass) FreshName(pos token.Pos, base string) string {
	s := p.sources()
	s.mu.Lock()
	defer s.mu.Unlock()
	place := freshPlace{pos, base}
	if name, ok := s.fresh.given[place]; ok {
		return name
	}
	decl := p.declarationAt(pos)
	fn, _ := decl.(*ast.FuncDecl)
	used := identifiers(decl)
	scope := p.scopeAt(pos)
	name := base
	for i := 2; ; i++ {
		_, obj := scope.LookupParent(name, pos)
		if !used[name] && obj == nil && !s.fresh.taken[freshName{fn, name}] {
			break
		}
		name = base + strconv.Itoa(i)
	}
	if s.fresh.given == nil {
		s.fresh = freshNames{make(map[freshPlace]string), make(map[freshName]bool)}
	}
	s.fresh.given[place] = name
	s.fresh.taken[freshName{fn, name}] = true
	return name
}

// declarationAt is the declaration around pos, or nil.
func (p *Pass) declarationAt(pos token.Pos) ast.Decl {
	if file := p.fileAt(pos); file != nil {
		for _, d := range file.Decls {
			if d.Pos() <= pos && pos <= d.End() {
				return d
			}
		}
	}
	return nil
}

// identifiers are all names within a declaration.
func identifiers(d ast.Decl) map[string]bool {
	used := make(map[string]bool)
	if d == nil {
		return used
	}
	ast.Inspect(d, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			used[id.Name] = true
		}
		return true
	})
	return used
}
