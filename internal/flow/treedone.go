package flow

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// learning is what one body learns about which contexts are done, and where.
type learning struct {
	body   *ssa.Function
	at     map[ssa.Instruction][]*Context // done once the instruction has run
	later  map[ssa.Instruction][]*Context // done once what it defers has run
	edges  map[edge][]*Context
	about  []*Context
	solved map[*Context]*doneFacts
	busy   map[*Context]bool
}

// edge is the n-th way into a block.
type edge struct {
	to *ssa.BasicBlock
	n  int
}

// doneFacts says of one context at the entry of which blocks it is done.
type doneFacts struct {
	entered []bool
	never   bool // it is done nowhere in the body
}

// DoneAt reports whether c is certainly cancelled, or past its deadline, when
// instr runs; for a defer statement: when the deferred call runs.
func (p *Package) DoneAt(c *Context, instr ssa.Instruction) bool {
	return p.DoneFact(c, instr) != nil
}

// DoneFact returns the context among c and those it derives from that is
// certainly done when instr runs, nil if none is.
func (p *Package) DoneFact(c *Context, instr ssa.Instruction) *Context {
	t := p.tree()
	for d, steps := c, 0; d != nil && steps < 64; d, steps = d.Parent, steps+1 {
		if t.doneAt(d, instr) {
			return d
		}
		if d.Kind == ContextJoined {
			for _, option := range d.Options {
				if steps > 8 || option == d || option.Grows() || p.DoneFact(option, instr) == nil {
					return nil
				}
			}
			if len(d.Options) > 0 {
				return d
			}
		}
	}
	return nil
}

// GivenDone reports whether a call of f in view gives the context parameter of
// a name one that is done already.
func (p *Package) GivenDone(f *Func, name string) bool {
	for i, param := range f.SSA.Params {
		if param.Name() != name || !IsContextLike(param.Type()) {
			continue
		}
		return slices.ContainsFunc(p.callers().sites[f.SSA], func(site ssa.CallInstruction) bool {
			arg := givenTo(site.Common(), i)
			if arg == nil {
				return false
			}
			c := p.ContextOf(arg)
			return c != nil && p.DoneFact(c, site) != nil
		})
	}
	return false
}

