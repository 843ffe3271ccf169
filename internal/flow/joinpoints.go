package flow

import (
	"go/ast"
	"go/token"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// point says whether one instruction waits for the goroutine: all when it
// always does, some when it does on some of its callee's paths.
func (w *waitSearch) point(instr ssa.Instruction) waited {
	switch instr := instr.(type) {
	case *ssa.UnOp:
		if instr.Op != token.ARROW {
			return waited{}
		}
		by := "receive"
		if isRange(instr) {
			by = "range"
		}
		switch {
		case w.j.meets(instr.X, w.s.closes):
			return waited{all: true, some: true, at: instr, by: by}
		case w.j.meets(instr.X, w.s.sends):
			w.once = w.once || by == "receive"
			return waited{all: true, some: true, at: instr, by: by}
		case w.elsewhere(instr.X):
			return waited{maybe: len(w.s.sends)+len(w.s.closes) > 0}
		}
	case *ssa.Send: // fills a semaphore of which the goroutine holds a token
		if w.j.meets(instr.Chan, w.s.receives) && inLoop(instr.Block()) && w.startsOutside(instr.Block()) {
			return waited{all: true, some: true, at: instr, by: "send"}
		}
	case *ssa.Select:
		for _, st := range instr.States {
			if w.elsewhere(st.Chan) && len(w.s.sends)+len(w.s.closes) > 0 {
				return waited{maybe: true}
			}
		}
		if len(instr.States) == 1 && instr.Blocking && w.serves(instr.States[0]) {
			return waited{all: true, some: true, at: instr, by: "select"}
		}
	case *ssa.Go:
	case ssa.CallInstruction:
		return w.call(instr)
	}
	return waited{}
}

// startsOutside reports whether the launch isn't in a loop around the block.
func (w *waitSearch) startsOutside(block *ssa.BasicBlock) bool {
	site := w.launch.Site.Block()
	return site.Parent() != block.Parent() || !reaches(block, site)
}

// elsewhere reports whether the origin of a channel isn't in view, and isn't
// a context or a clock.
func (w *waitSearch) elsewhere(v ssa.Value) bool {
	for root := range w.j.roots(v) {
		if root.source == fromElsewhere {
			return true
		}
	}
	return false
}

func (w *waitSearch) call(site ssa.CallInstruction) waited {
	common := site.Common()
	if _, ok := common.Value.(*ssa.Builtin); ok {
		return waited{}
	}
	if obj := Callee(common); obj != nil {
		if w.j.p.userJoin(obj) && site != w.launch.Site {
			return waited{all: true, some: true, at: site, by: obj.Name()}
		}
		recv := receiverOf(common)
		if recv != nil && w.j.g.isGroup(recv.Type()) && (w.j.p.joins(obj) || strings.Contains(obj.Name(), "Wait")) && w.s.groups[w.j.g.class(recv)] {
			return waited{all: true, some: true, at: site, by: obj.Name()}
		}
		if recv != nil && len(w.s.objects) > 0 && site != w.launch.Site && awaits(obj.Name()) && w.s.objects[w.j.object(recv)] {
			return waited{maybe: true}
		}
	}
	if callee := w.j.calleeOf(common); callee != nil {
		found := w.of(callee)
		if found.some {
			found.at = site
		}
		return found
	}
	// A callee out of view may wait by what it is given.
	if site == w.launch.Site {
		return waited{}
	}
	if common.IsInvoke() && w.s.groups[w.j.g.class(common.Value)] && ends(common.Method.Name()) {
		return waited{maybe: true}
	}
	for i, arg := range common.Args {
		switch {
		case isNilConst(arg):
		case w.j.g.isGroup(arg.Type()) && w.s.groups[w.j.g.class(arg)]:
			method := i == 0 && common.Signature().Recv() != nil
			if !method || ends(Callee(common).Name()) {
				return waited{maybe: true}
			}
		case isChan(arg.Type()) && (w.j.meets(arg, w.s.sends) || w.j.meets(arg, w.s.closes)):
			return waited{maybe: true}
		case w.s.objects[w.j.object(arg)]:
			if _, pipe := w.j.object(arg).(*ssa.Call); pipe {
				return waited{maybe: true}
			}
		}
	}
	return waited{}
}

// of searches the body of a callee, once for each goroutine.
func (w *waitSearch) of(callee *ssa.Function) waited {
	if !w.j.canWait(callee) {
		return waited{}
	}
	found, ok := w.bodies[callee]
	if !ok {
		w.bodies[callee] = waited{} // what a recursive call adds
		found = w.from(callee)
		w.bodies[callee] = found
	}
	return found
}

// canWait reports whether a body, or what it calls, has anything in it by
// which it could wait for some goroutine. Most haven't.
func (j *joiner) canWait(fn *ssa.Function) bool {
	if known, ok := j.waiting[fn]; ok {
		return known
	}
	j.waiting[fn] = false
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			if j.mayWait(instr) {
				j.waiting[fn] = true
				return true
			}
		}
	}
	return false
}

