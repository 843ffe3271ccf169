package callsites

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
)

// ends reports whether the context that an expression names may be done while
// the program goes on. Only what can't be is told apart: roots, what derives
// from them by values alone, and what is handed on of them.
func (q *query) ends(x ast.Expr, at scope) bool {
	if q.spent() {
		return true
	}
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		if x.Name == "nil" {
			return q.root()
		}
		return q.nameEnds(x.Name, at)
	case *ast.CallExpr:
		return q.callEnds(x, at)
	case *ast.SelectorExpr:
		if x.Sel.Name == "Context" && at.isCommandName(x.X) {
			return q.commandEnds()
		}
		if _, pkg := at.file.isPackage(x.X); pkg {
			return true
		}
		return q.fieldEnds(x, at)
	}
	return true
}

// root notes that a context without an end was found, and says that it has none.
func (q *query) root() bool {
	q.rooted = true
	return false
}

// endings are words in the names of functions whose result has an end of its own.
var endings = regexp.MustCompile(`(?i)cancel|timeout|deadline|signal|interrupt|notify|stop|shutdown|group|tomb|quit|exit|lifecycle|within|limit`)

// cancels are words in the names of variables that end a context.
var cancels = regexp.MustCompile(`(?i)cancel|stop|done|close|quit|group|^eg$|^g$|^wg$`)

// callEnds decides about the context that a call returns.
func (q *query) callEnds(call *ast.CallExpr, at scope) bool {
	fun := callee(call)
	if id, ok := fun.(*ast.SelectorExpr); ok {
		if pkg, ok := id.X.(*ast.Ident); ok && q.declares(at, pkg.Name) && at.file.imports[pkg.Name] != "" {
			return true // a variable named like a package
		}
	}
	for _, pkg := range []string{"context", "golang.org/x/net/context"} {
		if name, ok := at.file.isCalled(fun, pkg); ok {
			switch name {
			case "Background", "TODO", "WithoutCancel":
				return q.root()
			case "WithValue":
				return len(call.Args) == 0 || q.ends(call.Args[0], at)
			}
			return true
		}
	}
	name, base := lastName(fun)
	if name == "Context" && len(call.Args) == 0 && base != nil && at.isCommandName(base) {
		return q.commandEnds()
	}
	if name == "Context" && len(call.Args) == 0 && base != nil {
		if t, ok := q.typeOf(base, at, 0); !ok || t.dir == "" {
			return true // a request's, or a stream's
		}
	}
	return q.resultEnds(call, 0, at)
}

// resultEnds decides about a result of a call: of a function of the module what
// it returns, of another one, by its name, what it is given.
func (q *query) resultEnds(call *ast.CallExpr, index int, at scope) bool {
	name, base := lastName(callee(call))
	if decls, ok := q.declsOf(name, base, at); !ok || len(decls) > 0 {
		return !ok || slices.ContainsFunc(decls, func(d declared) bool { return q.returnedEnds(d, index) })
	}
	if name == "" || len(call.Args) == 0 || endings.MatchString(name) {
		return true
	}
	if base != nil {
		if imported, ok := at.file.isPackage(base); ok && endings.MatchString(imported) {
			return true // errgroup's WithContext
		}
	}
	rest := call.Args[1:]
	if n := len(rest); call.Ellipsis.IsValid() && n > 0 {
		if name, _ := lastName(rest[n-1]); !contextNames.MatchString(name) {
			rest = rest[:n-1] // a list of something else
		}
	}
	if !looksLikeContext(call.Args[0]) || slices.ContainsFunc(rest, looksLikeContext) {
		return true
	}
	return q.ends(call.Args[0], at)
}

// contextName matches what contexts are called.
var contextName = regexp.MustCompile(`(?i)ctx|context|^(c|parent|root|background|bg)$`)

// contextNames matches what lists of contexts are called.
var contextNames = regexp.MustCompile(`(?i)(ctx|context)e?s$`)

// looksLikeContext reports whether an expression by its form is a context.
func looksLikeContext(x ast.Expr) bool {
	switch x := ast.Unparen(x).(type) {
	case *ast.CallExpr:
		name, base := lastName(callee(x))
		id, ok := base.(*ast.Ident)
		return contextName.MatchString(name) || ok && id.Name == "context"
	case *ast.Ident, *ast.SelectorExpr:
		name, _ := lastName(x)
		return contextName.MatchString(name)
	}
	return false
}

