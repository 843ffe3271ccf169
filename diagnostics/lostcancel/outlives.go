package lostcancel

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/internal/flow"
)

// lifetime says whether the derived context can be in use after the function
// that made it has returned.
type lifetime int

const (
	staysInside lifetime = iota // nothing that we can see keeps it
	mayLeave                    // something made with it leaves, or a callee may keep it
	leaves                      // it is returned, stored, or used by a goroutine that isn't waited for
)

// outlives follows the contexts that the creation returns, and what is made
// with them.
func (c *creation) outlives() lifetime {
	e := escape{waits: waits(c.call.Parent()), seen: make(map[ssa.Value]bool)}
	for _, ref := range *c.call.Referrers() {
		if extract, ok := ref.(*ssa.Extract); ok && extract.Index != c.result && holdsContext(extract.Type()) {
			e.follow(extract, leaves)
		}
	}
	return e.worst
}

// escape collects how far a value gets.
type escape struct {
	waits bool // the function waits for goroutines by a Wait method
	seen  map[ssa.Value]bool
	worst lifetime
}

func (e *escape) raise(l lifetime) { e.worst = max(e.worst, l) }

// follow looks at all uses of v; how is what it means when v itself leaves.
func (e *escape) follow(v ssa.Value, how lifetime) {
	if e.seen[v] || v.Referrers() == nil {
		return
	}
	e.seen[v] = true
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Return, *ssa.Send, *ssa.MapUpdate:
			e.raise(how)
		case *ssa.Store:
			if ref.Val == v {
				e.store(ref.Addr, how)
			}
		case *ssa.MakeClosure:
			e.closure(ref, v, how)
		case *ssa.Go:
			if !e.waits {
				e.raise(leaves)
			}
		case *ssa.Defer:
		case *ssa.Call:
			e.call(ref, v)
		case ssa.Value:
			if holdsContext(ref.Type()) {
				e.follow(ref, how)
			}
		}
	}
}

// store follows a value into memory: a variable by its loads, all else as
// leaving.
func (e *escape) store(addr ssa.Value, how lifetime) {
	switch addr := addr.(type) {
	case *ssa.Alloc:
		e.follow(addr, how)
	case *ssa.FieldAddr:
		if cell, ok := addr.X.(*ssa.Alloc); ok {
			e.follow(cell, mayLeave) // an argument struct, or a result
			return
		}
		e.raise(how)
	case *ssa.IndexAddr:
		e.follow(addr.X, mayLeave) // the slice of variadic arguments
	default:
		e.raise(how)
	}
}

// closure follows a captured variable into the literal, and the literal.
func (e *escape) closure(closure *ssa.MakeClosure, captured ssa.Value, how lifetime) {
	fn := closure.Fn.(*ssa.Function)
	for i, bound := range closure.Bindings {
		if bound == captured && i < len(fn.FreeVars) {
			e.follow(fn.FreeVars[i], how)
		}
	}
	e.follow(closure, how)
}

// call follows what a call makes of v, and asks by the callee's name whether
// it starts something that goes on.
func (e *escape) call(call *ssa.Call, v ssa.Value) {
	if call.Call.Value == v && !call.Call.IsInvoke() {
		return // a closure that is called here
	}
	name := ""
	if obj := flow.Callee(call.Common()); obj != nil {
		name = obj.Name()
	}
	_, closure := v.(*ssa.MakeClosure)
	if startsSomething(name) || closure {
		if !e.waits {
			e.raise(mayLeave)
		}
	}
	if holdsContext(call.Type()) {
		e.follow(call, mayLeave)
	}
}

// startsSomething reports whether a function of that name is likely to keep
// the context that it is given beyond its own return.
func startsSomething(name string) bool {
	for _, prefix := range []string{"Start", "start", "Watch", "watch", "Subscribe", "subscribe", "Register", "register", "Go", "go", "Launch", "launch", "Spawn", "spawn", "Notify", "Listen", "listen", "New", "new", "Open", "Dial", "dial", "Connect", "connect"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// holdsContext reports whether a value of this type can hold a context; errors
// and plain data can't.
func holdsContext(t types.Type) bool {
	if types.Identical(t, types.Universe.Lookup("error").Type()) {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return false
	case *types.Slice:
		return holdsContext(u.Elem())
	case *types.Array:
		return holdsContext(u.Elem())
	case *types.Tuple:
		for v := range u.Variables() {
			if holdsContext(v.Type()) {
				return true
			}
		}
		return false
	case *types.Struct:
		for f := range u.Fields() {
			if holdsContext(f.Type()) {
				return true
			}
		}
		return false
	}
	return true
}

// waits reports whether the function waits for its goroutines by a method
// named Wait.
func waits(fn *ssa.Function) bool {
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			if call, ok := instr.(ssa.CallInstruction); ok {
				if obj := flow.Callee(call.Common()); obj != nil && obj.Name() == "Wait" && obj.Signature().Recv() != nil {
					return true
				}
			}
		}
	}
	return false
}
