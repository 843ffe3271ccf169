package flow

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// CancelFate says what the maker of a derived context does with its cancel
// function.
type CancelFate uint8

const (
	CancelNone     CancelFate = iota // there is none, or nobody takes it
	CancelBounds                     // called or deferred here: the context ends with this function
	CancelHandedOn                   // somebody else, or a chosen moment, ends the context
)

// CancelFate tells whether a derived context ends with the function that makes
// it. A deferred literal that cancels and then does more, like waiting for
// what the context ended, has chosen the moment.
func (p *Package) CancelFate(derivation *ssa.Call) CancelFate {
	cancel := CancelOf(derivation)
	if cancel == nil {
		return CancelNone
	}
	return cancelFate(cancel, make(map[ssa.Value]bool))
}

func cancelFate(v ssa.Value, seen map[ssa.Value]bool) CancelFate {
	if seen[v] {
		return CancelNone
	}
	seen[v] = true
	fate := CancelNone
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.DebugRef:
		case *ssa.ChangeType:
			fate = max(fate, cancelFate(ref, seen))
		case *ssa.Phi:
			fate = max(fate, cancelFate(ref, seen))
		case *ssa.Call:
			fate = max(fate, callFate(ref, v))
		case *ssa.Defer:
			fate = max(fate, callFate(ref, v))
		case *ssa.Store:
			cell, ok := ref.Addr.(*ssa.Alloc)
			if !ok {
				if free, isFree := ref.Addr.(*ssa.FreeVar); isFree {
					cell, ok = cellOf(free).(*ssa.Alloc)
				}
			}
			if !ok {
				return CancelHandedOn
			}
			for _, c := range cellsOf(cell) {
				for _, ref := range *c.Referrers() {
					if load, ok := ref.(*ssa.UnOp); ok && load.Op == token.MUL && !seen[load] {
						fate = max(fate, literalFate(load, cell, seen))
					}
				}
			}
		default:
			return CancelHandedOn
		}
	}
	return fate
}

func callFate(site ssa.CallInstruction, v ssa.Value) CancelFate {
	if site.Common().Value == v {
		return CancelBounds
	}
	return CancelHandedOn
}

// literalFate is the fate of a cancel function that is read from a variable:
// in a literal it is bound to the function only where that is deferred and
// does nothing else afterwards.
func literalFate(load *ssa.UnOp, cell *ssa.Alloc, seen map[ssa.Value]bool) CancelFate {
	fate := cancelFate(load, seen)
	if fate != CancelBounds || load.Parent() == cell.Parent() {
		return fate
	}
	after := false
	for _, instr := range load.Block().Instrs {
		switch instr := instr.(type) {
		case *ssa.Call:
			if after {
				return CancelHandedOn
			}
			after = instr.Call.Value == load
		case *ssa.UnOp:
			if after && instr.Op == token.ARROW {
				return CancelHandedOn
			}
		}
	}
	for _, block := range cell.Parent().Blocks {
		for _, instr := range block.Instrs {
			if d, ok := instr.(*ssa.Defer); ok {
				if mk, ok := d.Call.Value.(*ssa.MakeClosure); ok && mk.Fn == load.Parent() {
					return CancelBounds
				}
			}
		}
	}
	return CancelHandedOn
}

// RunsInside reports whether a literal certainly runs within the call of the
// function around it: it is called there, or given to a callee that by its
// summary calls it and doesn't keep it, or that is given a context beside it.
func (p *Package) RunsInside(lit *ssa.Function) bool {
	outer := lit.Parent()
	if outer == nil {
		return false
	}
	if _, ranges := lit.Syntax().(*ast.RangeStmt); ranges {
		return true // the body of a range over a function
	}
	inside := false
	for _, block := range outer.Blocks {
		for _, instr := range block.Instrs {
			if mk, ok := instr.(*ssa.MakeClosure); ok {
				if mk.Fn != lit {
					continue
				}
				if !p.valueRunsInside(mk, make(map[ssa.Value]bool)) {
					return false
				}
				inside = true
				continue
			}
			if site, ok := instr.(ssa.CallInstruction); ok && makes(instr, lit) {
				if !p.siteRuns(site, lit) {
					return false
				}
				inside = true
			}
		}
	}
	return inside
}

func (p *Package) valueRunsInside(v ssa.Value, seen map[ssa.Value]bool) bool {
	if seen[v] {
		return true
	}
	seen[v] = true
	any := false
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.DebugRef:
			continue
		case *ssa.ChangeType:
			if !p.valueRunsInside(ref, seen) {
				return false
			}
		case *ssa.MakeInterface:
			if !p.valueRunsInside(ref, seen) {
				return false
			}
		case *ssa.Call:
			if !p.siteRuns(ref, v) {
				return false
			}
		case *ssa.Store:
			cell, ok := ref.Addr.(*ssa.Alloc)
			if !ok {
				return false
			}
			for _, c := range cellsOf(cell) {
				for _, ref := range *c.Referrers() {
					if load, ok := ref.(*ssa.UnOp); ok && load.Op == token.MUL && !p.valueRunsInside(load, seen) {
						return false
					}
				}
			}
		default:
			return false
		}
		any = true
	}
	return any
}

func (p *Package) siteRuns(site ssa.CallInstruction, v ssa.Value) bool {
	common := site.Common()
	if _, ok := site.(*ssa.Call); !ok {
		return false
	}
	if common.Value == v {
		return true
	}
	withContext := false
	for i, arg := range common.Args {
		if IsContext(arg.Type()) && !p.Origin(arg).Root {
			withContext = true
		}
		if arg != v {
			continue
		}
		offset := 0
		if common.IsInvoke() {
			offset = 1
		}
		switch p.SummaryOf(Callee(common)).Param(i + offset) {
		case UseCalled, UseSometimes:
			return true
		case UseKept:
			return false
		}
	}
	// Behind an interface it is an object, which may be kept and shared.
	return withContext && !types.IsInterface(v.Type())
}

// RunsUnder reports whether the code of body certainly runs while the function
// that declares v does: the literals between them are called in it, or run in
// goroutines that it waits for.
func (p *Package) RunsUnder(body *ssa.Function, v interface{ Pos() token.Pos }) bool {
	for ; body != nil && body.Parent() != nil; body = body.Parent() {
		if syntax := body.Syntax(); syntax == nil || syntax.Pos() <= v.Pos() && v.Pos() < syntax.End() {
			return true
		}
		launches := p.Launched(body)
		for _, l := range launches {
			if kind := p.JoinOf(l).Kind; kind != Joined && kind != JoinedSometimes {
				return false
			}
		}
		if len(launches) == 0 && !p.RunsInside(body) {
			return false
		}
	}
	return true
}
