package flow

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// Reach says how far the context of a derivation gets.
type Reach uint8

const (
	StaysInside Reach = iota // nothing that we can see keeps it
	MayLeave                 // something made with it leaves, or a callee may keep it
	Leaves                   // it is returned, stored, or used by a goroutine that isn't waited for
)

// Lifetime says whether the derived context can be in use after the function
// that made it has returned, or after the turn of a loop.
type Lifetime struct {
	Reach    Reach
	Deferred bool // a deferred call uses it
}

// LifetimeOf follows the contexts that a call returns beside its obligation,
// the given result, and what is made with them. With turns set, what counts is
// the turn of the loop that the call stands in, not the function.
func (p *Package) LifetimeOf(call *ssa.Call, result int, turns bool) Lifetime {
	e := &escape{
		created: call.Block(), turns: turns,
		waiting: make(map[*ssa.Function]bool), seen: make(map[ssa.Value]bool),
	}
	for _, ref := range *call.Referrers() {
		if extract, ok := ref.(*ssa.Extract); ok && extract.Index != result && HoldsContext(extract.Type()) {
			e.follow(extract, Leaves)
		}
	}
	return Lifetime{e.worst, e.deferred}
}

// escape collects how far a value gets.
type escape struct {
	created *ssa.BasicBlock
	turns   bool
	waiting map[*ssa.Function]bool // functions that wait for their goroutines
	seen    map[ssa.Value]bool

	worst    Reach
	deferred bool // a deferred call uses it
}

func (e *escape) raise(l Reach) { e.worst = max(e.worst, l) }

// follow looks at all uses of v; how is what it means when v itself leaves.
func (e *escape) follow(v ssa.Value, how Reach) {
	if e.seen[v] || v.Referrers() == nil {
		return
	}
	e.seen[v] = true
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Return:
			if _, param := v.(*ssa.Parameter); !param { // what a callee returns is followed at the call
				e.raise(how)
			}
		case *ssa.Send, *ssa.MapUpdate:
			e.raise(how)
		case *ssa.Store:
			if ref.Val == v {
				e.store(ref.Addr, how)
			}
		case *ssa.MakeClosure:
			e.closure(ref, v, how)
		case *ssa.Go:
			if !e.waited(ref.Parent()) {
				e.raise(Leaves)
			}
		case *ssa.Defer:
			e.deferred = true
		case *ssa.Call:
			e.call(ref, v, how)
		case *ssa.Phi:
			if e.turns && !e.created.Dominates(ref.Block()) {
				e.raise(Leaves)
			}
			e.follow(ref, how)
		case *ssa.MakeInterface:
			e.follow(ref, how)
		case ssa.Value:
			if HoldsContext(ref.Type()) {
				e.follow(ref, how)
			}
		}
	}
}

// waited reports whether a function waits for the goroutines that it starts;
// a turn of a loop has ended by then.
func (e *escape) waited(fn *ssa.Function) bool {
	if e.turns && fn == e.created.Parent() {
		return false
	}
	if _, known := e.waiting[fn]; !known {
		e.waiting[fn] = waitsForGroup(fn)
	}
	return e.waiting[fn]
}

// store follows a value into memory: variables and what they are made of by
// their uses, all else as leaving.
func (e *escape) store(addr ssa.Value, how Reach) {
	switch addr := addr.(type) {
	case *ssa.Alloc:
		if e.turns && !e.created.Dominates(addr.Block()) {
			e.raise(Leaves)
		}
		e.follow(addr, how)
	case *ssa.FieldAddr:
		if _, local := addr.X.(*ssa.Alloc); !local {
			e.raise(how)
			return
		}
		e.store(addr.X, how)
	case *ssa.IndexAddr: // often the slice of variadic arguments
		if _, local := addr.X.(*ssa.Alloc); !local {
			e.raise(how)
			return
		}
		e.store(addr.X, how)
	default:
		e.raise(how)
	}
}

// closure follows a captured variable into the literal, and the literal.
func (e *escape) closure(closure *ssa.MakeClosure, captured ssa.Value, how Reach) {
	fn := closure.Fn.(*ssa.Function)
	for i, bound := range closure.Bindings {
		if bound == captured && i < len(fn.FreeVars) {
			e.follow(fn.FreeVars[i], how)
		}
	}
	e.follow(closure, how)
}

