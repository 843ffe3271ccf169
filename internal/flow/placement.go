package flow

import (
	"go/ast"
	"go/token"
	"go/types"
	"sort"
)

// placements say where the declarations of replaced files stand now: objects
// of the package keep the positions that they were first declared at.
type placements map[*token.File]*placement

// placement is one version of a file. Declarations correspond by their order,
// and the text outside of function bodies is the same in all versions.
type placement struct {
	starts []token.Pos // of the declarations
	now    *placement  // nil: this is the newest
}

func placementOf(file *ast.File) *placement {
	pl := &placement{starts: make([]token.Pos, len(file.Decls))}
	for i, decl := range file.Decls {
		pl.starts[i] = decl.Pos()
	}
	return pl
}

// replace returns the placements after files were replaced.
func (ps placements) replace(fset *token.FileSet, replaced map[*ast.File]*ast.File) placements {
	out := make(placements, len(ps)+len(replaced))
	for tf, pl := range ps {
		out[tf] = pl
	}
	for old, file := range replaced {
		now := placementOf(file)
		was := placementOf(old)
		was.now = now
		if tf := fset.File(old.FileStart); tf != nil {
			out[tf] = was
			for other, pl := range out {
				if other != tf && other.Name() == tf.Name() {
					out[other] = &placement{starts: pl.starts, now: now}
				}
			}
		}
	}
	return out
}

// Now returns the place at which what was declared at pos stands in the files
// of the pass. Positions of syntax are there already; those of package-level
// objects may be of an earlier version of their file.
func (p *Package) Now(pos token.Pos) token.Pos {
	if len(p.placements) == 0 || !pos.IsValid() {
		return pos
	}
	pl := p.placements[p.Pass.Fset.File(pos)]
	if pl == nil || pl.now == nil {
		return pos
	}
	i := sort.Search(len(pl.starts), func(i int) bool { return pl.starts[i] > pos }) - 1
	if i < 0 || i >= len(pl.now.starts) {
		return pos
	}
	return pl.now.starts[i] + pos - pl.starts[i]
}

// Declared is where the declaration of an object is now, see [Package.Now].
func (p *Package) Declared(obj types.Object) token.Pos { return p.Now(obj.Pos()) }

// Position is where a place is now, see [Package.Now].
func (p *Package) Position(pos token.Pos) token.Position {
	return p.Pass.Fset.PositionFor(p.Now(pos), false)
}
