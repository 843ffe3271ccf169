package flow

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/go/ssa"
)

// RootPath says where a function that takes no context begins one of its own
// and blocks under it, or blocks without any though the callee has a form
// that takes one.
type RootPath struct {
	Callee   string   // what blocks: "Get"
	Position Position // where it is called
	Path     []string // the calls down to it, the summarised function left out
	Certain  bool     // what blocks would certainly end with another context, and blocks for this caller alone
	pos      token.Pos
}

// Pos is the place of the call that blocks if it is of this package.
func (r RootPath) Pos() token.Pos { return r.pos }

const (
	mostRootPaths    = 2
	deepestRootPaths = 2
)

// summariseRoots adds the root paths to the summaries, callees before callers.
func (p *Package) summariseRoots(components [][]*Func) {
	for _, component := range components {
		if p.Interrupted() {
			return
		}
		for _, f := range component {
			if f.Obj == nil || f.isTest || givenContext(f.SSA.Signature) || takesPart(f.Obj) {
				continue
			}
			p.guarded(f, func() {
				roots := p.rootPaths(f)
				if len(roots) == 0 {
					return
				}
				key := p.key(f.Obj)
				if p.summaries[key] == nil {
					p.summaries[key] = new(Summary)
				}
				p.summaries[key].Roots = roots
			})
		}
	}
}

// givenContext reports whether a function has a context, or a request, of its
// caller's, or returns one.
func givenContext(sig *types.Signature) bool {
	for _, tuple := range []*types.Tuple{sig.Params(), sig.Results()} {
		for v := range tuple.Variables() {
			if HasContextMethods(v.Type()) || isRequest(v.Type()) {
				return true
			}
		}
	}
	return false
}

// takesPart reports whether a function by its name belongs to the life of
// something: it starts, makes or ends it.
func takesPart(fn *types.Func) bool { return EndsByName(fn.Name()) || StartsByName(fn.Name()) }

func (p *Package) rootPaths(f *Func) []RootPath {
	var out []RootPath
	add := func(r RootPath) {
		if len(out) < mostRootPaths {
			out = append(out, r)
		}
	}
	for _, root := range p.RootsIn(f) {
		if call := p.blocksUnder(f, root); call != nil {
			r := p.rootPath(call)
			r.Certain = p.rootNeed(call.Common()) == NeedAlive && !p.forAll(f, call) && !ReadsCache(Callee(call.Common())) && !brief(root, call)
			add(r)
		}
	}
	for _, block := range f.SSA.Blocks {
		for _, instr := range block.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok || !call.Pos().IsValid() || len(out) == mostRootPaths {
				continue
			}
			if p.contextless(call) && !p.explained(f, call.Pos()) {
				r := p.rootPath(call)
				r.Certain = !p.forAll(f, call)
				add(r)
				continue
			}
			for _, fn := range p.certain(call) {
				s := p.SummaryOf(fn)
				if s == nil || len(s.Roots) == 0 || fn.Pkg() == nil || !p.SameModule(fn.Pkg().Path()) || len(s.Roots[0].Path) >= deepestRootPaths || p.MayFollowDone(call) {
					continue
				}
				_, whole := p.CertainRoots(call)
				inner := s.Roots[0]
				inner.Certain = whole.Certain && !p.forAll(f, call)
				inner.Path = append([]string{fn.Name()}, inner.Path...)
				add(inner)
				break
			}
		}
	}
	return out
}

// brief reports whether a call under a root takes a few seconds at most: whoever
// made it so short has thought of those who wait.
func brief(root Root, call *ssa.Call) bool {
	const most = 10 * time.Second
	return !InLoop(call) && slices.ContainsFunc(root.Uses, func(u RootUse) bool {
		return u.Instr == call && slices.ContainsFunc(u.Derived, func(d *ssa.Call) bool {
			if !InContext(Callee(d.Common()), "WithTimeout", "WithTimeoutCause") {
				return false
			}
			limit, ok := d.Call.Args[1].(*ssa.Const)
			return ok && limit.Value != nil && time.Duration(limit.Int64()) <= most
		})
	})
}

// forAll reports whether a call in f gets for all callers what one of them asks
// for first.
func (p *Package) forAll(f *Func, call *ssa.Call) bool {
	return p.FillsMemo(Enclosing(f.File, p.Now(call.Pos())))
}

// SameModule reports whether a package stands in the module of this one, so
// that whoever reads a finding can change its functions: what a library does
// inside is its own affair. Where the driver doesn't name the module the paths
// tell.
func (p *Package) SameModule(path string) bool {
	own := p.Pass.Pkg.Path()
	if path == own {
		return true
	}
	if m := p.Pass.Module; m != nil && m.Path != "" {
		return path == m.Path || strings.HasPrefix(path, m.Path+"/")
	}
	return moduleByPath(path) != "" && moduleByPath(path) == moduleByPath(own)
}

// moduleByPath is the path of the module that an import path by its form belongs
// to; none where its first element isn't a host.
func moduleByPath(path string) string {
	host, _, _ := strings.Cut(path, "/")
	parts := 2
	switch host {
	case "github.com", "gitlab.com", "bitbucket.org", "golang.org":
		parts = 3
	}
	if !strings.Contains(host, ".") {
		return ""
	}
	return front(path, parts)
}

// front are the first n elements of an import path.
func front(path string, n int) string {
	parts := strings.SplitN(path, "/", n+1)
	return strings.Join(parts[:min(n, len(parts))], "/")
}

