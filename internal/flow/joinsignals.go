package flow

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// signals is how a goroutine can tell that it has ended.
type signals struct {
	groups   map[any]bool       // classes that it tells by Done, or that launched it
	sends    map[*chanNode]bool // roots of channels that it sends to
	closes   map[*chanNode]bool // roots of channels that it closes
	receives map[*chanNode]bool // roots of channels that it receives from, as a semaphore's token

	objects map[ssa.Value]bool // others that it tells, by a method named so
	unknown bool               // it has a channel or function of which the rest isn't in view
}

func newSignals() *signals {
	return &signals{
		groups: make(map[any]bool), sends: make(map[*chanNode]bool), closes: make(map[*chanNode]bool),
		receives: make(map[*chanNode]bool), objects: make(map[ssa.Value]bool),
	}
}

func (s *signals) none() bool {
	return len(s.groups)+len(s.sends)+len(s.closes)+len(s.objects) == 0 && !s.unknown
}

// joiner answers the questions about joins of one package.
type joiner struct {
	p       *Package
	g       *groups
	c       *chanGraph
	signals map[Launch]*signals
	rooted  map[*chanNode]map[*chanNode]bool
	asked   map[Launch]Join
	waited  map[any]bool           // classes of groups that somebody waits for
	waiting map[*ssa.Function]bool // whether a body can wait for anything
	visited map[*ssa.Function]bool // on the way down of one question
}

func (p *Package) joiner() *joiner {
	if p.joining.joiner == nil {
		p.joining.joiner = &joiner{
			p: p, g: p.groups(), c: p.channels(), signals: make(map[Launch]*signals),
			rooted: make(map[*chanNode]map[*chanNode]bool), asked: make(map[Launch]Join),
			waiting: make(map[*ssa.Function]bool),
		}
	}
	return p.joining.joiner
}

// roots are the places where the channels that v stands for come from.
func (j *joiner) roots(v ssa.Value) map[*chanNode]bool {
	n := j.c.node(v)
	if known := j.rooted[n]; known != nil {
		return known
	}
	out := make(map[*chanNode]bool)
	for _, s := range reach([]*chanNode{n}, func(n *chanNode) []*chanNode { return n.in }) {
		if len(s.in) == 0 || s.made != nil || s.source != fromMake {
			out[s] = true
		}
	}
	j.rooted[n] = out
	return out
}

// meets reports whether v can be one of the channels with these roots.
func (j *joiner) meets(v ssa.Value, roots map[*chanNode]bool) bool {
	if len(roots) == 0 {
		return false
	}
	for root := range j.roots(v) {
		if roots[root] {
			return true
		}
	}
	return false
}

// signalsOf collects how the goroutine of a launch can tell its end.
func (j *joiner) signalsOf(l Launch) *signals {
	if s := j.signals[l]; s != nil {
		return s
	}
	s := newSignals()
	j.signals[l] = s
	seen := make(map[*ssa.Function]bool)
	common := l.Site.Common()
	if _, isGo := l.Site.(*ssa.Go); isGo {
		if l.Body == nil {
			j.handOver(s, common)
		}
	} else {
		j.launcher(s, common, seen)
	}
	if l.Body != nil {
		j.collect(s, l.Body, seen, 0)
	}
	return s
}

// launcher adds what a function that launches its argument has of its own: the
// group that it is a method of, or that is passed along, and what the
// goroutines in its body tell.
func (j *joiner) launcher(s *signals, common *ssa.CallCommon, seen map[*ssa.Function]bool) {
	if common.IsInvoke() && j.g.isGroup(common.Value.Type()) {
		s.groups[j.g.class(common.Value)] = true
	}
	for _, arg := range common.Args {
		if j.g.isGroup(arg.Type()) {
			s.groups[j.g.class(arg)] = true
		}
	}
	callee := j.c.world.callee(common)
	if callee == nil {
		return
	}
	for _, body := range append([]*ssa.Function{callee}, callee.AnonFuncs...) {
		for _, inner := range j.p.LaunchesIn(body) {
			if inner.Body != nil && !seen[inner.Body] {
				j.collect(s, inner.Body, seen, 0)
			}
		}
	}
}

// handOver adds what a callee out of view is given: it may tell by each of it.
func (j *joiner) handOver(s *signals, common *ssa.CallCommon) {
	for i, arg := range common.Args {
		switch {
		case isNilConst(arg):
		case j.g.isGroup(arg.Type()):
			if i > 0 || common.Signature().Recv() == nil {
				s.groups[j.g.class(arg)] = true
			}
		case isChan(arg.Type()):
			for root := range j.roots(arg) {
				s.sends[root], s.closes[root] = true, true
			}
		}
	}
}

const deepestSignal = 4 // calls down to a Done or a close

