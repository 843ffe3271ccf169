package flow

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// Forward is a goroutine that waits until a context is done and then calls a
// CancelFunc, and does nothing else but tell of it.
type Forward struct {
	From   *Context // whose end it waits for
	Other  *Context // the other context whose end makes it leave, or nil
	To     *Context // whose CancelFunc it calls; nil where that isn't in view
	Cancel ssa.CallInstruction
	Wait   ssa.Instruction
	Tells  bool // logs as well
	Late   bool // the cancel is deferred
}

// ForwardIn recognises a forwarder in the body of a goroutine.
func (p *Package) ForwardIn(l Launch) (Forward, bool) {
	t := p.tree()
	var f Forward
	var sel *ssa.Select
	if l.Body == nil {
		return f, false // go cancel()
	}
	for _, block := range l.Body.Blocks {
		if block == l.Body.Recover {
			continue
		}
		for _, instr := range block.Instrs {
			switch instr := instr.(type) {
			case *ssa.UnOp:
				if instr.Op != token.ARROW {
					continue
				}
				if f.Wait != nil {
					return f, false
				}
				f.Wait, f.From = instr, t.passedIn(l, t.contextOfDone(instr.X))
			case *ssa.Select:
				if f.Wait != nil || !instr.Blocking || len(instr.States) != 2 {
					return f, false
				}
				f.Wait, sel = instr, instr
			case ssa.CallInstruction:
				if !f.call(t, l, instr) {
					return f, false
				}
			case *ssa.Send, *ssa.MapUpdate:
				return f, false
			case *ssa.Panic:
				if instr.Pos().IsValid() { // not the one behind a select
					return f, false
				}
			case *ssa.Store:
				if !t.packs(instr) {
					return f, false
				}
			}
		}
		if inLoop(block) {
			return f, false
		}
	}
	if f.Wait == nil || f.Cancel == nil {
		return f, false
	}
	if sel != nil && !f.choose(t, l, sel) {
		return f, false
	}
	return f, f.From != nil && (sel == nil || f.Other != nil) && f.comesAfter(sel)
}

// choose finds which case of the select leads to the cancel.
func (f *Forward) choose(t *tree, l Launch, sel *ssa.Select) bool {
	for i, s := range sel.States {
		if s.Dir != types.RecvOnly {
			return false
		}
		c := t.passedIn(l, t.contextOfDone(s.Chan))
		block := caseBlock(sel, i)
		if c == nil || block == nil {
			return false
		}
		if block == f.Cancel.Block() {
			f.From = c
		} else {
			f.Other = c
		}
	}
	return true
}

// comesAfter reports whether every way through the goroutine, or through its
// case, calls the CancelFunc once the wait is over.
func (f *Forward) comesAfter(sel *ssa.Select) bool {
	if f.Late {
		return true
	}
	return sel != nil || f.Cancel.Block() == f.Wait.Block() && indexOf(f.Cancel) > indexOf(f.Wait)
}

// call takes one call of the goroutine into account; false if it does
// something else.
func (f *Forward) call(t *tree, l Launch, site ssa.CallInstruction) bool {
	call := site.Common()
	if _, ok := call.Value.(*ssa.Builtin); ok {
		return true
	}
	if fn := Callee(call); fn != nil {
		switch {
		case isLook(fn):
			return true
		case formats(fn):
			return true
		case onlyTells(fn):
			f.Tells = true
			return true
		}
	}
	if call.IsInvoke() || f.Cancel != nil || !IsCancelFunc(call.Value.Type()) {
		return false
	}
	switch site.(type) {
	case *ssa.Go:
		return false
	case *ssa.Defer:
		f.Late = true
	}
	f.Cancel = site
	v := t.passedValue(l, call.Value)
	if e, ok := t.one(v).(*ssa.Extract); ok && IsCancelFunc(e.Type()) {
		f.To = t.cancelled(e)
	}
	return true
}

// isLook reports whether a function reads something from a context.
func isLook(fn *types.Func) bool {
	if InContext(fn, "Cause") {
		return true
	}
	recv := fn.Signature().Recv()
	return recv != nil && HasContextMethods(recv.Type()) && methodUse(fn) != UsePassed ||
		recv != nil && fn.Name() == "Context" && fn.Signature().Params().Len() == 0
}

// formats reports whether a function makes a message.
func formats(fn *types.Func) bool {
	if fn.Pkg() == nil {
		return fn.Name() == "Error" // of an error
	}
	switch fn.Pkg().Path() {
	case "fmt", "errors":
		return true
	}
	return false
}

// packs reports whether a store builds the arguments of a variadic call, or
// sets a variable of the goroutine's own.
func (t *tree) packs(store *ssa.Store) bool {
	switch addr := store.Addr.(type) {
	case *ssa.IndexAddr:
		_, ok := addr.X.(*ssa.Alloc)
		return ok
	case *ssa.Alloc:
		return true
	}
	return false
}

// passedIn is the context that v, of a launched body, is: for a parameter the
// argument of the launch.
func (t *tree) passedIn(l Launch, v ssa.Value) *Context {
	if v == nil {
		return nil
	}
	return t.node(t.passedValue(l, v))
}

func (t *tree) passedValue(l Launch, v ssa.Value) ssa.Value {
	param, ok := t.one(v).(*ssa.Parameter)
	if !ok || param.Parent() != l.Body {
		return v
	}
	site, ok := l.Site.(*ssa.Go)
	if !ok || site.Call.IsInvoke() || site.Call.StaticCallee() != l.Body {
		return v
	}
	for i, p := range l.Body.Params {
		if p == param && i < len(site.Call.Args) {
			return site.Call.Args[i]
		}
	}
	return v
}