func (j *joiner) mayWait(instr ssa.Instruction) bool {
	switch instr := instr.(type) {
	case *ssa.UnOp:
		return instr.Op == token.ARROW
	case *ssa.Select, *ssa.Send:
		return true
	case *ssa.Go:
		return false
	case ssa.CallInstruction:
		common := instr.Common()
		if callee := j.calleeOf(common); callee != nil {
			return j.canWait(callee)
		}
		if _, ok := common.Value.(*ssa.Builtin); ok {
			return false
		}
		if obj := Callee(common); obj != nil && (j.p.joins(obj) || awaits(obj.Name()) || ends(obj.Name())) {
			return true
		}
		for _, arg := range common.Args {
			if isChan(arg.Type()) || j.g.isGroup(arg.Type()) {
				return true
			}
		}
	}
	return false
}

// calleeOf is the body of this package that a call runs, nil if that isn't in
// view.
func (j *joiner) calleeOf(common *ssa.CallCommon) *ssa.Function {
	if callee := j.c.world.callee(common); callee != nil {
		return callee
	}
	if common.IsInvoke() {
		return nil
	}
	return j.p.bodyOf(common.Value)
}

// ends reports whether a method of a group may wait for its goroutines,
// although it isn't called Wait.
func ends(name string) bool {
	for _, verb := range []string{"Stop", "Close", "Shutdown", "Join", "Drain", "Finish", "End", "Run"} {
		if strings.HasPrefix(name, verb) {
			return true
		}
	}
	return false
}

// countless reports whether a receive of one value stands against several
// goroutines that send one each: it waits for the first of them.
func (w *waitSearch) countless(l Launch, at ssa.Instruction) bool {
	if at == nil || at.Parent() != l.Site.Parent() {
		return false
	}
	if _, isCall := at.(ssa.CallInstruction); isCall {
		return false
	}
	several := inLoop(l.Site.Block())
	sends := 1
	for _, other := range w.j.p.LaunchesIn(l.Site.Parent()) {
		if other.Site == l.Site {
			continue
		}
		for root := range w.j.signalsOf(other).sends {
			if w.s.sends[root] {
				sends++
				break
			}
		}
	}
	if !several && sends == 1 {
		return false
	}
	receives := 0
	for _, b := range at.Parent().Blocks {
		for _, instr := range b.Instrs {
			found := waited{}
			switch instr := instr.(type) {
			case *ssa.UnOp:
				found = w.point(instr)
			case *ssa.Select:
				for _, st := range instr.States {
					found.some = found.some || w.serves(st)
				}
			}
			if !found.some {
				continue
			}
			if inLoop(b) {
				return leavesEarly(b) // a loop takes them all, unless it leaves before
			}
			receives++
		}
	}
	return several || receives < sends
}

// leavesEarly reports whether the loop around a receive has ways out to more
// than one place: one of them may be a turn before the last.
func leavesEarly(b *ssa.BasicBlock) bool {
	region := regionOf(b)
	var exit *ssa.BasicBlock
	for inside := range region.blocks {
		for _, succ := range inside.Succs {
			if region.blocks[succ] || !returns(succ) {
				continue
			}
			if exit != nil && exit != succ {
				return true
			}
			exit = succ
		}
	}
	return false
}

