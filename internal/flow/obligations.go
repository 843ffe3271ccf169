package flow

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// Obligation is one cancel function that a call made.
type Obligation struct {
	Call   *ssa.Call
	Result int
}

// Discharges returns the obligations that a call, a defer or a go sees to:
// those that it calls itself, those that the closure calls which it runs, and
// those that its callee calls.
func (p *Package) Discharges(call *ssa.CallCommon) []Obligation {
	s := obligationSearch{p: p, seen: make(map[ssa.Value]bool)}
	if !call.IsInvoke() {
		s.value(call.Value)
	}
	for i, arg := range call.Args {
		if use := p.argumentUse(call, i); use == UseCalled || use == UseSometimes {
			s.value(arg)
		}
	}
	return s.found
}

// ObligationsOf returns the obligations that a func value can be, or that the
// closure which it is calls, as far as its function tells.
func (p *Package) ObligationsOf(v ssa.Value) []Obligation {
	s := obligationSearch{p: p, seen: make(map[ssa.Value]bool)}
	s.value(v)
	return s.found
}

type obligationSearch struct {
	p     *Package
	seen  map[ssa.Value]bool
	found []Obligation
}

func (s *obligationSearch) value(v ssa.Value) {
	if s.seen[v] {
		return
	}
	s.seen[v] = true
	switch v := v.(type) {
	case *ssa.Extract:
		if call, ok := v.Tuple.(*ssa.Call); ok {
			s.made(call, v.Index)
		}
	case *ssa.Call:
		s.made(v, 0)
	case *ssa.ChangeType:
		s.value(v.X)
	case *ssa.Phi:
		for _, edge := range v.Edges {
			s.value(edge)
		}
	case *ssa.UnOp:
		if v.Op == token.MUL {
			s.cell(v.X)
		}
	case *ssa.MakeClosure:
		fn := v.Fn.(*ssa.Function)
		for i, bound := range v.Bindings {
			if use := s.p.capturedUse(fn, i); use == UseCalled || use == UseSometimes {
				s.cell(bound)
				s.value(bound)
			}
		}
	}
}

// cell looks at what is stored in a variable by its own function.
func (s *obligationSearch) cell(addr ssa.Value) {
	alloc, ok := cellOf(addr).(*ssa.Alloc)
	if !ok {
		return
	}
	for _, ref := range *alloc.Referrers() {
		if store, ok := ref.(*ssa.Store); ok && store.Addr == alloc {
			s.value(store.Val)
		}
	}
}

func (s *obligationSearch) made(call *ssa.Call, result int) {
	o := Obligation{call, result}
	if slices.Contains(s.p.Obligations(call.Common()), result) && !slices.Contains(s.found, o) {
		s.found = append(s.found, o)
	}
}

// Again reports whether two instructions of one body run in turn: control
// gets from the second one back to the first.
func Again(first, second ssa.Instruction) bool {
	if first.Parent() != second.Parent() {
		return false
	}
	return reaches(second.Block(), first.Block()) && (first.Block() == second.Block() || reaches(first.Block(), second.Block()))
}
