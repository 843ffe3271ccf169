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

// DoneBy returns the places of instr's body, and of the functions around it,
// at which c is found to be done, in source order.
func (p *Package) DoneBy(c *Context, instr ssa.Instruction) []ssa.Instruction {
	var out []ssa.Instruction
	for body := instr.Parent(); body != nil; body = body.Parent() {
		l := p.tree().learningOf(body)
		for _, events := range []map[ssa.Instruction][]*Context{l.at, l.later} {
			for at, about := range events {
				if slices.ContainsFunc(about, func(d *Context) bool { return c.Under(d) }) {
					out = append(out, at)
				}
			}
		}
		for e, about := range l.edges {
			if slices.ContainsFunc(about, func(d *Context) bool { return c.Under(d) }) {
				from := e.to.Preds[e.n]
				out = append(out, from.Instrs[len(from.Instrs)-1])
			}
		}
	}
	slices.SortFunc(out, func(a, b ssa.Instruction) int { return int(placeOf(a)) - int(placeOf(b)) })
	return out
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
			callee := Callee(site.Common())
			switch {
			case site.Call.Value == mk:
				if !outer.doneBefore(t, c, site) {
					return false
				}
			case callee != nil && callee.FullName() == "context.AfterFunc":
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

// learningOf collects what a body learns, on first use.
func (t *tree) learningOf(body *ssa.Function) *learning {
	if l := t.learned[body]; l != nil {
		return l
	}
	l := &learning{
		body: body, at: make(map[ssa.Instruction][]*Context), later: make(map[ssa.Instruction][]*Context),
		edges: make(map[edge][]*Context), solved: make(map[*Context]*doneFacts), busy: make(map[*Context]bool),
	}
	t.learned[body] = l
	if f := t.p.Of(body); f != nil {
		m := t.p.mentionsOf(f)
		for _, c := range m.made {
			for _, s := range m.sites[c] {
				if s.Body != body || !s.Calls {
					continue
				}
				switch s.Instr.(type) {
				case *ssa.Call:
					l.learn(l.at, s.Instr, c)
				case *ssa.Defer:
					l.learn(l.later, s.Instr, c)
				}
			}
		}
	}
	for _, block := range body.Blocks {
		for _, instr := range block.Instrs {
			switch instr := instr.(type) {
			case *ssa.UnOp:
				if instr.Op == token.ARROW {
					l.learn(l.at, instr, t.node(t.contextOfDone(instr.X)))
				}
			case ssa.CallInstruction:
				t.callTeaches(l, instr)
			}
		}
		for j, pred := range block.Preds {
			if c := t.edgeTells(pred, block); c != nil {
				l.edges[edge{block, j}] = append(l.edges[edge{block, j}], c)
				l.noteAbout(c)
			}
		}
	}
	return l
}

func (l *learning) learn(events map[ssa.Instruction][]*Context, at ssa.Instruction, c *Context) {
	if c != nil {
		events[at] = append(events[at], c)
		l.noteAbout(c)
	}
}

func (l *learning) noteAbout(c *Context) {
	if !slices.Contains(l.about, c) {
		l.about = append(l.about, c)
	}
}

// callTeaches records calls that end a context by other means than its
// CancelFunc: an errgroup's Wait, and literals and functions that cancel.
func (t *tree) callTeaches(l *learning, site ssa.CallInstruction) {
	events := l.at
	switch site.(type) {
	case *ssa.Go:
		return
	case *ssa.Defer:
		events = l.later
	}
	call := site.Common()
	if callee := Callee(call); callee != nil && callee.FullName() == "(*golang.org/x/sync/errgroup.Group).Wait" && len(call.Args) == 1 {
		if e, ok := t.one(call.Args[0]).(*ssa.Extract); ok {
			if made, ok := e.Tuple.(*ssa.Call); ok {
				for _, ref := range *made.Referrers() {
					if other, ok := ref.(*ssa.Extract); ok && IsContext(other.Type()) {
						l.learn(events, site, t.node(other))
					}
				}
			}
		}
	}
	mk, ok := t.one(call.Value).(*ssa.MakeClosure)
	if !ok {
		return
	}
	fn := mk.Fn.(*ssa.Function)
	for i, bound := range mk.Bindings {
		cell, ok := bound.(*ssa.Alloc)
		if !ok || t.p.capturedUse(fn, i) != UseCalled {
			continue
		}
		stores := t.cellsOf(t.p.Of(l.body)).stores[cell]
		if len(stores) != 1 {
			continue
		}
		if e, ok := stores[0].Val.(*ssa.Extract); ok && IsCancelFunc(e.Type()) {
			if c := t.cancelled(e); c != nil {
				l.learn(events, site, c)
			}
		}
	}
}

// cancelled returns the context that a CancelFunc was made with.
func (t *tree) cancelled(cancel *ssa.Extract) *Context {
	for _, ref := range *cancel.Tuple.Referrers() {
		if e, ok := ref.(*ssa.Extract); ok && IsContext(e.Type()) {
			if c := t.node(e); c != nil && c.Cancel == cancel {
				return c
			}
		}
	}
	return nil
}

// edgeTells returns the context that is done where control goes from pred to
// block: the branch of a look at its error, or the case of a select.
func (t *tree) edgeTells(pred, block *ssa.BasicBlock) *Context {
	if len(pred.Instrs) == 0 {
		return nil
	}
	branch, ok := pred.Instrs[len(pred.Instrs)-1].(*ssa.If)
	if !ok || pred.Succs[0] == pred.Succs[1] {
		return nil
	}
	cond, taken := branch.Cond, pred.Succs[0] == block
	for {
		not, ok := cond.(*ssa.UnOp)
		if !ok || not.Op != token.NOT {
			break
		}
		cond, taken = not.X, !taken
	}
	switch cond := cond.(type) {
	case *ssa.Call:
		callee := Callee(cond.Common())
		if args := cond.Call.Args; taken && callee != nil && callee.FullName() == "errors.Is" && isCancelError(args[1]) {
			return t.node(contextOfErr(args[0]))
		}
	case *ssa.BinOp:
		if sel, i := dispatch(cond); sel != nil {
			if taken && i >= 0 && i < len(sel.States) && sel.States[i].Dir == types.RecvOnly {
				return t.node(t.contextOfDone(sel.States[i].Chan))
			}
			return nil
		}
		if cond.Op != token.EQL && cond.Op != token.NEQ {
			return nil
		}
		equal := taken == (cond.Op == token.EQL)
		for _, pair := range [][2]ssa.Value{{cond.X, cond.Y}, {cond.Y, cond.X}} {
			ctx := contextOfErr(pair[0])
			if ctx != nil && (isNilConst(pair[1]) && !equal || isCancelError(pair[1]) && equal) {
				return t.node(ctx)
			}
		}
	}
	return nil
}

// contextOfErr returns ctx where v is ctx.Err() or context.Cause(ctx).
func contextOfErr(v ssa.Value) ssa.Value {
	if !isErrOfContext(v) {
		return nil
	}
	return argument(&v.(*ssa.Call).Call, 0)
}

// contextOfDone returns ctx where v is certainly ctx.Done().
func (t *tree) contextOfDone(v ssa.Value) ssa.Value {
	call, ok := t.one(v).(*ssa.Call)
	if !ok || !isDoneChan(call) {
		return nil
	}
	return argument(call.Common(), 0)
}
