package callsites

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"path"
	"runtime/debug"
	"slices"
	"strings"
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
	Beside   bool   // ContextEnds: in a goroutine, which may outlive the call
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
	refuted := x.query(ctx, p).answer(p)
	if ctx.Err() != nil {
		return false
	}
	x.answers[p] = refuted
	return refuted
}

func (x *Index) query(ctx context.Context, p Premise) *query {
	return &query{
		x: x, ctx: ctx.Err, sync: !p.Beside,
		busy: make(map[lookup]bool), looked: make(map[*source]bool), once: make(map[*ast.FuncDecl]bool), last: make(map[*ast.FuncDecl]bool), locals: make(map[*ast.FuncDecl]map[string]int),
	}
}

// answer is refutes, unless the question is too large, or fails on code that is
// being written: then nothing is refuted.
func (q *query) answer(p Premise) (refuted bool) {
	defer func() {
		if cause := recover(); cause != nil {
			slog.Error("the module's calls could not be asked", "about", p, "cause", cause, "stack", string(debug.Stack()))
			refuted = false
		}
	}()
	return q.refutes(p) && q.steps < mostSteps
}

// mostSteps bounds the expressions that one question looks at.
const mostSteps = 20_000

// spent counts a step, and reports whether there have been too many: what is
// asked then isn't decided.
func (q *query) spent() bool {
	q.steps++
	if q.steps%256 == 0 && q.ctx() != nil {
		q.steps = mostSteps
	}
	return q.steps >= mostSteps
}

// query is the work on one premise.
type query struct {
	x      *Index
	ctx    func() error
	tests  bool // what tests do counts
	looked map[*source]bool
	busy   map[lookup]bool // was asked, or is being asked
	rooted bool            // a root was found
	sync   bool            // what the caller cancels as it leaves is cancelled too late to count
	steps  int

	once   map[*ast.FuncDecl]bool           // see atExit
	last   map[*ast.FuncDecl]bool           // see endsWith
	locals map[*ast.FuncDecl]map[string]int // how often a name is declared in a function
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
		if (q.tests || !s.test) && !s.ignored && s.has(name) && (in == nil || in(s)) {
			found = append(found, s)
			q.looked[s] = true
		}
	}
	if len(q.looked) > mostFiles || q.ctx() != nil {
		return nil, false
	}
	slices.SortFunc(found, func(a, b *source) int { return strings.Compare(a.path, b.path) })
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

// uses are the calls of a function, or of whatever method has its name, and the
// places where it is used as a value.
type uses struct {
	calls  []*site
	values []*mention
}

// usesOf returns who uses a declared function, by its name or by that of a
// variable which holds it and nothing else. It fails if that can't be told.
func (q *query) usesOf(f *file, decl *ast.FuncDecl) (uses, bool) {
	u, ok := q.usesByName(f, decl)
	held := u.values
	u.values = nil
	for _, m := range held {
		if through, known := q.usesOfHolder(m, decl.Type); known {
			u.calls = append(u.calls, through...)
		} else {
			u.values = append(u.values, m)
		}
	}
	return u, ok
}

// usesOfHolder returns the calls of a package variable that holds a function,
// of the given form, from the start. It fails if it isn't only called.
func (q *query) usesOfHolder(m *mention, form *ast.FuncType) ([]*site, bool) {
	if m.variable == "" || ast.IsExported(m.variable) && q.x.open(m.file.source) || m.base != nil && m.file.isTypeLike(m.base) {
		return nil, false
	}
	key := lookup{dir: m.file.dir, name: "held by " + m.variable}
	if q.busy[key] || q.spent() {
		return nil, false // files for other systems can hold one another's variables
	}
	q.busy[key] = true
	defer delete(q.busy, key)
	u, ok := q.usesOf(m.file, &ast.FuncDecl{Name: ast.NewIdent(m.variable), Type: form})
	return u.calls, ok && len(u.values) == 0 && len(u.calls) > 0
}

