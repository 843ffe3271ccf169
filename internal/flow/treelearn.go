package flow

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

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
	if callee := Callee(call); Is(callee, "(*golang.org/x/sync/errgroup.Group).Wait") && len(call.Args) == 1 {
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
		if args := cond.Call.Args; taken && Is(callee, "errors.Is") && isCancelError(args[1]) {
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
