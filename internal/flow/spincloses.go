package flow

import (
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// closes are the places that close the channel while the loop runs.
func (s *spinner) closes() []Step {
	c := s.g.channelOf(s.ch)
	var out []Step
	for _, op := range c.closes {
		if s.sameGoroutine(op.fn(), s.sel.Parent()) || s.byItself(op.fn()) || s.joined(op) || s.stopsToo(op) || s.closesOnLeaving(op) || s.loopedBefore(op) || s.endsAlready(op) || s.onlyInTests(op) {
			continue
		}
		out = append(out, Step{op.instr.Pos(), "the channel is closed here"})
	}
	return out
}

// endsAlready reports whether the closer closes only once a context is done by
// which a case of the select leaves.
func (s *spinner) endsAlready(op *chanOp) bool {
	for i, st := range s.sel.States {
		if i == s.index || st.Dir != types.RecvOnly || !s.leadsOut(i) {
			continue
		}
		ctx := s.p.DoneOf(st.Chan)
		if ctx != nil && (s.p.DoneAt(ctx, op.instr) || op.deferred && s.p.endsAfter(ctx, op.fn())) {
			return true
		}
	}
	return false
}

// beside reports whether the call that returned the channel, of which nothing more
// is known, returned another one as well, for errors mostly, and the case of that
// leaves: it may be served where this one is closed.
func (s *spinner) beside() bool {
	made, ok := s.ch.(*ssa.Extract)
	if !ok || !s.g.channelOf(s.ch).unknown {
		return false
	}
	for i, st := range s.sel.States {
		other, ok := st.Chan.(*ssa.Extract)
		if ok && i != s.index && st.Dir == types.RecvOnly && other.Tuple == made.Tuple && s.leadsOut(i) {
			return true
		}
	}
	return false
}

// endsAfter reports whether a function returns only once a context is done.
func (p *Package) endsAfter(ctx *Context, fn *ssa.Function) bool {
	returns := 0
	for _, block := range fn.Blocks {
		if ret, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return); ok && block != fn.Recover {
			returns++
			if !p.DoneAt(ctx, ret) {
				return false
			}
		}
	}
	return returns > 0
}

// onlyInTests reports whether a test closes what carries values otherwise: who
// sends them in earnest doesn't.
func (s *spinner) onlyInTests(op *chanOp) bool {
	test := func(fn *ssa.Function) bool { f := s.p.Of(fn); return f != nil && f.isTest }
	if !test(op.fn()) || test(s.sel.Parent()) {
		return false
	}
	ch, ok := s.ch.Type().Underlying().(*types.Chan)
	if !ok {
		return false // a type parameter's
	}
	empty, ok := ch.Elem().Underlying().(*types.Struct)
	return !ok || empty.NumFields() > 0
}

// heldUntilLeft reports whether the channel lies in something local that the
// function of the loop ends as it leaves.
func (s *spinner) heldUntilLeft() bool {
	load, ok := s.ch.(*ssa.UnOp)
	if !ok {
		return false
	}
	field, ok := load.X.(*ssa.FieldAddr)
	if !ok {
		return false
	}
	switch field.X.(type) {
	case *ssa.Parameter, *ssa.FreeVar:
		return false
	}
	for _, block := range s.sel.Parent().Blocks {
		for _, instr := range block.Instrs {
			if d, ok := instr.(*ssa.Defer); ok && endsByName(d) && (slices.Contains(d.Call.Args, field.X) || d.Call.Value == field.X) {
				return true
			}
		}
	}
	return false
}

func endsByName(site ssa.CallInstruction) bool {
	fn := Callee(site.Common())
	return fn != nil && EndsByName(fn.Name())
}

// byOwner reports whether a channel in a field is closed by nothing but an
// exported method that nobody in view calls: its owner may well do so when the
// loop is over.
func (s *spinner) byOwner() bool {
	c := s.g.channelOf(s.ch)
	return c.field && !slices.ContainsFunc(c.closes, func(op *chanOp) bool {
		fn, ok := op.fn().Object().(*types.Func)
		return !ok || fn.Signature().Recv() == nil || !fn.Exported() || slices.ContainsFunc(s.g.world.sites[op.fn()], func(site ssa.CallInstruction) bool {
			f := s.p.Of(site.Parent())
			return f == nil || !f.isTest
		})
	})
}

