package callsites

import (
	"go/ast"
	"go/token"
	"regexp"
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
	if isMain(f, decl) {
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

func isMain(f *file, decl *ast.FuncDecl) bool {
	return decl.Recv == nil && decl.Name.Name == "main" && f.syntax.Name.Name == "main"
}

// endsWith reports whether the program ends when a function has returned: it is
// main, or runs once and last in main or in what a command line runs.
func (q *query) endsWith(f *file, decl *ast.FuncDecl) bool {
	if known, ok := q.last[decl]; ok {
		return known
	}
	q.last[decl] = false
	q.last[decl] = !q.spent() && (isMain(f, decl) || q.atExit(f, decl) && q.calledLast(f, decl))
	return q.last[decl]
}

func (q *query) calledLast(f *file, decl *ast.FuncDecl) bool {
	u, ok := q.usesOf(f, decl)
	return ok && !slices.ContainsFunc(u.calls, func(s *site) bool {
		return !isLast(s) || len(s.lits) == 0 && !q.endsWith(s.file, s.decl)
	})
}

// isLast reports whether nothing is deferred around a call, and what stands behind
// it, by the names of what it calls, only tells of an error and leaves.
func isLast(s *site) bool {
	body := s.decl.Body
	if len(s.lits) > 0 {
		body = s.lits[len(s.lits)-1].Body
	}
	more := false
	ast.Inspect(body, func(n ast.Node) bool {
		if _, deferred := n.(*ast.DeferStmt); deferred {
			more = true
		}
		if more || n == nil || n.Pos() < s.call.End() {
			return !more
		}
		switch n := n.(type) {
		case *ast.ForStmt, *ast.RangeStmt, *ast.GoStmt, *ast.SelectStmt, *ast.SendStmt:
			more = true
		case *ast.UnaryExpr:
			more = n.Op == token.ARROW
		case *ast.CallExpr:
			name, _ := lastName(callee(n))
			more = !telling.MatchString(name)
		}
		return !more
	})
	return !more
}

// telling matches the names of functions that tell of an error, or leave.
var telling = regexp.MustCompile(`(?i)^(exit|s?f?print|log|fatal|err|info|warn|debug|panic$|is|as$|wrap|unwrap|string$)`)

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
