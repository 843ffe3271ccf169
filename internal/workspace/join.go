package workspace

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
)

func newInfo() *types.Info {
	return &types.Info{
		Types:        make(map[ast.Expr]types.TypeAndValue),
		Instances:    make(map[*ast.Ident]types.Instance),
		Defs:         make(map[*ast.Ident]types.Object),
		Uses:         make(map[*ast.Ident]types.Object),
		Implicits:    make(map[ast.Node]types.Object),
		Selections:   make(map[*ast.SelectorExpr]*types.Selection),
		Scopes:       make(map[ast.Node]*types.Scope),
		FileVersions: make(map[*ast.File]string),
	}
}

// join makes the type information of c that of the new file in place of the
// old one: that of functions and imports is new, that of other declarations
// moves to the new syntax. What is known of the old functions goes with leave.
func (u *update) join(f *updatedFile, c *checked) {
	info := c.info
	moved := make(map[ast.Node]ast.Node)
	for i, decl := range f.old.Decls {
		if checkedAlone(decl) {
			name := f.new.Decls[i].(*ast.FuncDecl).Name
			u.info.Defs[name] = info.Defs[decl.(*ast.FuncDecl).Name]
		} else if gen, ok := decl.(*ast.GenDecl); !ok || gen.Tok != token.IMPORT {
			pair(decl, f.new.Decls[i], moved)
		}
	}
	for _, decl := range f.old.Decls {
		if !checkedAlone(decl) {
			moveAll(info, decl, moved)
		}
	}
	// The order of initialisation doesn't matter to anyone; the syntax does.
	c.info.InitOrder = slices.Clone(info.InitOrder)
	for i, init := range c.info.InitOrder {
		if rhs, ok := moved[init.Rhs].(ast.Expr); ok {
			c.info.InitOrder[i] = &types.Initializer{Lhs: init.Lhs, Rhs: rhs}
		}
	}
	for _, decl := range f.alone.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok {
			delete(u.info.Defs, fn.Name)
		}
	}
	take(info, u.info)
	info.Scopes[f.new] = info.Scopes[f.alone]
	delete(info.Scopes, f.alone)
	delete(info.Scopes, f.old)
	info.FileVersions[f.new] = info.FileVersions[f.old]
	delete(info.FileVersions, f.alone)
	delete(info.FileVersions, f.old)
}

// leave drops what is known of the old functions: there is time for it once the
// new ones are analysed. Who ranges over all uses until then meets old imports
// alone, which are other objects.
func (f *updatedFile) leave(c *checked) {
	for _, decl := range f.old.Decls {
		if checkedAlone(decl) {
			moveAll(c.info, decl, nil)
		}
	}
}

func moveAll(info *types.Info, decl ast.Decl, moved map[ast.Node]ast.Node) {
	ast.Inspect(decl, func(n ast.Node) bool {
		if n != nil {
			move(info, n, moved[n])
		}
		return true
	})
}

// pair maps the nodes of a tree to those of another with the same text.
func pair(old, new ast.Node, moved map[ast.Node]ast.Node) {
	var from, to []ast.Node
	list := func(out *[]ast.Node) func(ast.Node) bool {
		return func(n ast.Node) bool {
			switch n.(type) {
			case nil:
			case *ast.CommentGroup, *ast.Comment:
				return false
			default:
				*out = append(*out, n)
			}
			return true
		}
	}
	ast.Inspect(old, list(&from))
	ast.Inspect(new, list(&to))
	for i, n := range from {
		moved[n] = to[i]
	}
}

// move hands what is known of a node on to another; nil: nobody.
func move(info *types.Info, from, to ast.Node) {
	switch n := from.(type) {
	case *ast.Ident:
		if to, ok := to.(*ast.Ident); ok {
			if obj, ok := info.Defs[n]; ok {
				info.Defs[to] = obj
			}
			if obj, ok := info.Uses[n]; ok {
				info.Uses[to] = obj
			}
			if inst, ok := info.Instances[n]; ok {
				info.Instances[to] = inst
			}
		}
		delete(info.Defs, n)
		delete(info.Uses, n)
		delete(info.Instances, n)
	case *ast.SelectorExpr:
		if to, ok := to.(*ast.SelectorExpr); ok {
			if sel := info.Selections[n]; sel != nil {
				info.Selections[to] = sel
			}
		}
		delete(info.Selections, n)
	}
	if expr, ok := from.(ast.Expr); ok {
		if tv, ok := info.Types[expr]; ok {
			if to, ok := to.(ast.Expr); ok {
				info.Types[to] = tv
			}
			delete(info.Types, expr)
		}
	}
	if obj := info.Implicits[from]; obj != nil {
		if to != nil {
			info.Implicits[to] = obj
		}
		delete(info.Implicits, from)
	}
	if scope := info.Scopes[from]; scope != nil {
		if to != nil {
			info.Scopes[to] = scope
		}
		delete(info.Scopes, from)
	}
}

// take adds what another check has found.
func take(info, from *types.Info) {
	maps.Copy(info.Types, from.Types)
	maps.Copy(info.Instances, from.Instances)
	maps.Copy(info.Defs, from.Defs)
	maps.Copy(info.Uses, from.Uses)
	maps.Copy(info.Implicits, from.Implicits)
	maps.Copy(info.Selections, from.Selections)
	maps.Copy(info.Scopes, from.Scopes)
	maps.Copy(info.FileVersions, from.FileVersions)
}
