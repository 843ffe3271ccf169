package flow

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// Root is one call of context.Background or context.TODO, and what becomes of
// the context.
type Root struct {
	Call *ssa.Call
	Uses []RootUse
}

// RootUseKind is what a function does with a root, or with a context that it
// derives from one.
type RootUseKind uint8

const (
	RootPassed   RootUseKind = iota // an argument of a call
	RootLaunched                    // an argument of a go statement
	RootDeferred                    // an argument of a deferred call
	RootStored                      // in a field, a map, a slice, a global: it outlives the call
	RootReturned
	RootSent
	RootMerged   // a variable that holds another context on other paths
	RootCompared // with another context or nil
	RootAsked    // one of its own methods is called
)

// RootUse is one use of a root.
type RootUse struct {
	Kind    RootUseKind
	Instr   ssa.Instruction
	Derived []*ssa.Call // the derivations between the root and the use, the first one first
	Options bool        // passed inside of a struct
}

// Passed reports whether the use hands the context to a call that runs.
func (u RootUse) Passed() bool { return u.Kind == RootPassed || u.Kind == RootLaunched }

// RootsIn returns the roots that f makes, in the order of its bodies. What
// becomes of a root is followed through derivations and variables, into the
// literals that capture them.
func (p *Package) RootsIn(f *Func) []Root {
	var out []Root
	for _, body := range f.Bodies {
		for _, block := range body.Blocks {
			for _, instr := range block.Instrs {
				call, ok := instr.(*ssa.Call)
				if !ok || !isRootCall(call) {
					continue
				}
				t := &rootTracker{p: p, seen: make(map[ssa.Value]bool)}
				t.follow(call, nil)
				out = append(out, Root{call, t.uses})
			}
		}
	}
	return out
}

func isRootCall(call *ssa.Call) bool {
	if call.Call.IsInvoke() || len(call.Call.Args) > 0 {
		return false
	}
	callee := Callee(call.Common())
	if callee == nil || !inContextPackage(callee) {
		return false
	}
	return callee.Name() == "Background" || callee.Name() == "TODO"
}

// rootTracker follows one root forward.
type rootTracker struct {
	p    *Package
	seen map[ssa.Value]bool
	uses []RootUse
}

func (t *rootTracker) use(kind RootUseKind, instr ssa.Instruction, derived []*ssa.Call) {
	t.uses = append(t.uses, RootUse{Kind: kind, Instr: instr, Derived: derived})
}

func (t *rootTracker) follow(v ssa.Value, derived []*ssa.Call) {
	if t.seen[v] || v.Referrers() == nil {
		return
	}
	t.seen[v] = true
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.ChangeInterface:
			t.follow(ref, derived)
		case *ssa.MakeInterface:
			t.follow(ref, derived)
		case *ssa.ChangeType:
			t.follow(ref, derived)
		case *ssa.TypeAssert:
			t.follow(ref, derived)
		case *ssa.Extract:
			t.follow(ref, derived)
		case *ssa.Phi:
			t.merge(ref, derived)
		case *ssa.BinOp:
			t.use(RootCompared, ref, derived)
		case *ssa.Return:
			t.use(RootReturned, ref, derived)
		case *ssa.Send:
			t.use(RootSent, ref, derived)
		case *ssa.Store:
			if ref.Val == v {
				t.store(ref, derived)
			}
		case ssa.CallInstruction:
			t.call(ref, v, derived)
		case *ssa.DebugRef:
		default:
			t.use(RootStored, ref, derived)
		}
	}
}

// merge follows a variable that has the root on one path: on, if it has a root
// on all of them, or replaces a context that has no deadline. The latter asks
// for a deadline of its own and has no reason to lose the signal.
func (t *rootTracker) merge(phi *ssa.Phi, derived []*ssa.Call) {
	for _, edge := range phi.Edges {
		if edge == phi || isNilConst(edge) || t.seen[edge] || t.p.Origin(edge).Root {
			continue
		}
		if len(derived) > 0 && asksForDeadline(derived[0].Block()) {
			continue
		}
		t.use(RootMerged, phi, derived)
		return
	}
	t.follow(phi, derived)
}

// asksForDeadline reports whether a branch on what a context's Deadline
// returned leads to block.
func asksForDeadline(block *ssa.BasicBlock) bool {
	for b := block.Idom(); b != nil; b = b.Idom() {
		branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		cond, _ := stripNot(branch.Cond, true)
		if e, ok := cond.(*ssa.Extract); ok && e.Index == 1 {
			if call, ok := e.Tuple.(*ssa.Call); ok && call.Call.IsInvoke() && call.Call.Method.Name() == "Deadline" {
				return true
			}
		}
	}
	return false
}

// store follows a root into a variable; anywhere else it outlives the call.
func (t *rootTracker) store(store *ssa.Store, derived []*ssa.Call) {
	switch addr := store.Addr.(type) {
	case *ssa.Alloc:
		t.variable(addr, store, derived)
		return
	case *ssa.FreeVar:
		if cell, ok := cellOf(addr).(*ssa.Alloc); ok {
			t.variable(cell, store, derived)
			return
		}
	case *ssa.FieldAddr:
		if options, ok := addr.X.(*ssa.Alloc); ok {
			t.options(options, store, derived)
			return
		}
	}
	t.use(RootStored, store, derived)
}