func (j *joiner) collect(s *signals, fn *ssa.Function, seen map[*ssa.Function]bool, depth int) {
	if seen[fn] || depth > deepestSignal {
		return
	}
	seen[fn] = true
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			switch instr := instr.(type) {
			case *ssa.Send:
				addRoots(s.sends, j.roots(instr.Chan))
			case *ssa.Select:
				for _, st := range instr.States {
					if st.Dir == types.SendOnly {
						addRoots(s.sends, j.roots(st.Chan))
					}
				}
			case *ssa.UnOp:
				if isChan(instr.X.Type()) {
					addRoots(s.receives, j.roots(instr.X))
				}
			case *ssa.Go:
			case *ssa.Call:
				if depth == 0 && j.saysBegun(instr) {
					continue
				}
				j.signal(s, instr.Common(), seen, depth)
			case ssa.CallInstruction:
				j.signal(s, instr.Common(), seen, depth)
			}
		}
	}
	for _, lit := range fn.AnonFuncs { // called, deferred, or handed to a Once
		if len(j.p.Launched(lit)) == 0 {
			j.collect(s, lit, seen, depth+1)
		}
	}
}

func addRoots(to, roots map[*chanNode]bool) {
	for root := range roots {
		to[root] = true
	}
}

// signal adds what one call of the goroutine tells.
func (j *joiner) signal(s *signals, common *ssa.CallCommon, seen map[*ssa.Function]bool, depth int) {
	if b, ok := common.Value.(*ssa.Builtin); ok {
		if b.Name() == "close" {
			addRoots(s.closes, j.roots(common.Args[0]))
		}
		return
	}
	obj := Callee(common)
	if obj != nil && obj.Signature().Recv() != nil {
		recv := receiverOf(common)
		switch {
		case recv != nil && j.g.isGroup(recv.Type()):
			if obj.Name() == "Done" || obj.Name() == "Add" {
				s.groups[j.g.class(recv)] = true
			}
		case recv != nil && wakes(obj.Name()) && !HasContextMethods(recv.Type()):
			if origin := j.object(recv); origin != nil {
				s.objects[origin] = true
			}
		}
	}
	callee := j.calleeOf(common)
	switch {
	case callee != nil:
		j.collect(s, callee, seen, depth+1)
	case obj == nil && !common.IsInvoke():
		j.callback(s, common.Value, seen, depth)
	default:
		j.handOver(s, common)
	}
}

// callback adds what a function value tells that the goroutine calls: the
// functions that all callers pass for a parameter, else anything.
func (j *joiner) callback(s *signals, v ssa.Value, seen map[*ssa.Function]bool, depth int) {
	if IsCancelFunc(v.Type()) {
		return
	}
	param, ok := j.object(v).(*ssa.Parameter)
	if ok && j.c.world.known(param.Parent()) && len(j.c.world.sites[param.Parent()]) > 0 {
		at := slices.Index(param.Parent().Params, param)
		found := true
		for _, site := range j.c.world.sites[param.Parent()] {
			body := j.p.bodyOf(site.Common().Args[at])
			if body == nil {
				found = false
				break
			}
			j.collect(s, body, seen, depth+1)
		}
		if found {
			return
		}
	}
	if sig, ok := v.Type().Underlying().(*types.Signature); ok && sig.Results().Len() == 0 {
		s.unknown = true // it may be a Done
	}
}

// receiverOf is the receiver of a call of a method.
func receiverOf(common *ssa.CallCommon) ssa.Value {
	if common.IsInvoke() {
		return common.Value
	}
	if common.Signature().Recv() != nil && len(common.Args) > 0 {
		return common.Args[0]
	}
	return nil
}

// object follows a receiver to the variable, or the call, that it comes from.
func (j *joiner) object(v ssa.Value) ssa.Value {
	for range 8 {
		switch x := v.(type) {
		case *ssa.UnOp:
			v = x.X
		case *ssa.MakeInterface:
			v = x.X
		case *ssa.ChangeInterface:
			v = x.X
		case *ssa.FreeVar:
			cell := cellOf(x)
			if cell == v {
				return v
			}
			v = cell
		case *ssa.Alloc:
			if only := onlyStored(x); only != nil {
				v = only
				continue
			}
			return x
		case *ssa.Extract: // both ends of a pipe are one object
			if call, ok := x.Tuple.(*ssa.Call); ok && Callee(call.Common()) != nil && strings.Contains(strings.ToLower(Callee(call.Common()).Name()), "pipe") {
				return call
			}
			return x
		default:
			return v
		}
	}
	return v
}

// wakes reports whether a method of that name can wake somebody who waits at
// the same object.
func wakes(name string) bool {
	for _, verb := range []string{"Close", "Done", "Finish", "Complete", "Release", "Signal", "Broadcast", "Resolve", "Notify", "Unlock", "RUnlock", "Set", "Fulfil", "Trigger", "Send", "Push", "Put", "Write", "Stop", "Report", "Add", "Post"} {
		if strings.HasPrefix(name, verb) {
			return true
		}
	}
	return false
}

// awaits reports whether a method of that name can wait for somebody.
func awaits(name string) bool {
	for _, verb := range []string{"Wait", "Await", "Lock", "RLock", "Acquire", "Get", "Result", "Join", "Read", "Recv", "Receive", "Next", "Pop", "Scan", "Stop", "Close", "Shutdown", "Done", "C", "Collect", "Drain", "Err"} {
		if strings.HasPrefix(name, verb) {
			return true
		}
	}
	return false
}