// DoneBy returns the places of instr's body, and of the functions around it,
// at which c is found to be done before instr runs, in source order.
func (p *Package) DoneBy(c *Context, instr ssa.Instruction) []ssa.Instruction {
	var out []ssa.Instruction
	about := func(known []*Context) bool {
		return slices.ContainsFunc(known, func(d *Context) bool { return c.Under(d) })
	}
	_, late := instr.(*ssa.Defer)
	own := instr.Parent()
	for body := own; body != nil; body = body.Parent() {
		l := p.tree().learningOf(body)
		for at, known := range l.at {
			if about(known) && (body != own || late || follows(at, instr)) {
				out = append(out, at)
			}
		}
		for at, known := range l.later {
			if about(known) && (body != own || late) {
				out = append(out, at)
			}
		}
		for e, known := range l.edges {
			if from := e.to.Preds[e.n]; about(known) && (body != own || late || e.to == instr.Block() || reaches(e.to, instr.Block())) {
				out = append(out, from.Instrs[len(from.Instrs)-1])
			}
		}
		for _, mk := range p.tree().makers(body) {
			for _, ref := range *mk.Referrers() {
				if call, ok := ref.(*ssa.Call); ok && AfterFunc(call) && c.Under(p.ContextOf(call.Call.Args[0])) {
					out = append(out, call)
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b ssa.Instruction) int { return int(placeOf(a)) - int(placeOf(b)) })
	return slices.Compact(out)
}

// placeOf is a position for an instruction that may have none of its own.
func placeOf(instr ssa.Instruction) token.Pos {
	if branch, ok := instr.(*ssa.If); ok {
		switch cond := branch.Cond.(type) {
		case *ssa.BinOp:
			if sel, i := dispatch(cond); sel != nil && i >= 0 && i < len(sel.States) {
				return sel.States[i].Pos
			}
		}
		return branch.Cond.Pos()
	}
	return instr.Pos()
}

// EventPos is where an event of [Package.DoneBy] stands.
func EventPos(instr ssa.Instruction) token.Pos { return placeOf(instr) }

// doneAt answers for one context, without those it derives from.
func (t *tree) doneAt(c *Context, instr ssa.Instruction) bool {
	l := t.learningOf(instr.Parent())
	if l.doneBefore(t, c, instr) {
		return true
	}
	if d, ok := instr.(*ssa.Defer); ok {
		return l.doneAtExit(t, c, d)
	}
	return false
}

func (l *learning) doneBefore(t *tree, c *Context, instr ssa.Instruction) bool {
	facts := l.solve(t, c)
	if facts.never {
		return false
	}
	done := facts.entered[instr.Block().Index]
	for _, in := range instr.Block().Instrs {
		if in == instr {
			return done
		}
		done = l.step(t, c, in, done)
	}
	return false
}

// step is what one instruction makes of the knowledge about c.
func (l *learning) step(t *tree, c *Context, in ssa.Instruction, done bool) bool {
	switch {
	case slices.Contains(l.at[in], c):
		return true
	case done && t.renews(c, in):
		return false
	}
	return done
}

// renews reports whether an instruction makes c anew, or lets what holds it
// hold another one.
func (t *tree) renews(c *Context, in ssa.Instruction) bool {
	switch {
	case c.Call != nil:
		return in == c.Call
	case c.Kind == ContextJoined || c.Kind == ContextField || c.Kind == ContextUnknown:
		store, ok := in.(*ssa.Store)
		if !ok {
			v, isValue := in.(ssa.Value)
			return isValue && v == c.Value && c.held == nil && c.cell == nil
		}
		if c.cell != nil && t.rootOf(in.Parent(), store.Addr) == c.cell {
			return true
		}
		if c.held != nil {
			if addr, ok := store.Addr.(*ssa.FieldAddr); ok {
				return fieldAt(addr.X.Type().Underlying().(*types.Pointer).Elem(), addr.Field) == c.held
			}
		}
	}
	return false
}

// solve computes forward, from the optimistic side, at which blocks c is done
// on every path.
func (l *learning) solve(t *tree, c *Context) *doneFacts {
	if f := l.solved[c]; f != nil {
		return f
	}
	n := len(l.body.Blocks)
	f := &doneFacts{entered: make([]bool, n)}
	if l.busy[c] { // a literal that makes itself
		return f
	}
	l.busy[c] = true
	start := l.doneAtEntry(t, c)
	delete(l.busy, c)
	l.solved[c] = f
	if !start && !slices.Contains(l.about, c) {
		f.never = true
		return f
	}
	left := make([]bool, n)
	for i := range l.body.Blocks {
		f.entered[i], left[i] = true, true
	}
	for changed := true; changed; {
		changed = false
		for i, block := range l.body.Blocks {
			in := i != 0 || start
			for j, pred := range block.Preds {
				in = in && (left[pred.Index] || slices.Contains(l.edges[edge{block, j}], c))
			}
			if len(block.Preds) == 0 && i != 0 {
				in = false // the recover block: anything may have happened
			}
			out := in
			for _, instr := range block.Instrs {
				out = l.step(t, c, instr, out)
			}
			if in != f.entered[i] || out != left[i] {
				f.entered[i], left[i], changed = in, out, true
			}
		}
	}
	return f
}

// doneAtEntry reports whether c is done whenever the body begins: it is a
// literal that is made, deferred or given to AfterFunc when c is done.
func (l *learning) doneAtEntry(t *tree, c *Context) bool {
	makers := t.makers(l.body)
	for _, mk := range makers {
		if !t.doneForLiteral(c, mk) {
			return false
		}
	}
	return len(makers) > 0
}

func (t *tree) doneForLiteral(c *Context, mk *ssa.MakeClosure) bool {
	outer := t.learningOf(mk.Parent())
	lasting := c.Call == nil || c.Call.Parent() != mk.Parent() || !follows(mk, c.Call) || t.ownTurn(c, mk)
	if lasting && outer.doneBefore(t, c, mk) {
		return true
	}
	refs := *mk.Referrers()
	for _, ref := range refs {
		site, ok := ref.(ssa.CallInstruction)
		if !ok {
			return false
		}
		switch site := site.(type) {
		case *ssa.Defer:
			if site.Call.Value != mk || !t.doneAt(c, site) {
				return false
			}
		case *ssa.Call:
			switch {
			case site.Call.Value == mk:
				if !outer.doneBefore(t, c, site) {
					return false
				}
			case AfterFunc(site):
				if d := t.node(site.Call.Args[0]); d != c {
					return false
				}
			default:
				return false
			}
		default:
			return false
		}
	}
	return len(refs) > 0
}

// ownTurn reports whether the literal captures c in a variable of the loop's
// own turn, so that the next turn's context isn't seen by it.
func (t *tree) ownTurn(c *Context, mk *ssa.MakeClosure) bool {
	for _, bound := range mk.Bindings {
		cell, ok := bound.(*ssa.Alloc)
		if !ok || !follows(mk, cell) {
			continue
		}
		for _, ref := range *cell.Referrers() {
			if store, ok := ref.(*ssa.Store); ok && store.Addr == cell && t.node(store.Val) == c {
				return true
			}
		}
	}
	return false
}

// doneAtExit reports whether c is done when a deferred call runs: on every
// path from the defer to an end of the body it is cancelled, or the cancel is
// deferred, which then runs earlier.
func (l *learning) doneAtExit(t *tree, c *Context, d *ssa.Defer) bool {
	if !slices.Contains(l.about, c) {
		return false
	}
	type position struct {
		block *ssa.BasicBlock
		first int
	}
	seen := make(map[*ssa.BasicBlock]bool)
	ends := 0
	work := []position{{d.Block(), indexOf(d) + 1}}
	for len(work) > 0 {
		at := work[len(work)-1]
		work = work[:len(work)-1]
		done := false
		for _, in := range at.block.Instrs[at.first:] {
			if slices.Contains(l.at[in], c) || slices.Contains(l.later[in], c) {
				done = true
				break
			}
			if c.Call != nil && in == c.Call && at.first == 0 && InLoop(d) {
				return false // another one than the deferred call has
			}
		}
		if done {
			ends++
			continue
		}
		if n := len(at.block.Instrs); n > 0 {
			if _, ok := at.block.Instrs[n-1].(*ssa.Return); ok {
				return false
			}
		}
		for _, succ := range at.block.Succs {
			known := false
			for j, pred := range succ.Preds {
				known = known || pred == at.block && slices.Contains(l.edges[edge{succ, j}], c)
			}
			if known {
				ends++
				continue
			}
			if !seen[succ] {
				seen[succ] = true
				work = append(work, position{succ, 0})
			}
		}
	}
	return ends > 0
}

// AfterFunc reports whether a call is one of context.AfterFunc.
func AfterFunc(call ssa.CallInstruction) bool {
	callee := Callee(call.Common())
	return InContext(callee, "AfterFunc")
}