const deepestCaller = 3

// callers says whether those who call the launcher wait, once it hasn't.
func (w *waitSearch) callers(fn *ssa.Function, depth int) Join {
	if depth > deepestCaller || w.j.visited[fn] {
		return Join{Kind: JoinUnknown, Caller: true}
	}
	w.j.visited[fn] = true
	if outer := fn.Parent(); outer != nil {
		return w.literal(fn, outer, depth)
	}
	world := w.j.c.world
	if !world.known(fn) || len(world.sites[fn]) == 0 {
		if !world.known(fn) && w.outside() {
			return Join{Kind: JoinUnknown, Caller: true}
		}
		return Join{Kind: NotJoined, Caller: true}
	}
	var joined Join
	for i, site := range world.sites[fn] {
		one := w.behind(site, depth)
		if i > 0 && one.Kind != joined.Kind {
			one.Kind = mixed(one.Kind, joined.Kind)
		}
		if one.At == nil {
			one.At, one.By = joined.At, joined.By
		}
		joined = one
	}
	joined.Caller = true
	return joined
}

// mixed is the kind of two launches of which each has a kind of its own.
func mixed(a, b JoinKind) JoinKind {
	if a == JoinUnknown || b == JoinUnknown {
		return JoinUnknown
	}
	return JoinedSometimes
}

// behind continues the search after a call of the launcher.
func (w *waitSearch) behind(instr ssa.Instruction, depth int) Join {
	join := w.after(instr.Parent(), instr).join()
	if join.Kind != NotJoined {
		return join
	}
	return w.callers(instr.Parent(), depth+1)
}

// literal continues the search for a launcher that is a literal: behind the
// place where it is made, as it runs after that. The body of a range over a
// function is part of the function around it.
func (w *waitSearch) literal(fn, outer *ssa.Function, depth int) Join {
	for _, block := range outer.Blocks {
		for _, instr := range block.Instrs {
			if !makes(instr, fn) {
				continue
			}
			join := w.behind(instr, depth)
			if _, body := fn.Syntax().(*ast.RangeStmt); body {
				return join
			}
			join.Caller = true
			return join
		}
	}
	return Join{Kind: JoinUnknown, Caller: true}
}

// outside reports whether code out of view can wait: it has the group or the
// channel, or somebody of this package waits for it elsewhere.
func (w *waitSearch) outside() bool {
	if w.s.unknown {
		return true
	}
	for class := range w.s.groups {
		if w.j.g.reachesOut(class) || w.j.waitsSomewhere(class) {
			return true
		}
	}
	for _, roots := range []map[*chanNode]bool{w.s.sends, w.s.closes} {
		for root := range roots {
			if root.source != fromMake || root.made == nil || w.j.isShared(root) {
				return true
			}
		}
	}
	return false
}

// isShared reports whether a channel gets out of the function that makes it:
// into a field, to unknown callers, or to code out of view.
func (j *joiner) isShared(root *chanNode) bool {
	for _, n := range reach([]*chanNode{root}, func(n *chanNode) []*chanNode { return n.out }) {
		if n.escapes || n.returned != nil || n.field {
			return true
		}
	}
	return false
}

// waitsSomewhere reports whether the package waits for a group anywhere.
func (j *joiner) waitsSomewhere(class any) bool {
	if j.waited == nil {
		j.waited = make(map[any]bool)
		for _, body := range j.p.bodies() {
			for _, block := range body.Blocks {
				for _, instr := range block.Instrs {
					site, ok := instr.(ssa.CallInstruction)
					if !ok {
						continue
					}
					obj, recv := Callee(site.Common()), receiverOf(site.Common())
					if obj != nil && recv != nil && strings.Contains(obj.Name(), "Wait") && j.g.isGroup(recv.Type()) {
						j.waited[j.g.class(recv)] = true
					}
				}
			}
		}
	}
	return j.waited[class]
}
