package flow

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// JoinKind says whether somebody waits for a goroutine to end.
type JoinKind uint8

const (
	JoinUnknown     JoinKind = iota // who waits, if anybody does, isn't in view
	Joined                          // on every path
	NotJoined                       // on no path
	JoinedSometimes                 // on some paths, or for one of several goroutines
)

// joining is what a package remembers of its goroutines.
type joining struct {
	launches map[*ssa.Function][]Launch
	groups   *groups
	joiner   *joiner
	servers  *[]*types.Interface
	all      []Launch
}

// Join is what is known of the wait for a goroutine.
type Join struct {
	Kind JoinKind
	// Caller: the launcher itself returns without a wait, and Kind is about
	// those who call it.
	Caller bool
	At     ssa.Instruction // the wait, or one of them; nil if none is known
	By     string          // what waits there: "Wait", "receive", "range", "select", "send"
}

// LaunchesIn returns the goroutines that body starts, in source order. The
// body of a launch is nil where it isn't of this package.
func (p *Package) LaunchesIn(body *ssa.Function) []Launch {
	if known, ok := p.joining.launches[body]; ok {
		return known
	}
	var out []Launch
	for _, block := range body.Blocks {
		for _, instr := range block.Instrs {
			site, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			fns := p.launchedBy(site)
			for _, fn := range fns {
				out = append(out, Launch{site, fn})
			}
			if _, isGo := site.(*ssa.Go); isGo && len(fns) == 0 {
				out = append(out, Launch{site, nil})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Launch) int { return int(a.Site.Pos()) - int(b.Site.Pos()) })
	if p.joining.launches == nil {
		p.joining.launches = make(map[*ssa.Function][]Launch)
	}
	p.joining.launches[body] = out
	return out
}

// JoinOf says whether the launcher waits for the goroutine before it returns:
// by the Wait of a WaitGroup or of a group like it, or by a receive from a
// channel that the goroutine sends to or closes; where it doesn't, whether its
// callers do.
func (p *Package) JoinOf(l Launch) Join {
	j := p.joiner()
	known, ok := j.asked[l]
	if !ok {
		j.visited = make(map[*ssa.Function]bool)
		known = j.join(l)
		if (known.Kind == NotJoined || known.Caller) && !p.leaves(l) {
			known = Join{Kind: JoinUnknown}
		}
		j.asked[l] = known
	}
	return known
}

// saysBegun reports whether a call of a group's Done comes before an endless
// loop: it tells that the goroutine has begun.
func (j *joiner) saysBegun(call *ssa.Call) bool {
	fn, recv := Callee(call.Common()), receiverOf(call.Common())
	if fn == nil || fn.Name() != "Done" || recv == nil || !j.g.isGroup(recv.Type()) || inLoop(call.Block()) {
		return false
	}
	return slices.ContainsFunc(call.Parent().Blocks, func(head *ssa.BasicBlock) bool {
		return head.Comment == "for.body" && reaches(call.Block(), head) && slices.ContainsFunc(head.Preds, head.Dominates)
	})
}

func (j *joiner) join(l Launch) Join {
	s := j.relayed(l)
	w := &waitSearch{j: j, s: s, launch: l, bodies: make(map[*ssa.Function]waited)}
	found := w.after(l.Site.Parent(), l.Site)
	join := found.join()
	if join.Kind == Joined && w.once && w.countless(l, join.At) {
		join.Kind = JoinedSometimes
	}
	if join.Kind != NotJoined || s.none() {
		return join
	}
	join = w.callers(l.Site.Parent(), 0)
	switch {
	case join.Kind == NotJoined && s.unknown:
		join.Kind = JoinUnknown
	case join.Kind == NotJoined:
		join.Caller = false // there is none who does
	}
	return join
}

// relayed is what the goroutine tells, and what those tell who wait for it on
// the launcher's behalf: go func() { wg.Wait(); close(done) }().
func (j *joiner) relayed(l Launch) *signals {
	s := j.signalsOf(l)
	outer := l.Site.Parent()
	if s.none() {
		return s
	}
	var merged *signals
	for fn := outer; fn != nil; fn = fn.Parent() {
		for _, other := range j.p.LaunchesIn(fn) {
			if other.Body == nil || other.Body == l.Body || !j.canWait(other.Body) {
				continue
			}
			w := &waitSearch{j: j, s: s, launch: l, bodies: make(map[*ssa.Function]waited)}
			if found := w.from(other.Body); found.at == nil || found.by != "Wait" {
				continue
			}
			if merged == nil {
				merged = newSignals()
				merged.merge(s)
			}
			merged.merge(j.signalsOf(other))
		}
	}
	if merged != nil {
		return merged
	}
	return s
}

func (s *signals) merge(t *signals) {
	for k := range t.groups {
		s.groups[k] = true
	}
	addRoots(s.sends, t.sends)
	addRoots(s.closes, t.closes)
	addRoots(s.receives, t.receives)
	for k := range t.objects {
		s.objects[k] = true
	}
	s.unknown = s.unknown || t.unknown
}

// waitSearch looks for the waits for one goroutine.
type waitSearch struct {
	j      *joiner
	s      *signals
	launch Launch
	bodies map[*ssa.Function]waited // of callees
	once   bool                     // a wait is a receive of what was sent, so it is for one goroutine
}

// waited is what a search found on the paths from a point to the returns.
type waited struct {
	all, some bool
	maybe     bool // somebody out of view may wait
	at        ssa.Instruction
	by        string
}

func (w waited) join() Join {
	switch {
	case w.all && w.some:
		return Join{Kind: Joined, At: w.at, By: w.by}
	case w.some:
		return Join{Kind: JoinedSometimes, At: w.at, By: w.by}
	case w.maybe:
		return Join{Kind: JoinUnknown}
	}
	return Join{Kind: NotJoined}
}

// from searches a whole body.
func (w *waitSearch) from(fn *ssa.Function) waited {
	if len(fn.Blocks) == 0 {
		return waited{}
	}
	return w.search(fn, fn.Blocks[0], 0)
}

// after searches from behind an instruction; waits that were deferred before
// it count.
func (w *waitSearch) after(fn *ssa.Function, instr ssa.Instruction) waited {
	block := instr.Block()
	sometimes := waited{}
	for _, b := range fn.Blocks {
		for _, other := range b.Instrs {
			d, ok := other.(*ssa.Defer)
			if !ok {
				continue
			}
			found := w.point(d)
			if !found.some {
				continue
			}
			if b == block && indexOf(d) < indexOf(instr) || b != block && b.Dominates(block) {
				found.all = true
				return found
			}
			sometimes = found
		}
	}
	found := w.search(fn, block, indexOf(instr)+1)
	if !found.some && sometimes.some {
		found.some, found.at, found.by, found.all = true, sometimes.at, sometimes.by, false
	}
	return found
}

// search walks all paths from a point to the returns of the function.
func (w *waitSearch) search(fn *ssa.Function, block *ssa.BasicBlock, index int) waited {
	result := waited{all: true}
	heads, guards := w.heads(fn, block)
	seen := make(map[*ssa.BasicBlock]bool)
	note := func(found waited) {
		result.some = true
		if result.at == nil {
			result.at, result.by = found.at, found.by
		}
		result.all = result.all && found.all
	}
	returns := false
	var walk func(b *ssa.BasicBlock, index int)
	walk = func(b *ssa.BasicBlock, index int) {
		for _, instr := range b.Instrs[index:] {
			if _, ok := instr.(*ssa.Return); ok {
				result.all = false
				returns = true
				return
			}
			found := w.point(instr)
			result.maybe = result.maybe || found.maybe
			if found.some && found.all {
				note(found)
				return
			}
			if found.some {
				note(waited{all: true, at: found.at, by: found.by}) // the paths that don't wait go on
			}
		}
		for i, succ := range b.Succs {
			if found := w.edge(b, i); found.some {
				note(found)
				continue
			}
			found, ok := heads[succ]
			if !ok {
				found, ok = guards[[2]*ssa.BasicBlock{b, succ}]
			}
			if ok {
				note(found)
				continue
			}
			if !seen[succ] {
				seen[succ] = true
				walk(succ, 0)
			}
		}
	}
	walk(block, index)
	if !returns && !result.some {
		// It never returns: what it launches doesn't outlive it.
		result.all = false
	}
	return result
}

// heads returns the heads of loops of which each turn waits: for range n {
// <-done }; and the edges by which a test before the first turn skips such a
// loop. Loops around the start of the search are turns of the launch.
func (w *waitSearch) heads(fn *ssa.Function, start *ssa.BasicBlock) (heads map[*ssa.BasicBlock]waited, guards map[[2]*ssa.BasicBlock]waited) {
	for _, b := range fn.Blocks {
		found := w.certain(b)
		if !found.some {
			continue
		}
		for h := b; h != nil; h = h.Idom() {
			if !reaches(b, h) || h.Dominates(start) && reaches(start, h) || !eachTurn(h, b) {
				continue
			}
			if heads == nil {
				heads = make(map[*ssa.BasicBlock]waited)
				guards = make(map[[2]*ssa.BasicBlock]waited)
			}
			heads[h] = found
			for _, guard := range h.Preds {
				if h.Dominates(guard) {
					continue
				}
				for _, skip := range guard.Succs {
					if skip != h && leadsTo(h, skip) {
						guards[[2]*ssa.BasicBlock{guard, skip}] = found
					}
				}
			}
		}
	}
	return heads, guards
}

// certain returns a wait that a block always runs.
func (w *waitSearch) certain(b *ssa.BasicBlock) waited {
	for _, instr := range b.Instrs {
		if found := w.point(instr); found.some && found.all {
			return found
		}
	}
	return waited{}
}

// eachTurn reports whether every turn of the loop with head h runs block b.
func eachTurn(h, b *ssa.BasicBlock) bool {
	turns := false
	for _, pred := range h.Preds {
		if h.Dominates(pred) {
			turns = true
			if !b.Dominates(pred) {
				return false
			}
		}
	}
	return turns
}

// leadsTo reports whether the loop with head h has a way out to a block.
func leadsTo(h, exit *ssa.BasicBlock) bool {
	for _, pred := range exit.Preds {
		if h.Dominates(pred) && reaches(pred, h) {
			return true
		}
	}
	return false
}

// edge says whether control passes along an edge because a case of a select
// was chosen that waits for the goroutine.
func (w *waitSearch) edge(b *ssa.BasicBlock, succ int) waited {
	if succ != 0 || len(b.Instrs) == 0 {
		return waited{}
	}
	branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
	if !ok {
		return waited{}
	}
	compare, ok := branch.Cond.(*ssa.BinOp)
	if !ok {
		return waited{}
	}
	sel, i := dispatch(compare)
	if sel == nil || i < 0 || i >= len(sel.States) {
		return waited{}
	}
	if w.serves(sel.States[i]) {
		return waited{all: true, some: true, at: sel, by: "select"}
	}
	return waited{}
}

// serves reports whether a case of a select waits for the goroutine.
func (w *waitSearch) serves(st *ssa.SelectState) bool {
	if st.Dir == types.SendOnly {
		return false
	}
	if w.j.meets(st.Chan, w.s.closes) {
		return true
	}
	if w.j.meets(st.Chan, w.s.sends) {
		w.once = true
		return true
	}
	return false
}