// lookup is a name that is looked up.
type lookup struct {
	decl *ast.FuncDecl
	lit  *ast.FuncLit // the innermost around the place
	pos  token.Pos
	dir  string // without a function: of the package
	name string
	sync bool // see query
}

// nameEnds decides about a parameter or a variable.
func (q *query) nameEnds(name string, at scope) bool {
	if at.decl != nil {
		key := lookup{decl: at.decl, name: name, pos: at.pos, sync: q.sync}
		if len(at.lits) > 0 {
			key.lit = at.lits[len(at.lits)-1]
		}
		if q.busy[key] {
			return false
		}
		q.busy[key] = true
		known, ends := q.localEnds(name, at)
		if ends || known {
			return ends
		}
	}
	key := lookup{dir: at.file.dir, name: name, sync: q.sync}
	if q.busy[key] {
		return false
	}
	q.busy[key] = true
	return q.globalEnds(name, at.file)
}

// localEnds decides about a name of a function: whatever in it has that name
// counts.
func (q *query) localEnds(name string, at scope) (known, ends bool) {
	if i, typ := paramAt(at.decl.Type, name); i >= 0 {
		known = true
		if at.file.isGin(typ) {
			ends = q.ginEnds()
		} else {
			ends = at.file.isCommandType(typ) || q.paramEnds(at.file, at.decl, i)
		}
		if ends {
			return true, true
		}
	}
	if at.decl.Type.Results != nil {
		for _, field := range at.decl.Type.Results.List {
			known = known || slices.ContainsFunc(field.Names, func(id *ast.Ident) bool { return id.Name == name })
		}
	}
	if at.decl.Body == nil {
		return known, false
	}
	ast.PreorderStack(at.decl.Body, nil, func(n ast.Node, stack []ast.Node) bool {
		if ends {
			return false
		}
		switch n := n.(type) {
		case *ast.FuncLit:
			if i, _ := paramAt(n.Type, name); i >= 0 {
				known = true
				if at.known && !slices.Contains(at.lits, n) {
					return false // another one's
				}
				ends = q.literalEnds(n, i, stack, at.within(n, stack))
			}
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				if id, ok := left.(*ast.Ident); ok && id.Name == name && !(n.Tok == token.DEFINE && at.outside(stack)) && !at.before(n, stack) {
					known = true
					ends = ends || q.assignedEnds(n.Lhs, n.Rhs, i, at.within(n, stack))
				}
			}
		case *ast.ValueSpec:
			for i, id := range n.Names {
				if id.Name == name && !at.outside(stack) {
					known = true
					ends = ends || len(n.Values) > 0 && q.assignedEnds(exprs(n.Names), n.Values, i, at.within(n, stack))
				}
			}
		case *ast.RangeStmt:
			for _, x := range []ast.Expr{n.Key, n.Value} {
				if id, ok := x.(*ast.Ident); ok && id.Name == name {
					known, ends = true, true
				}
			}
		case *ast.UnaryExpr:
			if id, ok := n.X.(*ast.Ident); ok && n.Op == token.AND && id.Name == name {
				known, ends = true, true // anybody may store another one
			}
		}
		return !ends
	})
	return known, ends
}

// within is the scope of a node of the same function's body.
func (s scope) within(n ast.Node, stack []ast.Node) scope {
	inner := s.file.scopeAt(n, stack)
	inner.decl = s.decl
	return inner
}

// outside reports whether a place is not in the block in which a declaration
// stands, which the stack leads to: another variable is meant there.
func (s scope) outside(stack []ast.Node) bool {
	for _, n := range slices.Backward(stack) {
		switch n.(type) {
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause, *ast.IfStmt, *ast.ForStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt:
			return s.pos.IsValid() && (s.pos < n.Pos() || n.End() <= s.pos)
		}
	}
	return false
}

// before reports whether a place is passed before a statement, which the stack
// leads to, and not again after it.
func (s scope) before(n ast.Node, stack []ast.Node) bool {
	if !s.pos.IsValid() || n.Pos() <= s.pos || len(s.lits) > 0 || jumps(s.decl) {
		return false // literals may run again
	}
	return !slices.ContainsFunc(stack, func(around ast.Node) bool {
		switch around.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return around.Pos() <= s.pos
		case *ast.FuncLit:
			return true
		}
		return false
	})
}

// jumps reports whether a function has a goto.
func jumps(decl *ast.FuncDecl) bool {
	found := false
	ast.Inspect(decl, func(n ast.Node) bool {
		branch, ok := n.(*ast.BranchStmt)
		found = found || ok && branch.Tok == token.GOTO
		return !found
	})
	return found
}

