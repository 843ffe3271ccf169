package flow

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// ContextNeed says what a call needs of a context that it is given.
type ContextNeed uint8

const (
	NeedUnknown  ContextNeed = iota
	NeedNothing              // it doesn't look at it
	NeedValues               // reads values
	NeedDeadline             // reads the deadline as well
	NeedWatch                // asks whether it is done, waits until it is: a dead context serves
	NeedAlive                // works until it is done: with a dead context it does nothing
)

// ServedDead reports whether a context that is done already serves as well.
func (n ContextNeed) ServedDead() bool {
	return n == NeedNothing || n == NeedValues || n == NeedDeadline || n == NeedWatch
}

// ContextNeed is what the function needs of the context in parameter param,
// receivers first.
func (s *Summary) ContextNeed(param int) ContextNeed {
	if s == nil || param >= len(s.Needs) {
		return NeedUnknown
	}
	return s.Needs[param]
}

// Hears reports whether something is done about the end of the context, as far
// as can be seen.
func (n ContextNeed) Hears() bool { return n != NeedNothing && n != NeedValues }

// stronger joins what two uses need.
func (n ContextNeed) stronger(m ContextNeed) ContextNeed {
	rank := [...]int{NeedNothing: 0, NeedValues: 1, NeedDeadline: 2, NeedWatch: 3, NeedUnknown: 4, NeedAlive: 5}
	if rank[m] > rank[n] {
		return m
	}
	return n
}

// NeedOf says what the call needs of the context in its argument arg (an
// index of Args).
func (p *Package) NeedOf(call *ssa.CallCommon, arg int) ContextNeed {
	t := p.tree()
	fn := t.callee(call)
	if fn != nil {
		if onlyTells(fn) || InContext(fn, "WithoutCancel", "WithValue") {
			return NeedValues
		}
		if InContext(fn, "Cause", "AfterFunc") {
			return NeedWatch // a dead one too: AfterFunc runs its function at once
		}
		if f := p.byObj[fn.Origin()]; f == nil {
			if call.IsInvoke() {
				return p.needOfAny(call, arg+1)
			}
			need := p.SummaryOf(fn).ContextNeed(arg)
			if need == NeedUnknown && fn.Pkg() != nil && worksUnder(fn.Pkg().Path()) {
				return NeedAlive // what keeps a context works under it later
			}
			return need
		}
	}
	if call.IsInvoke() {
		return p.needOfAny(call, arg+1)
	}
	body := p.bodyOf(call.Value)
	if body == nil {
		if mk, ok := t.one(call.Value).(*ssa.MakeClosure); ok {
			body, _ = mk.Fn.(*ssa.Function)
		}
	}
	if body == nil {
		return p.needOfHeld(call.Value, arg)
	}
	if arg >= len(body.Params) || p.bySSA[body] == nil {
		return NeedUnknown
	}
	return t.needOf(body.Params[arg])
}

// needOfAny says what the implementations of an interface's method need that
// are in view: alive if one does, unknown where there may be others.
func (p *Package) needOfAny(call *ssa.CallCommon, param int) ContextNeed {
	if fn := call.Method; fn.Pkg() != nil && worksUnder(fn.Pkg().Path()) {
		return NeedAlive
	}
	fns, objs, complete := p.Callees(call)
	need := NeedNothing
	for _, fn := range fns {
		if param < len(fn.Params) {
			need = need.stronger(p.tree().needOf(fn.Params[param]))
		}
	}
	for _, obj := range objs {
		if p.byObj[obj.Origin()] == nil {
			need = need.stronger(p.SummaryOf(obj).ContextNeed(param))
		}
	}
	if !complete {
		if declared := p.tree().needOfDeclared(call, param-1); !declared.Hears() {
			return need.stronger(declared)
		}
		need = need.stronger(NeedUnknown)
	}
	return need
}

// worksUnder reports whether a package is one of those of the standard
// library that take contexts to work under.
func worksUnder(path string) bool {
	switch path {
	case "net", "net/http", "os/exec", "database/sql", "database/sql/driver", "crypto/tls":
		return true
	}
	return false
}

// OnlyLooksUp reports whether a function listens to its context while it looks
// up a name, if it is given one, and then never again.
func OnlyLooksUp(fn *types.Func) bool {
	return Is(fn, "(*net.ListenConfig).Listen") || Is(fn, "(*net.ListenConfig).ListenPacket")
}

// needOf says what a body of this package needs of the context in a parameter.
func (t *tree) needOf(param *ssa.Parameter) ContextNeed {
	if need, ok := t.needs[param]; ok {
		return need
	}
	t.needs[param] = NeedNothing // what a recursive use adds
	t.pending[param] = true
	defer delete(t.pending, param)
	c := t.node(param)
	m := t.p.mentionsOf(t.p.Of(param.Parent()))
	need := NeedNothing
	if c != nil && m != nil {
		for _, d := range m.order {
			if !d.from(c) {
				continue
			}
			for _, use := range m.uses[d] {
				of := t.needOfUse(use)
				if of == NeedAlive && use.Kind == UseDone && d == c && returnsContext(param.Parent().Signature) && detachedFrom(m.uses[d]) {
					of = NeedWatch // what it makes goes on for longer
				}
				need = need.stronger(of)
			}
		}
	}
	t.needs[param] = need
	return need
}

