package outlivedctx

import (
	"go/ast"
	"iter"
	"strings"
	"unicode"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

// work is a call of a goroutine that a cancelled context cuts off.
type work struct {
	ctx   *flow.Context // as the goroutine has it
	instr ssa.Instruction
	arg   int // where the launch itself hands the context over; else -1
}

// work returns the first thing that the goroutine does under c, nil if there
// is nothing, or the goroutine is meant to end with c.
func (g *goroutine) work(c *flow.Context) *work {
	site, p := g.launch.Site, g.pass.Flow
	common := site.Common()
	_, isGo := site.(*ssa.Go)
	var found *work
	if isGo {
		for i, arg := range common.Args {
			if !isContext(arg.Type()) || !under(p.ContextsOf(arg), c) {
				continue
			}
			if w, ok := g.argument(i); !ok {
				return nil
			} else if found == nil {
				found = w
			}
		}
	}
	if g.launch.Body == nil {
		return found
	}
	captured, ok := g.captured(c)
	if !ok {
		return nil
	}
	if found == nil {
		found = captured
	}
	return found
}

func under(contexts []*flow.Context, c *flow.Context) bool {
	for _, d := range contexts {
		if !d.Under(c) {
			return false
		}
	}
	return len(contexts) > 0
}

// argument decides on a context that the go statement passes to the function
// that it starts; not ok if the goroutine is meant to end with it.
func (g *goroutine) argument(i int) (*work, bool) {
	site, p := g.launch.Site, g.pass.Flow
	common := site.Common()
	if g.launch.Body == nil {
		fn := flow.Callee(common)
		if fn == nil || accompanies(fn.Name()) {
			return nil, false
		}
		if p.NeedOf(common, i).ServedDead() {
			return nil, true
		}
		return &work{p.ContextOf(common.Args[i]), site, i}, true
	}
	body := g.launch.Body
	if i >= len(body.Params) {
		return nil, false
	}
	if body.Object() != nil && accompanies(body.Name()) {
		return nil, false
	}
	s := &scan{p: p, pass: g.pass}
	first, ok := s.param(body.Params[i], 0)
	if !ok || first == nil {
		return nil, ok
	}
	w := &work{p.ContextOf(common.Args[i]), first, i}
	if body.Object() != nil { // the fixed place is the go; what it starts is the work
		w.instr = site
	}
	return w, true
}

// captured decides on the contexts that a literal captures.
func (g *goroutine) captured(c *flow.Context) (*work, bool) {
	p := g.pass.Flow
	s := &scan{p: p, pass: g.pass}
	var found *work
	for _, d := range p.ContextsIn(g.pass.Func) {
		if !d.Under(c) {
			continue
		}
		first, ok := s.uses(p.ContextUses(d), g.launch.Body, 0)
		if !ok {
			return nil, false
		}
		if first != nil && (found == nil || first.Pos() < found.instr.Pos()) {
			found = &work{d, first, -1}
		}
	}
	return found, true
}

// scan looks at what code does with a context.
type scan struct {
	p    *flow.Package
	pass *rule.Pass
	busy map[*ssa.Parameter]bool
}

const deepest = 3 // calls down to a look at the context

// param returns the first work that a function does under its parameter; not
// ok if it listens to it.
func (s *scan) param(param *ssa.Parameter, depth int) (ssa.Instruction, bool) {
	if s.busy[param] || depth > deepest {
		return nil, true
	}
	if s.busy == nil {
		s.busy = make(map[*ssa.Parameter]bool)
	}
	s.busy[param] = true
	c := s.p.ContextOf(param)
	var found ssa.Instruction
	for _, d := range s.p.ContextsIn(s.p.Of(param.Parent())) {
		if c == nil || !d.Under(c) {
			continue
		}
		first, ok := s.uses(s.p.ContextUses(d), nil, depth)
		if !ok {
			return nil, false
		}
		if found == nil || first != nil && first.Pos() < found.Pos() {
			found = first
		}
	}
	return found, true
}

// uses returns the first use within a body, and the literals in it, that is
// work; not ok if one of them listens. A nil body stands for all.
func (s *scan) uses(uses []flow.ContextUse, body *ssa.Function, depth int) (ssa.Instruction, bool) {
	var found ssa.Instruction
	for _, use := range uses {
		if body != nil && !within(use.Instr.Parent(), body) {
			continue
		}
		switch use.Kind {
		case flow.UseDone, flow.UseErr:
			return nil, false
		case flow.UseStored, flow.UseSent, flow.UseReturned:
			return nil, false // somebody else has it as well, and may listen
		case flow.UsePassed:
			works, ok := s.passed(use, depth)
			if !ok {
				return nil, false
			}
			if works && (found == nil || use.Instr.Pos() < found.Pos()) {
				found = use.Instr
			}
		}
	}
	return found, true
}

// passed decides on a call that gets the context.
func (s *scan) passed(use flow.ContextUse, depth int) (works, ok bool) {
	site := use.Instr.(ssa.CallInstruction)
	if _, isGo := site.(*ssa.Go); isGo {
		return false, true // a goroutine of its own
	}
	common := site.Common()
	fn := flow.Callee(common)
	if fn != nil && accompanies(fn.Name()) || s.endless(site) {
		return false, false
	}
	if use.Arg < 0 {
		return false, true // a method of the context
	}
	if s.p.NeedOf(common, use.Arg).ServedDead() || flow.GivesLogger(common) || onlyRemade(site) {
		return false, true
	}
	if callee := common.StaticCallee(); callee != nil {
		if callee.Origin() != nil {
			callee = callee.Origin()
		}
		if s.p.Of(callee) != nil && use.Arg < len(callee.Params) {
			if _, ok := s.param(callee.Params[use.Arg], depth+1); !ok {
				return false, false
			}
		}
	}
	return true, true
}

// endless reports whether a call stands in a loop without a condition: its
// goroutine goes on until the context ends it.
func (s *scan) endless(site ssa.CallInstruction) bool {
	fn := site.Parent()
	path := s.pass.Enclosing(site.Pos())
	if f := s.p.Of(fn); f != nil && f.File != s.pass.Func.File {
		return false
	}
	for _, n := range path {
		switch n := n.(type) {
		case *ast.ForStmt:
			if n.Cond == nil || n.Init == nil && n.Post == nil {
				return true
			}
		case *ast.FuncLit, *ast.FuncDecl:
			return false
		}
	}
	return false
}

func within(fn, body *ssa.Function) bool {
	for ; fn != nil; fn = fn.Parent() {
		if fn == body {
			return true
		}
	}
	return false
}

// accompanies reports whether a function of that name runs as long as its
// context: ending it is what the context is for.
func accompanies(name string) bool {
	for word := range words(name) {
		if accompanying[word] {
			return true
		}
	}
	return false
}

var accompanying = map[string]bool{
	"run": true, "running": true, "serve": true, "watch": true, "watcher": true, "loop": true, "listen": true, "start": true,
	"monitor": true, "poll": true, "poller": true, "subscribe": true, "consume": true, "consumer": true, "worker": true, "workers": true,
	"keepalive": true, "alive": true, "heartbeat": true, "follow": true, "tail": true, "wait": true, "forward": true, "pump": true, "proxy": true,
	"stream": true, "accept": true, "schedule": true, "periodic": true, "periodically": true, "supervise": true, "hedge": true, "race": true,
	"maintain": true, "manage": true, "prefetch": true, "probe": true, "tick": true, "ticker": true, "refresh": true, "background": true,
	"forever": true, "routine": true, "daemon": true, "loops": true, "reader": true, "writer": true, "receiver": true, "sender": true,
}

// words yields the words of a name in camel case, in small letters.
func words(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		start := 0
		for i, r := range name {
			if i > start && (unicode.IsUpper(r) && !unicode.IsUpper(rune(name[i-1])) || r == '_') {
				if !yield(strings.ToLower(strings.Trim(name[start:i], "_"))) {
					return
				}
				start = i
			}
		}
		yield(strings.ToLower(strings.Trim(name[start:], "_")))
	}
}

// exprOf is the source of the context at a use: an argument of the call.
func (g *goroutine) exprOf(c *flow.Context, instr ssa.Instruction) string {
	call := callAt(g.pass, instr.(ssa.CallInstruction).Common().Pos())
	if call == nil {
		return ""
	}
	for _, arg := range call.Args {
		if t := g.pass.TypesInfo.TypeOf(arg); t != nil && isContext(t) {
			return g.pass.Source(arg)
		}
	}
	return ""
}