// call follows what a callee and its results make of v. A callee without a
// body in view is judged by its name.
func (e *escape) call(call *ssa.Call, v ssa.Value, how Reach) {
	common := call.Common()
	if common.Value == v && !common.IsInvoke() {
		return // a closure that is called here
	}
	receiver := common.IsInvoke() && common.Value == v
	if callee := common.StaticCallee(); callee != nil && len(callee.Blocks) > 0 {
		for i, arg := range common.Args {
			if arg == v && i < len(callee.Params) {
				e.follow(callee.Params[i], how)
			}
		}
	} else if !receiver {
		_, closure := v.(*ssa.MakeClosure)
		if (closure || mayKeep(common)) && !e.waited(call.Parent()) {
			e.raise(MayLeave)
		}
	}
	switch {
	case receiver && common.Method.Name() == "Done":
		e.follow(call, how)
	case HoldsContext(call.Type()):
		e.follow(call, MayLeave)
	}
}

// mayKeep reports whether a callee whose body isn't in view is likely to keep
// a context that it is given beyond its own return: by its name, and through
// an interface unless the name is that of a request that is answered.
func mayKeep(call *ssa.CallCommon) bool {
	obj := Callee(call)
	if obj == nil {
		return false
	}
	for _, verb := range keeping {
		if len(obj.Name()) >= len(verb) && strings.EqualFold(obj.Name()[:len(verb)], verb) {
			return true
		}
	}
	if !call.IsInvoke() || inContextPackage(obj) {
		return false
	}
	return !slices.ContainsFunc(answering, func(verb string) bool {
		return len(obj.Name()) >= len(verb) && strings.EqualFold(obj.Name()[:len(verb)], verb)
	})
}

var (
	keeping = []string{
		"Start", "Watch", "Subscribe", "Register", "Go", "Launch", "Spawn", "Notify", "Listen", "New", "Open", "Dial", "Connect",
		"Run", "Enqueue", "Submit", "On", "Add", "Attach", "Set", "Keep", "Bind", "Schedule", "Serve", "Handle", "Publish",
	}
	answering = []string{
		"Get", "Do", "Query", "Exec", "Read", "Write", "Call", "Invoke", "Ping", "Fetch", "Load", "Find", "List", "Lookup", "Check",
		"Close", "Shutdown", "Stop", "Wait", "Validate", "Delete", "Remove", "Create", "Update", "Put", "Post", "Patch", "Head", "Scan",
		"Save", "Store", "Insert", "Select", "Count", "Commit", "Rollback", "Send", "Recv", "Receive", "Sync", "Log", "Flush", "Resolve",
	}
)

// HoldsContext reports whether a value of this type can hold a context; errors
// and plain data can't.
func HoldsContext(t types.Type) bool {
	if types.Identical(t, types.Universe.Lookup("error").Type()) {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return false
	case *types.Slice:
		return HoldsContext(u.Elem())
	case *types.Array:
		return HoldsContext(u.Elem())
	case *types.Tuple:
		for v := range u.Variables() {
			if HoldsContext(v.Type()) {
				return true
			}
		}
		return false
	case *types.Struct:
		for f := range u.Fields() {
			if HoldsContext(f.Type()) {
				return true
			}
		}
		return false
	}
	return true
}

// waitsForGroup reports whether the function waits for goroutines: by the Wait method
// of a type named as a group of them.
func waitsForGroup(fn *ssa.Function) bool {
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			obj := Callee(call.Common())
			if obj == nil || obj.Name() != "Wait" || obj.Signature().Recv() == nil || obj.Signature().Params().Len() > 0 {
				continue
			}
			recv := obj.Signature().Recv().Type()
			if ptr, ok := recv.(*types.Pointer); ok {
				recv = ptr.Elem()
			}
			if named, ok := recv.(*types.Named); ok && (strings.HasSuffix(named.Obj().Name(), "Group") || strings.HasSuffix(named.Obj().Name(), "Pool")) {
				return true
			}
		}
	}
	return false
}
