package flow

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// Keep says that a function keeps the context that it is given as parameter
// Param (receivers first) beyond the call: in a field, a channel, or a
// goroutine that it doesn't wait for.
type Keep struct {
	Param    int
	InResult bool // only in what it returns: the caller decides how long that lives
}

// KeepOf returns how a call keeps its argument i (receivers first), and whether
// it is known to keep it at all.
func (s *Summary) KeepOf(param int) (keep Keep, ok bool) {
	if s == nil {
		return Keep{}, false
	}
	for _, k := range s.Keeps {
		if k.Param == param {
			return k, true
		}
	}
	return Keep{}, false
}

// keeps computes [Summary.Keeps].
func (p *Package) keeps(fn *ssa.Function) []Keep {
	var out []Keep
	for i, param := range fn.Params {
		if i == 0 && fn.Signature.Recv() != nil || !IsContext(param.Type()) {
			continue
		}
		t := &rootTracker{p: p, seen: make(map[ssa.Value]bool)}
		t.follow(param, nil)
		kept, inResult := false, false
		for _, u := range t.uses {
			switch p.fateOfUse(fn, u) {
			case KeptElsewhere:
				kept = true
			case KeptInResult:
				inResult = true
			}
		}
		if kept || inResult {
			out = append(out, Keep{Param: i, InResult: !kept})
		}
	}
	return out
}

// keepDepth is how many calls down what holds a context is looked for.
const keepDepth = 2

// KeepFate says how long something lives.
type KeepFate uint8

const (
	NotKept       KeepFate = iota
	KeptInResult           // as long as the caller wants
	KeptElsewhere          // longer than the call
)

func (p *Package) fateOfUse(fn *ssa.Function, u RootUse) KeepFate {
	for body := u.Instr.Parent(); body != fn && body != nil; body = body.Parent() {
		for _, l := range p.goesFrom(body) {
			if !WaitsBelow(l) {
				return KeptElsewhere
			}
		}
		if body.Parent() != nil {
			if fate := p.literalFate(body); fate != NotKept {
				return fate
			}
		}
	}
	switch u.Kind {
	case RootSent:
		return KeptElsewhere
	case RootStored:
		return storeFate(u.Instr)
	case RootLaunched:
		if !WaitsBelow(u.Instr) {
			return KeptElsewhere
		}
	case RootPassed:
		if u.Options {
			return NotKept
		}
		call, ok := u.Instr.(*ssa.Call)
		if !ok {
			return NotKept
		}
		switch p.PassedFate(call) {
		case KeptElsewhere:
			return KeptElsewhere
		case KeptInResult:
			return ResultFate(call)
		}
	}
	return NotKept
}

// literalFate says how long a literal lives, with what it captures: it is
// returned, stored, or goes into what a call makes.
func (p *Package) literalFate(lit *ssa.Function) KeepFate {
	fate := NotKept
	var follow func(v ssa.Value)
	follow = func(v ssa.Value) {
		for _, ref := range *v.Referrers() {
			switch ref := ref.(type) {
			case *ssa.ChangeType, *ssa.MakeInterface:
				follow(ref.(ssa.Value))
			case *ssa.Return:
				fate = max(fate, KeptInResult)
			case *ssa.Store:
				if _, local := ref.Addr.(*ssa.Alloc); ref.Val != v || local {
					continue
				}
				if kept := storeFate(ref); kept == KeptElsewhere || returned(ref.Addr) {
					fate = max(fate, kept)
				}
			case *ssa.Call:
				s := p.SummaryOf(Callee(ref.Common()))
				for i, arg := range ref.Call.Args {
					if arg == v && s.Param(i) == UseKept && !holdsNothing(ref.Type()) {
						fate = max(fate, ResultFate(ref))
					}
				}
			}
		}
	}
	for _, block := range lit.Parent().Blocks {
		for _, instr := range block.Instrs {
			if mk, ok := instr.(*ssa.MakeClosure); ok && mk.Fn == lit {
				follow(mk)
			}
		}
	}
	return fate
}

// returned reports whether an address lies in a variable that its function
// returns.
func returned(addr ssa.Value) bool {
	for {
		switch x := addr.(type) {
		case *ssa.FieldAddr:
			addr = x.X
		case *ssa.IndexAddr:
			addr = x.X
		default:
			return addr.Referrers() != nil && slices.ContainsFunc(*addr.Referrers(), func(ref ssa.Instruction) bool { _, ok := ref.(*ssa.Return); return ok })
		}
	}
}

// goesFrom returns the go statements of this package that run a literal; the
// index of launches needs summaries, and isn't there yet.
func (p *Package) goesFrom(lit *ssa.Function) []ssa.Instruction {
	var out []ssa.Instruction
	if lit.Parent() == nil {
		return nil
	}
	for _, block := range lit.Parent().Blocks {
		for _, instr := range block.Instrs {
			site, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			for _, fn := range p.launchedBy(site) {
				if fn == lit {
					out = append(out, instr)
				}
			}
		}
	}
	return out
}

// WaitsBelow reports whether the function that launches a goroutine waits for
// something before it returns: a WaitGroup, a group, a channel.
func WaitsBelow(launch ssa.Instruction) bool {
	for _, block := range launch.Parent().Blocks {
		if block != launch.Block() && !reaches(launch.Block(), block) {
			continue
		}
		for _, instr := range block.Instrs {
			switch instr := instr.(type) {
			case ssa.CallInstruction:
				if fn := Callee(instr.Common()); fn != nil && fn.Name() == "Wait" && fn.Signature().Recv() != nil {
					return true
				}
			case *ssa.UnOp:
				if instr.Op == token.ARROW && !isDoneChan(instr.X) {
					return true
				}
			case *ssa.Select:
				if slices.ContainsFunc(instr.States, func(s *ssa.SelectState) bool { return s.Dir == types.RecvOnly && !isDoneChan(s.Chan) }) {
					return true
				}
			}
		}
	}
	return false
}