func returnsContext(sig *types.Signature) bool {
	return slices.ContainsFunc(slices.Collect(sig.Results().Variables()), func(v *types.Var) bool { return IsContext(v.Type()) })
}

// detachedFrom reports whether one of the uses of a context makes another one of
// it that doesn't end with it.
func detachedFrom(uses []ContextUse) bool {
	return slices.ContainsFunc(uses, func(use ContextUse) bool {
		site, ok := use.Instr.(ssa.CallInstruction)
		return ok && Detaches(Callee(site.Common()))
	})
}

// from reports whether d is c, or may derive from it.
func (d *Context) from(c *Context) bool {
	var seen []*Context
	var may func(d *Context) bool
	may = func(d *Context) bool {
		for ; d != nil; d = d.Parent {
			if d == c {
				return true
			}
			for _, known := range seen {
				if known == d {
					return false
				}
			}
			seen = append(seen, d)
			for _, option := range d.Options {
				if may(option) {
					return true
				}
			}
		}
		return false
	}
	return may(d)
}

func (t *tree) needOfUse(use ContextUse) ContextNeed {
	switch use.Kind {
	case UsePassed:
		if use.Arg < 0 {
			return NeedUnknown
		}
		return t.p.NeedOf(use.Instr.(ssa.CallInstruction).Common(), use.Arg)
	case UseDone:
		if call, ok := use.Instr.(*ssa.Call); ok && onlyReceived(call) {
			return NeedWatch
		}
		return NeedAlive
	case UseErr:
		return NeedWatch
	case UseDeadline:
		return NeedDeadline
	case UseValue, UseDerived:
		return NeedValues
	case UseReturned:
		if ret, ok := use.Instr.(*ssa.Return); ok && len(t.p.derivations(ret.Parent())) > 0 {
			return NeedValues // its caller follows what it is made into
		}
	}
	return NeedUnknown
}

// onlyReceived reports whether a channel is waited for alone or polled, and
// nothing else is done with it.
func onlyReceived(ch *ssa.Call) bool {
	for _, ref := range *ch.Referrers() {
		switch ref := ref.(type) {
		case *ssa.UnOp:
			if ref.Op != token.ARROW {
				return false
			}
		case *ssa.Select:
			if ref.Blocking {
				return false
			}
		case *ssa.DebugRef:
		default:
			return false
		}
	}
	return true
}

// telling are parts of the import paths of packages that log, trace and
// count: they take a context for the values in it.
var telling = []string{"slog", "zap", "logrus", "zerolog", "klog", "logr", "opentelemetry.io/otel", "opencensus", "opentracing", "runtime/pprof", "/trace", "/tracing", "/metrics", "/log", "/logger", "/logging"}

// OnlyTells reports whether a function logs, traces or counts.
func OnlyTells(fn *types.Func) bool { return onlyTells(fn) }

// onlyTells reports whether a function logs, traces or counts.
func onlyTells(fn *types.Func) bool {
	path := ""
	if fn.Pkg() != nil {
		path = fn.Pkg().Path()
	}
	return tells(path, fn.Name())
}

// tells is onlyTells by the path of the package and the function's name.
func tells(path, name string) bool {
	path = "/" + path
	for _, part := range telling {
		if at := strings.Index(path, part); at >= 0 && strings.IndexByte("/", append([]byte(path), '/')[at+len(part)]) >= 0 {
			return true
		}
	}
	for _, suffix := range []string{"Context", "Ctx", "f", "w", "ln"} {
		name = strings.TrimSuffix(name, suffix)
	}
	switch name {
	case "Debug", "Info", "Warn", "Warning", "Error", "Log", "Print", "Trace", "Tracef", "Event", "Span", "StartSpan", "SpanFrom", "Enabled":
		return true
	}
	lower := strings.ToLower(name)
	return strings.HasPrefix(lower, "log") && !strings.HasPrefix(lower, "login") && !strings.HasPrefix(lower, "logout") ||
		strings.HasSuffix(lower, "logger") || strings.HasPrefix(lower, "trace")
}

// summariseNeeds adds to the summaries what functions need of contexts. The
// other summaries are final by then.
func (p *Package) summariseNeeds() {
	for _, f := range p.Funcs {
		if p.Interrupted() {
			return
		}
		if f.Obj != nil {
			p.guarded(f, func() { p.summariseNeed(f) })
		}
	}
}

func (p *Package) summariseNeed(f *Func) {
	var needs []ContextNeed
	for i, param := range f.SSA.Params {
		if !IsContextLike(param.Type()) {
			continue
		}
		for len(needs) < i {
			needs = append(needs, NeedUnknown)
		}
		needs = append(needs, p.tree().needOf(param))
	}
	if len(needs) == 0 {
		return
	}
	s := p.summaries[p.key(f.Obj)]
	if s == nil {
		s = new(Summary)
		p.summaries[p.key(f.Obj)] = s
	}
	s.Needs = needs
}