// byItself reports whether only the goroutine of the loop calls the closer.
func (s *spinner) byItself(fn *ssa.Function) bool {
	world := s.g.world
	sites := world.sites[fn]
	return len(sites) > 0 && world.known(fn) && len(s.p.Launched(fn)) == 0 && !slices.ContainsFunc(sites, func(site ssa.CallInstruction) bool {
		_, launched := site.(*ssa.Go)
		return launched || !s.sameGoroutine(site.Parent(), s.sel.Parent())
	})
}

// closesOnLeaving reports whether the function of the loop calls the closer as
// it leaves, or in a literal that it defers: whoever of several goroutines
// leaves last closes what they shared.
func (s *spinner) closesOnLeaving(op *chanOp) bool {
	return slices.ContainsFunc(s.g.world.sites[op.fn()], func(site ssa.CallInstruction) bool {
		isDeferred := func(call ssa.CallInstruction) bool { _, ok := call.(*ssa.Defer); return ok }
		if lit := site.Parent(); lit.Parent() == s.sel.Parent() && s.p.tree().runsBy(lit, isDeferred) {
			return true
		}
		_, launched := site.(*ssa.Go)
		_, deferred := site.(*ssa.Defer)
		return !launched && site.Parent() == s.sel.Parent() && (deferred || !s.around.has(site.Block()))
	})
}

// loopedBefore reports whether the closer has called the function of the loop
// before it closes.
func (s *spinner) loopedBefore(op *chanOp) bool {
	return slices.ContainsFunc(s.g.world.sites[s.sel.Parent()], func(site ssa.CallInstruction) bool {
		_, called := site.(*ssa.Call)
		return called && site.Parent() == op.fn() && onlyAfter(op.instr, &chanOp{instr: site, state: -1})
	})
}

// runsToEnd matches the names of what runs under a context until that is done.
var runsToEnd = regexp.MustCompile(`^(?i:run|serve|listenandserve)$`)

// joined reports whether the closer waits for something before: it may well
// wait for the loop, or for the end of the context that ends the loop.
func (s *spinner) joined(op *chanOp) bool {
	closing := op.instr.Block()
	for _, block := range op.fn().Blocks {
		if block != closing && !block.Dominates(closing) {
			continue
		}
		for _, instr := range block.Instrs {
			if instr == op.instr && !op.deferred {
				break
			}
			switch instr := instr.(type) {
			case *ssa.UnOp:
				if instr.Op == token.ARROW {
					return true
				}
			case *ssa.Call:
				callee := Callee(instr.Common())
				if callee != nil && (strings.Contains(callee.Name(), "Wait") || runsToEnd.MatchString(callee.Name()) && slices.ContainsFunc(instr.Call.Args, func(arg ssa.Value) bool { return IsContextLike(arg.Type()) })) {
					return true
				}
			}
		}
	}
	return false
}

// stopsToo reports whether the closer tells the loop to stop as well, by
// another case of the select: it turns a few times at most.
func (s *spinner) stopsToo(op *chanOp) bool {
	for i, st := range s.sel.States {
		if i == s.index || st.Dir != types.RecvOnly || !s.leadsOut(i) {
			continue
		}
		c := s.g.channelOf(st.Chan)
		for _, other := range slices.Concat(c.closes, c.sends) {
			if other.fn() == op.fn() {
				return true
			}
		}
		if c.outside == fromDone && callsCancel(op.fn()) {
			return true
		}
	}
	return false
}

// callsCancel reports whether a function calls a CancelFunc.
func callsCancel(fn *ssa.Function) bool {
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			if site, ok := instr.(ssa.CallInstruction); ok && !site.Common().IsInvoke() && IsCancelFunc(site.Common().Value.Type()) {
				return true
			}
		}
	}
	return false
}