// storeFate tells a store into something that the function makes itself from
// one into what lives longer.
func storeFate(instr ssa.Instruction) KeepFate {
	store, ok := instr.(*ssa.Store)
	if !ok {
		return KeptElsewhere
	}
	return baseFate(store.Addr, make(map[ssa.Value]bool))
}

// baseFate tells whether an address lies in something that came from outside
// of the function.
func baseFate(addr ssa.Value, seen map[ssa.Value]bool) KeepFate {
	if seen[addr] {
		return KeptInResult
	}
	seen[addr] = true
	switch x := addr.(type) {
	case *ssa.FieldAddr:
		return baseFate(x.X, seen)
	case *ssa.IndexAddr:
		return baseFate(x.X, seen)
	case *ssa.UnOp:
		cell, ok := x.X.(*ssa.Alloc)
		if !ok {
			return KeptElsewhere // what a pointer somewhere else leads to
		}
		fate := KeptInResult
		for _, ref := range *cell.Referrers() {
			if store, ok := ref.(*ssa.Store); ok && store.Addr == cell {
				fate = max(fate, baseFate(store.Val, seen))
			}
		}
		return fate
	case *ssa.Phi:
		fate := KeptInResult
		for _, edge := range x.Edges {
			fate = max(fate, baseFate(edge, seen))
		}
		return fate
	case *ssa.Alloc:
		if storedAway(x, keepDepth) {
			return KeptElsewhere
		}
		return KeptInResult
	case *ssa.Call, *ssa.Extract:
		return KeptInResult
	}
	return KeptElsewhere
}

// PassedFate joins what a call does with the contexts among its arguments.
func (p *Package) PassedFate(call *ssa.Call) KeepFate {
	s := p.SummaryOf(Callee(call.Common()))
	if s == nil {
		return NotKept
	}
	fate := NotKept
	for _, k := range s.Keeps {
		if k.InResult {
			fate = max(fate, KeptInResult)
		} else {
			fate = KeptElsewhere
		}
	}
	return fate
}

// ResultFate tells where the results of a call go: to the caller, or into
// something that lives longer.
func ResultFate(call *ssa.Call) KeepFate {
	fate := NotKept
	seen := make(map[ssa.Value]bool)
	var follow func(v ssa.Value)
	follow = func(v ssa.Value) {
		if seen[v] || v.Referrers() == nil {
			return
		}
		seen[v] = true
		for _, ref := range *v.Referrers() {
			switch ref := ref.(type) {
			case *ssa.Extract:
				if !holdsNothing(ref.Type()) {
					follow(ref)
				}
			case *ssa.ChangeInterface, *ssa.MakeInterface, *ssa.ChangeType, *ssa.Phi:
				follow(ref.(ssa.Value))
			case *ssa.Call:
				if madeFrom(ref, v) {
					follow(ref)
				}
			case *ssa.Return:
				fate = max(fate, KeptInResult)
			case *ssa.Store:
				if ref.Val != v {
					continue
				}
				if cell, ok := ref.Addr.(*ssa.Alloc); ok {
					for _, c := range cellsOf(cell) {
						if c.Parent() != cell.Parent() && leftBehind(c.Parent(), cell.Parent()) {
							fate = KeptElsewhere
						}
						for _, ref := range *c.Referrers() {
							if load, ok := ref.(*ssa.UnOp); ok {
								follow(load)
							}
						}
					}
					continue
				}
				fate = max(fate, storeFate(ref))
			case *ssa.Go:
				if !WaitsBelow(ref) {
					fate = KeptElsewhere
				}
			case *ssa.MapUpdate, *ssa.Send:
				fate = KeptElsewhere
			}
		}
	}
	follow(call)
	return fate
}

// madeFrom reports whether a call makes something that may hold v: by its
// name, or because nobody knows which function it is.
func madeFrom(call *ssa.Call, v ssa.Value) bool {
	if holdsNothing(call.Type()) || call.Call.IsInvoke() || !slices.Contains(call.Call.Args, v) {
		return false
	}
	if _, builtin := call.Call.Value.(*ssa.Builtin); builtin {
		return false
	}
	callee := call.Call.StaticCallee()
	return callee == nil || MakesByName(callee.Name())
}

// holdsNothing reports whether values of a type can't keep a context: numbers,
// strings, errors, and tuples of these.
func holdsNothing(t types.Type) bool {
	if tuple, ok := t.(*types.Tuple); ok {
		for v := range tuple.Variables() {
			if !holdsNothing(v.Type()) {
				return false
			}
		}
		return true
	}
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Kind() != types.UnsafePointer || IsErrorType(t)
}

// leftBehind reports whether a literal runs in a goroutine that the function
// around it starts. A wait for it may be one for its start.
func leftBehind(lit, outer *ssa.Function) bool {
	for ; lit != nil && lit != outer; lit = lit.Parent() {
		for _, block := range lit.Parent().Blocks {
			for _, instr := range block.Instrs {
				if start, ok := instr.(*ssa.Go); ok && makes(start, lit) {
					return true
				}
				mk, ok := instr.(*ssa.MakeClosure)
				if !ok || mk.Fn != lit {
					continue
				}
				for _, ref := range *mk.Referrers() {
					if _, ok := ref.(*ssa.Go); ok {
						return true
					}
				}
			}
		}
	}
	return false
}
