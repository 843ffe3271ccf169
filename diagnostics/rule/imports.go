package rule

import (
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/analysis"
)

// DropImport returns the edit that removes the import of a package which the
// file of pos mentions nowhere but between start and end; none where it is
// mentioned elsewhere.
func (p *Pass) DropImport(pos token.Pos, path string, start, end token.Pos) []analysis.TextEdit {
	file := p.fileAt(pos)
	if file == nil {
		return nil
	}
	for _, d := range file.Decls {
		decl, ok := d.(*ast.GenDecl)
		if !ok || decl.Tok != token.IMPORT {
			continue
		}
		for _, s := range decl.Specs {
			spec := s.(*ast.ImportSpec)
			name := p.TypesInfo.PkgNameOf(spec)
			if importPath(spec) != path || name == nil || name.Name() == "." || name.Name() == "_" {
				continue
			}
			for id, obj := range p.TypesInfo.Uses {
				if obj == name && (id.Pos() < start || end <= id.Pos()) {
					return nil
				}
			}
			return p.deleteSpec(decl, spec)
		}
	}
	return nil
}

// deleteSpec removes an import with its line, or the declaration when nothing
// is left of it.
func (p *Pass) deleteSpec(decl *ast.GenDecl, spec *ast.ImportSpec) []analysis.TextEdit {
	var n ast.Node = spec
	if len(decl.Specs) == 1 {
		n = decl
	}
	tf, text, offset, ok := p.textAt(n.Pos())
	if !ok {
		return nil
	}
	start, end := lineStart(text, offset), lineEnd(text, tf.Offset(n.End()))
	return []analysis.TextEdit{p.Replace(tf.Pos(start), tf.Pos(min(end+1, len(text))), "")}
}