// certain returns the functions that a call can reach, if nobody out of view
// can add to them.
func (p *Package) certain(call *ssa.Call) []*types.Func {
	if fn := Callee(call.Common()); fn != nil && !call.Call.IsInvoke() {
		return []*types.Func{fn}
	}
	_, objs, complete := p.Callees(call.Common())
	if !complete {
		return nil
	}
	return objs
}

// CertainRoots returns the root path of what a call reaches, and the function
// that has it. It isn't certain where the call can reach several functions: a
// parameter that holds one may be bound by the caller, and not to this one.
func (p *Package) CertainRoots(call *ssa.Call) (*types.Func, *RootPath) {
	var found *types.Func
	var root RootPath
	reached := p.certain(call)
	for _, fn := range reached {
		if s := p.SummaryOf(fn); s != nil && len(s.Roots) > 0 && found == nil {
			found, root = fn, s.Roots[0]
		}
	}
	if found == nil {
		return nil, nil
	}
	root.Certain = root.Certain && len(reached) == 1
	return found, &root
}

// blocksUnder returns the call that blocks under a root which doesn't outlive
// its function, nil if there is none.
func (p *Package) blocksUnder(f *Func, root Root) *ssa.Call {
	if p.explained(f, root.Call.Pos()) {
		return nil
	}
	var found *ssa.Call
	for _, u := range root.Uses {
		switch u.Kind {
		case RootStored, RootReturned, RootSent, RootMerged, RootLaunched, RootDeferred:
			return nil
		case RootPassed:
			for _, d := range u.Derived {
				if p.CancelFate(d) == CancelHandedOn {
					return nil
				}
			}
			call, ok := u.Instr.(*ssa.Call)
			if !ok || found != nil || call.Parent() != f.SSA {
				continue
			}
			fn := Callee(call.Common())
			if fn == nil || onlyTells(fn) || takesPart(fn) || strings.HasPrefix(fn.Name(), "Listen") || p.PassedFate(call) == KeptElsewhere {
				continue
			}
			if need := p.rootNeed(call.Common()); (makesWork[fn.FullName()] || p.CallMayBlock(call.Common())) && need.Hears() {
				found = call
			}
		}
	}
	return found
}

// makesWork are functions that don't block, and give their context to something
// that does.
var makesWork = map[string]bool{"os/exec.CommandContext": true, "net/http.NewRequestWithContext": true}

// rootNeed is what a call needs of the root that it gets. Where it only reads
// values another context would change nothing.
func (p *Package) rootNeed(call *ssa.CallCommon) ContextNeed {
	need, given := NeedNothing, false
	for i, arg := range call.Args {
		if IsContext(arg.Type()) && p.Origin(arg).Root {
			need, given = need.stronger(p.NeedOf(call, i)), true
		}
	}
	if !given {
		return NeedUnknown // in a struct of options
	}
	return need
}

func (p *Package) rootPath(call *ssa.Call) RootPath {
	posn := p.Position(call.Pos())
	file := posn.Filename[strings.LastIndexAny(posn.Filename, `/\`)+1:]
	return RootPath{Callee: shortName(Callee(call.Common())), Position: Position{file, posn.Line, posn.Column}, pos: call.Pos()}
}

// shortName is how messages call a function: with its type, or its package.
func shortName(fn *types.Func) string {
	if fn == nil {
		return "a function value"
	}
	if recv := fn.Signature().Recv(); recv != nil {
		t := recv.Type()
		if ptr, ok := types.Unalias(t).(*types.Pointer); ok {
			t = ptr.Elem()
		}
		if named, ok := types.Unalias(t).(*types.Named); ok {
			return named.Obj().Name() + "." + fn.Name()
		}
		return fn.Name()
	}
	if fn.Pkg() == nil {
		return fn.Name()
	}
	return fn.Pkg().Name() + "." + fn.Name()
}

func calleeName(call *ssa.Call) string {
	if fn := Callee(call.Common()); fn != nil {
		return fn.FullName()
	}
	return "a function value"
}

// contextless are functions of the standard library that wait for the network
// under a root of their own.
var contextless = map[string]bool{
	"net/http.Get": true, "net/http.Head": true, "net/http.Post": true, "net/http.PostForm": true,
	"(*net/http.Client).Get": true, "(*net/http.Client).Head": true, "(*net/http.Client).Post": true, "(*net/http.Client).PostForm": true,
	"(*database/sql.DB).Query": true, "(*database/sql.DB).Exec": true, "(*database/sql.DB).Begin": true, "(*database/sql.DB).QueryRow": true,
}

// explained reports whether a comment on the line of pos, or above it, or the
// name of the variable that the root goes to, says that it is meant.
func (p *Package) explained(f *Func, pos token.Pos) bool {
	line := p.Position(pos).Line
	if OwnLifeByName(ContextVariable(p.Pass.TypesInfo, Enclosing(f.File, p.Now(pos)))) || f.Decl != nil && f.Decl.Doc != nil && detached.MatchString(f.Decl.Doc.Text()) {
		return true
	}
	return slices.ContainsFunc(f.File.Comments, func(g *ast.CommentGroup) bool {
		last := p.Position(g.End()).Line
		if last != line && last != line-1 {
			return false
		}
		var b strings.Builder
		for _, c := range g.List {
			b.WriteString(c.Text)
		}
		return SaysWhy(b.String())
	})
}

func equalRoots(a, b RootPath) bool {
	return a.Callee == b.Callee && a.Position == b.Position && a.Certain == b.Certain && slices.Equal(a.Path, b.Path)
}
