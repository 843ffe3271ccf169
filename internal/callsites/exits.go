package callsites

import (
	"go/ast"
	"slices"
)

// atExit reports whether a function is called once, by main or by what a
// command line runs, through functions of which that holds as well: what it
// leaves behind ends with the process.
func (q *query) atExit(f *file, decl *ast.FuncDecl) bool {
	if known, ok := q.once[decl]; ok {
		return known
	}
	q.once[decl] = false // a function that comes back to itself runs more than once
	q.once[decl] = !q.spent() && q.runsOnce(f, decl)
	return q.once[decl]
}

func (q *query) runsOnce(f *file, decl *ast.FuncDecl) bool {
	if decl.Recv == nil && decl.Name.Name == "main" && f.syntax.Name.Name == "main" {
		return true
	}
	command := f.ofCommand(decl.Type)
	if !command && ast.IsExported(decl.Name.Name) && q.x.open(f.source) {
		return false
	}
	u, ok := q.usesOf(f, decl)
	if !ok || !command && (len(u.calls)+len(u.values) == 0 || slices.ContainsFunc(u.values, func(m *mention) bool { return !m.command })) {
		return false
	}
	return !slices.ContainsFunc(u.calls, func(s *site) bool { return !q.onceInCommand(s) })
}

// onceInCommand reports whether a call is made once, as atExit wants it.
func (q *query) onceInCommand(s *site) bool {
	switch {
	case s.again || s.decl != nil && jumps(s.decl):
		return false
	case len(s.lits) > 0:
		return s.file.ofCommand(s.lits[len(s.lits)-1].Type)
	}
	return s.decl != nil && q.atExit(s.file, s.decl)
}