func (q *query) usesByName(f *file, decl *ast.FuncDecl) (uses, bool) {
	name, method := decl.Name.Name, decl.Recv != nil
	here := func(s *source) bool { return s.dir == f.dir }
	in := here
	switch {
	case !ast.IsExported(name):
	case method:
		in = nil
	default:
		in = func(s *source) bool { return here(s) || s.hasAll(path.Base(f.pkg)) }
	}
	files, ok := q.filesWith(name, in)
	if !ok {
		return uses{}, false
	}
	n, variadic := arity(decl.Type)
	var u uses
	for _, g := range files {
		if slices.Contains(g.dots, f.pkg) {
			return uses{}, false // its names look like the file's own
		}
		ours := func(base ast.Expr, at scope) bool {
			if base == nil {
				return !method && g.dir == f.dir && g.syntax.Name.Name == f.syntax.Name.Name
			}
			imported, pkg := g.isPackage(base)
			if pkg && q.declares(at, base.(*ast.Ident).Name) {
				pkg = false
			}
			if method {
				return !pkg && !q.isOther(base, at, f.dir, receiver(decl))
			}
			return pkg && imported == f.pkg
		}
		for _, s := range g.calls[name] {
			args := len(s.call.Args)
			switch {
			case method && s.base != nil && args == n+1 && g.isTypeLike(s.base) && !variadic:
				return uses{}, false // a method expression
			case !method, args == n, variadic && args >= n-1:
				if ours(s.base, s.scope) {
					u.calls = append(u.calls, s)
				}
			case args == 1:
				if inner, ok := s.call.Args[0].(*ast.CallExpr); ok && ours(s.base, s.scope) && q.spreads(inner, s.scope) {
					return uses{}, false
				}
			}
		}
		for _, m := range g.mentions[name] {
			if method && m.command && !f.ofCommand(decl.Type) {
				continue // of another type: a command can't run it
			}
			if ours(m.base, m.scope) {
				u.values = append(u.values, m)
			}
		}
	}
	return u, true
}

// single are the names of methods and functions that return one value, unless the
// module has others of that name.
var single = []string{"Background", "TODO", "Context", "String", "Error"}

// spreads reports whether a call may return several values, which become the
// arguments of the one around it.
func (q *query) spreads(call *ast.CallExpr, at scope) bool {
	name, base := lastName(callee(call))
	decls, ok := q.declsOf(name, base, at)
	if ok && len(decls) == 0 && base != nil && slices.Contains(single, name) {
		return false
	}
	return !ok || len(decls) == 0 || slices.ContainsFunc(decls, func(d declared) bool { return d.decl.Type.Results.NumFields() > 1 })
}

// isTypeLike reports whether what a method is selected from may be a type.
func (f *file) isTypeLike(base ast.Expr) bool {
	switch base := ast.Unparen(base).(type) {
	case *ast.StarExpr:
		return true
	case *ast.Ident:
		return ast.IsExported(base.Name)
	case *ast.SelectorExpr:
		_, pkg := f.isPackage(base.X)
		return pkg && ast.IsExported(base.Sel.Name)
	}
	return false
}

// declares reports whether a function declares a name, as a parameter or within.
func (q *query) declares(at scope, name string) bool { return q.declarations(at)[name] > 0 }

// declarations are the names that a function declares, with how often it does.
func (q *query) declarations(at scope) map[string]int {
	if at.decl == nil {
		return nil
	}
	known, ok := q.locals[at.decl]
	if ok {
		return known
	}
	known = make(map[string]int)
	q.locals[at.decl] = known
	ast.Inspect(at.decl, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			for _, id := range n.Names {
				known[id.Name]++
			}
		case *ast.ValueSpec:
			for _, id := range n.Names {
				known[id.Name]++
			}
		case *ast.AssignStmt:
			for _, x := range n.Lhs {
				if id, ok := x.(*ast.Ident); ok && n.Tok == token.DEFINE {
					known[id.Name]++
				}
			}
		case *ast.RangeStmt:
			for _, x := range []ast.Expr{n.Key, n.Value} {
				if id, ok := x.(*ast.Ident); ok && n.Tok == token.DEFINE {
					known[id.Name]++
				}
			}
		}
		return true
	})
	return known
}

// arity is the number of parameters, and whether the last one is variadic.
func arity(t *ast.FuncType) (n int, variadic bool) {
	_, types := params(t)
	if len(types) > 0 {
		_, variadic = types[len(types)-1].(*ast.Ellipsis)
	}
	return len(types), variadic
}