func exprs(names []*ast.Ident) []ast.Expr {
	out := make([]ast.Expr, len(names))
	for i, id := range names {
		out[i] = id
	}
	return out
}

// assignedEnds decides about what the i-th of some variables is assigned.
func (q *query) assignedEnds(left, right []ast.Expr, i int, at scope) bool {
	if len(left) == len(right) {
		return q.ends(right[i], at)
	}
	call, ok := ast.Unparen(right[0]).(*ast.CallExpr)
	if !ok {
		return true
	}
	if name, ok := at.file.isCalled(callee(call), "context"); ok {
		if cancel, isName := left[len(left)-1].(*ast.Ident); isName && name == "WithCancel" && i == 0 && len(call.Args) == 1 && at.decl != nil && q.onlyAtEnd(at, cancel.Name) {
			return q.ends(call.Args[0], at)
		}
		return true
	}
	for j, x := range left {
		if id, ok := x.(*ast.Ident); j != i && (!ok || cancels.MatchString(id.Name)) {
			return true
		}
	}
	return q.resultEnds(call, i, at)
}

// onlyAtEnd reports whether a cancel function is deferred, and nothing more is
// made of it, by a function with whose return the program ends, or by one that
// starts no goroutine: what the function calls has returned when it is called.
func (q *query) onlyAtEnd(at scope, cancel string) bool {
	uses, deferred, others, starts, waits := 0, 0, 0, false, false
	ast.Inspect(at.decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if n.Name == cancel {
				uses++
			}
		case *ast.DeferStmt:
			if id, ok := n.Call.Fun.(*ast.Ident); ok && id.Name == cancel {
				deferred++
			} else {
				others++ // it may wait for who is told to stop
			}
		case *ast.GoStmt, *ast.FuncLit:
			starts = true
		case *ast.CallExpr:
			name, _ := lastName(callee(n))
			starts = starts || name == "Go"
			waits = waits || name == "Wait" // for goroutines, maybe once they are told to stop
		}
		return true
	})
	if deferred != 1 || uses != 2 {
		return false
	}
	return q.sync && !starts || len(at.lits) == 0 && (isMain(at.file, at.decl) || others == 0 && !waits && q.endsWith(at.file, at.decl))
}

// literalEnds decides about the context that a literal is called back with: who
// is given one hands it on, unless its name says that it ends it.
func (q *query) literalEnds(lit *ast.FuncLit, param int, stack []ast.Node, at scope) bool {
	if _, types := params(lit.Type); at.file.isGin(types[param]) {
		return q.ginEnds()
	}
	if at.file.ofCommand(lit.Type) {
		return q.commandEnds()
	}
	if len(stack) == 0 {
		return true
	}
	call, ok := stack[len(stack)-1].(*ast.CallExpr)
	if !ok || call.Fun == lit || len(call.Args) < 2 || call.Args[0] == lit {
		return true
	}
	name, base := lastName(callee(call))
	if decls, ok := q.declsOf(name, base, at); !ok || len(decls) > 0 || name == "" || endings.MatchString(name) || !looksLikeContext(call.Args[0]) {
		return true // one of the module's may give another one
	}
	return q.ends(call.Args[0], at)
}

// paramEnds decides about a parameter of a declared function: what its callers
// give it.
func (q *query) paramEnds(f *file, decl *ast.FuncDecl, index int) bool {
	if f.ofCommand(decl.Type) {
		return q.commandEnds()
	}
	if ast.IsExported(decl.Name.Name) && q.x.open(f.source) {
		return true
	}
	u, ok := q.usesOf(f, decl)
	if !ok || len(u.values) > 0 || len(u.calls) == 0 {
		return true
	}
	for _, s := range u.calls {
		last := len(s.call.Args) - 1
		if index > last || index == last && s.call.Ellipsis.IsValid() || q.argumentEnds(s, index) {
			return true
		}
	}
	return false
}

// argumentEnds decides about what a call gives. What is called in a goroutine may
// outlive whoever calls it.
func (q *query) argumentEnds(s *site, index int) bool {
	if s.apart {
		defer q.beside()()
	}
	return q.ends(s.call.Args[index], s.scope)
}

// beside has what follows, until it is undone, be about a context that a goroutine
// may have: what is stored outlives whoever stores it.
func (q *query) beside() (undo func()) {
	sync := q.sync
	q.sync = false
	return func() { q.sync = sync }
}