// variable follows what is read from a variable after the root was stored in
// it. Where it may hold something else by then the root counts as merged.
func (t *rootTracker) variable(cell *ssa.Alloc, store *ssa.Store, derived []*ssa.Call) {
	cells := cellsOf(cell)
	sole := true
	for _, c := range cells {
		for _, ref := range *c.Referrers() {
			switch ref := ref.(type) {
			case *ssa.Store:
				if ref == store || ref.Addr != c || isNilConst(ref.Val) || t.seen[ref.Val] || t.p.Origin(ref.Val).Root {
					continue
				}
				sole = false
				if ref.Parent() != store.Parent() || !precedes(ref, store) || reaches(store.Block(), ref.Block()) {
					t.use(RootMerged, store, derived)
					return
				}
			case *ssa.UnOp, *ssa.MakeClosure, *ssa.DebugRef:
			default:
				t.use(RootStored, store, derived)
				return
			}
		}
	}
	for _, c := range cells {
		made := c.Parent() == store.Parent() || sole
		for _, ref := range *c.Referrers() {
			load, ok := ref.(*ssa.UnOp)
			if !ok || load.Op != token.MUL {
				continue
			}
			if sole || load.Parent() == store.Parent() && precedes(store, load) || !made && madeAfter(load.Parent(), store) {
				t.follow(load, derived)
			}
		}
	}
}

// cellsOf returns a variable and the captured forms of it in all literals.
func cellsOf(cell ssa.Value) []ssa.Value {
	out := []ssa.Value{cell}
	for i := 0; i < len(out); i++ {
		for _, ref := range *out[i].Referrers() {
			mk, ok := ref.(*ssa.MakeClosure)
			if !ok {
				continue
			}
			for j, bound := range mk.Bindings {
				if bound == out[i] {
					out = append(out, mk.Fn.(*ssa.Function).FreeVars[j])
				}
			}
		}
	}
	return out
}

// madeAfter reports whether a literal is made only after instr.
func madeAfter(lit *ssa.Function, instr ssa.Instruction) bool {
	for lit != nil && lit.Parent() != instr.Parent() {
		lit = lit.Parent()
	}
	if lit == nil {
		return false
	}
	for _, block := range instr.Parent().Blocks {
		for _, in := range block.Instrs {
			if mk, ok := in.(*ssa.MakeClosure); ok && mk.Fn == lit {
				return precedes(instr, in)
			}
		}
	}
	return false
}

// precedes reports whether a runs before b on every path to b.
func precedes(a, b ssa.Instruction) bool {
	if a.Block() != b.Block() {
		return a.Block().Dominates(b.Block())
	}
	for _, instr := range a.Block().Instrs {
		if instr == a {
			return true
		}
		if instr == b {
			return false
		}
	}
	return false
}

// options follows a struct that holds a root: it passes the root on where the
// struct goes straight into calls, and keeps it where it goes elsewhere.
func (t *rootTracker) options(s *ssa.Alloc, store *ssa.Store, derived []*ssa.Call) {
	var calls []ssa.CallInstruction
	take := func(v ssa.Value) bool {
		for _, ref := range *v.Referrers() {
			switch ref := ref.(type) {
			case *ssa.FieldAddr, *ssa.DebugRef:
			case *ssa.UnOp:
				for _, ref := range *ref.Referrers() {
					if call, ok := ref.(ssa.CallInstruction); ok {
						calls = append(calls, call)
					} else if _, ok := ref.(*ssa.DebugRef); !ok {
						return false
					}
				}
			case ssa.CallInstruction:
				calls = append(calls, ref)
			default:
				return false
			}
		}
		return true
	}
	if !take(s) || len(calls) == 0 {
		t.use(RootStored, store, derived)
		return
	}
	for _, call := range calls {
		kind := kindOfCall(call)
		t.uses = append(t.uses, RootUse{Kind: kind, Instr: call, Derived: derived, Options: true})
	}
}

func kindOfCall(call ssa.CallInstruction) RootUseKind {
	switch call.(type) {
	case *ssa.Go:
		return RootLaunched
	case *ssa.Defer:
		return RootDeferred
	}
	return RootPassed
}

// call decides what a call does with the context v.
func (t *rootTracker) call(site ssa.CallInstruction, v ssa.Value, derived []*ssa.Call) {
	common := site.Common()
	offset := 0
	if common.IsInvoke() {
		offset = 1
		if common.Value == v {
			t.use(RootAsked, site, derived)
			return
		}
	}
	if call, ok := site.(*ssa.Call); ok {
		if s := t.p.SummaryOf(Callee(common)); s != nil {
			follows := false
			for _, d := range s.Derives {
				i := d.Param - offset
				if d.Param < 0 || i < 0 || i >= len(common.Args) || common.Args[i] != v {
					continue
				}
				follows = true
				next := append(derived[:len(derived):len(derived)], call)
				if common.Signature().Results().Len() == 1 {
					t.follow(call, next)
					continue
				}
				for _, ref := range *call.Referrers() {
					if e, ok := ref.(*ssa.Extract); ok && e.Index == d.Result {
						t.follow(e, next)
					}
				}
			}
			if follows {
				return
			}
		}
	}
	t.use(kindOfCall(site), site, derived)
}

// CancelOf returns the cancel function that a derivation returned with its
// context, nil if it returned none or nobody takes it.
func CancelOf(derivation *ssa.Call) ssa.Value {
	results := derivation.Call.Signature().Results()
	for _, ref := range *derivation.Referrers() {
		if e, ok := ref.(*ssa.Extract); ok && isCancelLike(results.At(e.Index).Type()) {
			return e
		}
	}
	return nil
}

func isCancelLike(t types.Type) bool {
	if IsCancelFunc(t) {
		return true
	}
	sig, ok := t.Underlying().(*types.Signature)
	return ok && sig.Params().Len() == 0 && sig.Results().Len() == 0
}
