package flow

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// Unused is a derivation with an end of its own whose context nothing
// consults.
type Unused struct {
	Call   *ssa.Call
	Result int // of Call: the context
	Via    string
	Parent *Context

	node *Context // nil where the context is thrown away
}

// UnusedIn returns the derivations with a cancel, a deadline or a timeout in f
// of which no call takes the context, which isn't kept, and whose Done, Err,
// Deadline and values nobody asks for.
func (p *Package) UnusedIn(f *Func) []Unused {
	m := p.mentionsOf(f)
	if m == nil {
		return nil
	}
	t := p.tree()
	var out []Unused
	for _, call := range m.calls {
		callee := t.callee(call.Common())
		s := p.SummaryOf(callee)
		if s == nil {
			continue
		}
		for _, d := range s.Derives {
			if !d.Cancels || d.Param < 0 {
				continue
			}
			u := Unused{Call: call, Result: d.Result, Via: callee.FullName()}
			if arg := argument(call.Common(), d.Param); arg != nil {
				u.Parent = t.node(arg)
			}
			if u.Parent == nil || !t.unused(m, &u) {
				continue
			}
			out = append(out, u)
		}
	}
	return out
}

// unused reports whether nothing looks at the context of a derivation.
func (t *tree) unused(m *mentions, u *Unused) bool {
	var value ssa.Value
	if IsContext(u.Call.Type()) {
		value = u.Call
	}
	for _, ref := range *u.Call.Referrers() {
		if e, ok := ref.(*ssa.Extract); ok && e.Index == u.Result {
			value = e
		}
	}
	if value == nil {
		return true
	}
	u.node = t.node(value)
	return u.node != nil && len(m.uses[u.node]) == 0 && t.onlyKept(value, make(map[ssa.Value]bool))
}

// onlyKept reports whether a value goes nowhere but into variables of the
// function and the joins of branches, which the uses cover.
func (t *tree) onlyKept(v ssa.Value, seen map[ssa.Value]bool) bool {
	if seen[v] {
		return true
	}
	seen[v] = true
	return !slices.ContainsFunc(*v.Referrers(), func(ref ssa.Instruction) bool {
		switch ref := ref.(type) {
		case *ssa.DebugRef:
			return false
		case *ssa.Phi:
			return !t.onlyKept(ref, seen)
		case *ssa.Store:
			cell, ok := t.rootOf(ref.Parent(), ref.Addr).(*ssa.Alloc)
			return !ok || t.cellsOf(t.p.Of(ref.Parent())).escaped[cell]
		}
		return true
	})
}

// RunsAfter reports whether a call, or the literal it stands in, can come
// after another one, without a turn of a loop in between.
func (p *Package) RunsAfter(site ssa.CallInstruction, first *ssa.Call) bool {
	t := p.tree()
	var at ssa.Instruction = site
	for at.Parent() != first.Parent() {
		makers := t.makers(at.Parent())
		if len(makers) == 0 {
			return false
		}
		at = makers[0]
	}
	if at.Block() == first.Block() {
		return indexOf(first) < indexOf(at)
	}
	return first.Block().Dominates(at.Block())
}

// CancelledBefore reports whether the context of an unused derivation is
// cancelled when a call runs: it isn't missed there.
func (p *Package) CancelledBefore(u Unused, site ssa.CallInstruction) bool {
	if u.node != nil {
		return p.DoneAt(u.node, site)
	}
	cancel := cancelOf(u.Call)
	if cancel == nil {
		return false
	}
	return slices.ContainsFunc(*cancel.Referrers(), func(ref ssa.Instruction) bool {
		call, ok := ref.(*ssa.Call)
		return ok && call.Call.Value == cancel && (call.Block() == site.Block() && indexOf(call) < indexOf(site) || call.Block() != site.Block() && call.Block().Dominates(site.Block()))
	})
}
