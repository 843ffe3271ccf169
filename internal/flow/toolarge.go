package flow

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// Functions above these sizes, which only generators write, are left out: what
// looks at pairs of their places would take minutes. All count the literals in
// them as well. At the limits a function costs about a second.
const (
	mostBasicBlocks  = 3_000
	mostInstructions = 60_000
	mostPlaces       = 1_000 // that the rules look at: contexts, launches, operations on channels
)

// mostStatements bounds what is turned into SSA at all: that, too, takes a
// time that grows with the square of some shapes.
const mostStatements = 10_000

// buildable returns the files without the bodies of functions that are too
// large for SSA.
func (p *Package) buildable() []*ast.File {
	files := p.Pass.Files
	for i, file := range files {
		var decls []ast.Decl
		for j, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Body == nil || fn.End()-fn.Pos() < 2*mostStatements {
				continue
			}
			n := statements(fn)
			if n <= mostStatements {
				continue
			}
			if decls == nil {
				decls = slices.Clone(file.Decls)
			}
			bare := *fn
			bare.Body = nil
			decls[j] = &bare
			p.Lost = append(p.Lost, fmt.Sprintf("flow: %s.%s: it is too large to be analysed: %d statements", p.Pass.Pkg.Path(), fn.Name.Name, n))
		}
		if decls != nil {
			clone := *file
			clone.Decls = decls
			if &files[0] == &p.Pass.Files[0] {
				files = slices.Clone(files)
			}
			files[i] = &clone
		}
	}
	return files
}

func statements(fn *ast.FuncDecl) int {
	n := 0
	ast.Inspect(fn, func(node ast.Node) bool {
		if _, ok := node.(ast.Stmt); ok {
			n++
		}
		return true
	})
	return n
}

// measure notes whether f is too large to be looked at. Nobody needs to know
// of one without any of the places.
func (p *Package) measure(f *Func) {
	blocks, instructions, places := 0, 0, 0
	for _, body := range f.Bodies {
		blocks += len(body.Blocks)
		for _, b := range body.Blocks {
			instructions += len(b.Instrs)
			for _, instr := range b.Instrs {
				if isPlace(instr) {
					places++
				}
			}
		}
	}
	f.tooLarge = blocks > mostBasicBlocks || instructions > mostInstructions || places > mostPlaces
	if f.tooLarge && (places > 0 || takesContext(f)) {
		p.Lost = append(p.Lost, fmt.Sprintf("flow: %s.%s: it is too large to be analysed: %d blocks, %d instructions, %d places to look at",
			p.Pass.Pkg.Path(), f.Name(), blocks, instructions, places))
	}
}

// TooLarge reports whether f is left out because of its size.
func (f *Func) TooLarge() bool { return f.tooLarge }

// isPlace reports whether an instruction is among those of which the rules
// compare each with each.
func isPlace(instr ssa.Instruction) bool {
	switch instr := instr.(type) {
	case *ssa.Go, *ssa.Defer, *ssa.Select, *ssa.Send, *ssa.MakeChan:
		return true
	case *ssa.UnOp:
		return instr.Op == token.ARROW
	case *ssa.Call:
		return makesContext(instr.Type())
	}
	return false
}

func makesContext(t types.Type) bool {
	tuple, ok := t.(*types.Tuple)
	if !ok {
		return IsContext(t) || IsCancelFunc(t)
	}
	for v := range tuple.Variables() {
		if makesContext(v.Type()) {
			return true
		}
	}
	return false
}

func takesContext(f *Func) bool {
	return slices.ContainsFunc(f.SSA.Params, func(v *ssa.Parameter) bool { return IsContext(v.Type()) })
}
