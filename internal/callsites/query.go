package callsites

import (
	"context"
	"go/ast"
	"go/parser"
	"path/filepath"
	"slices"
)

// Kind is what a premise claims.
type Kind uint8

const (
	// ContextEnds claims that a context may be done while the program goes on.
	ContextEnds Kind = iota + 1
	// GoesOn claims that the program may go on when a function has returned.
	GoesOn
	// Listens claims that an implementation of an interface's method, which isn't
	// a double for tests, makes something of its context.
	Listens
)

// Premise is what a finding rests on and its package can't show by itself.
type Premise struct {
	Kind     Kind
	File     string // absolute path of the function's file
	Function string // as in "(*Server).Handle", without what is said of literals in it
	Package  string // Listens: the import path of the interface's package
	Name     string // ContextEnds: the context, as the source has it; Listens: the method
	Param    int    // Listens: the index of the context among the parameters
	Params   string // Listens: the names of the parameters' types without their packages, joined by commas
}

// Refutes reports whether the module shows that a premise doesn't hold. What
// can't be decided isn't refuted; neither is anything once ctx is done.
func (x *Index) Refutes(ctx context.Context, p Premise) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.refresh(ctx) != nil {
		return false
	}
	if known, ok := x.answers[p]; ok {
		return known
	}
	q := &query{x: x, ctx: ctx.Err, busy: make(map[any]bool), looked: make(map[*source]bool)}
	refuted := q.refutes(p) && ctx.Err() == nil
	if ctx.Err() == nil {
		x.answers[p] = refuted
	}
	return refuted
}

// query is the work on one premise.
type query struct {
	x      *Index
	ctx    func() error
	tests  bool // what tests do counts
	looked map[*source]bool
	busy   map[any]bool
	rooted bool // a root was found
}

func (q *query) refutes(p Premise) bool {
	if p.Kind == Listens {
		return q.ignored(p)
	}
	s := q.x.sources[p.File]
	if s == nil {
		return false
	}
	f := q.x.parse(s)
	if f == nil {
		return false
	}
	q.tests = s.test
	decl := f.declOf(p.Function)
	if decl == nil {
		return false
	}
	if p.Kind == GoesOn {
		return q.atExit(f, decl)
	}
	x, err := parser.ParseExpr(p.Name)
	// Without a root nobody in view calls them: they call one another.
	return err == nil && !q.ends(x, scope{file: f, decl: decl}) && q.rooted
}

// declOf finds a function by its name in messages.
func (f *file) declOf(name string) *ast.FuncDecl {
	for _, decl := range f.decls {
		shown := decl.Name.Name
		if recv := receiver(decl); recv != "" {
			if _, pointer := decl.Recv.List[0].Type.(*ast.StarExpr); pointer {
				recv = "(*" + recv + ")"
			}
			shown = recv + "." + shown
		}
		if shown == name {
			return decl
		}
	}
	return nil
}

// mostFiles bounds the files that one question looks into.
const mostFiles = 300

// filesWith returns the files that may have a name in them and that in, if not
// nil, lets pass. It fails if there are too many.
func (q *query) filesWith(name string, in func(*source) bool) ([]*file, bool) {
	var found []*source
	for _, s := range q.x.sources {
		if (q.tests || !s.test) && s.has(name) && (in == nil || in(s)) {
			found = append(found, s)
			q.looked[s] = true
		}
	}
	if len(q.looked) > mostFiles || q.ctx() != nil {
		return nil, false
	}
	slices.SortFunc(found, func(a, b *source) int { return compare(a.path, b.path) })
	var files []*file
	for _, s := range found {
		f := q.x.parse(s)
		if f == nil {
			return nil, false // it may say anything
		}
		files = append(files, f)
	}
	return files, true
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// uses are the calls of a function, or of whatever method has its name, and the
// places where it is used as a value.
type uses struct {
	calls  []*site
	values []*mention
}

// usesOf returns who uses a declared function. It fails if that can't be told.
func (q *query) usesOf(f *file, decl *ast.FuncDecl) (uses, bool) {
	name, method := decl.Name.Name, decl.Recv != nil
	here := func(s *source) bool { return s.dir == f.dir }
	in := here
	switch {
	case !ast.IsExported(name):
	case method:
		in = nil
	default:
		base := filepath.Base(filepath.FromSlash(f.pkg))
		in = func(s *source) bool { return here(s) || s.has(base) }
	}
	files, ok := q.filesWith(name, in)
	if !ok {
		return uses{}, false
	}
	n, variadic := arity(decl.Type)
	var u uses
	for _, g := range files {
		ours := func(base ast.Expr) bool {
			if base == nil {
				return !method && g.dir == f.dir && g.syntax.Name.Name == f.syntax.Name.Name
			}
			imported, pkg := g.isPackage(base)
			if method {
				return !pkg
			}
			return pkg && imported == f.pkg
		}
		for _, s := range g.calls[name] {
			fits := len(s.call.Args) == n || variadic && len(s.call.Args) >= n-1 || !method
			if fits && ours(s.base) && !(method && q.isOther(s.base, s.scope, f.dir, receiver(decl))) {
				u.calls = append(u.calls, s)
			}
		}
		for _, m := range g.mentions[name] {
			if ours(m.base) && !(method && q.isOther(m.base, m.scope, f.dir, receiver(decl))) {
				u.values = append(u.values, m)
			}
		}
	}
	return u, true
}

// arity is the number of parameters, and whether the last one is variadic.
func arity(t *ast.FuncType) (n int, variadic bool) {
	_, types := params(t)
	if len(types) > 0 {
		_, variadic = types[len(types)-1].(*ast.Ellipsis)
	}
	return len(types), variadic
}
