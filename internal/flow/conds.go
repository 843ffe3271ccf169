package flow

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// condition is what the package does with one sync.Cond: a variable, or a
// field of all values of a type.
type condition struct {
	wakes   []ssa.CallInstruction // Signal and Broadcast
	escapes bool                  // code out of view has it
}

// conditions indexes the sync.Conds of the package by where they are held.
func (p *Package) conditions() map[any]*condition {
	if p.conds != nil {
		return p.conds
	}
	p.conds = make(map[any]*condition)
	at := func(key any) *condition {
		c := p.conds[key]
		if c == nil {
			c = new(condition)
			p.conds[key] = c
		}
		return c
	}
	var operands []*ssa.Value
	for _, body := range p.bodies() {
		for _, block := range body.Blocks {
			for _, instr := range block.Instrs {
				method, recv := condCall(instr)
				if recv != nil {
					c := at(p.condKey(recv))
					if method != "Wait" {
						c.wakes = append(c.wakes, instr.(ssa.CallInstruction))
					}
					continue
				}
				switch instr.(type) {
				case *ssa.FieldAddr, *ssa.UnOp, *ssa.MakeClosure, *ssa.DebugRef:
					continue // a way to it
				case *ssa.Store:
					if v := instr.(*ssa.Store).Val; isCond(v.Type()) {
						if _, made := v.(*ssa.Call); !made {
							at(p.condKey(v)).escapes = true
						}
					}
					continue
				}
				operands = instr.Operands(operands[:0])
				for _, operand := range operands {
					if *operand != nil && isCond((*operand).Type()) {
						at(p.condKey(*operand)).escapes = true
					}
				}
			}
		}
	}
	return p.conds
}

// condCall recognises a call of a method of sync.Cond.
func condCall(instr ssa.Instruction) (method string, recv ssa.Value) {
	site, ok := instr.(ssa.CallInstruction)
	if !ok {
		return "", nil
	}
	fn := Callee(site.Common())
	if fn == nil || fn.Pkg() == nil || fn.Pkg().Path() != "sync" || len(site.Common().Args) == 0 {
		return "", nil
	}
	if recv := fn.Signature().Recv(); recv != nil && isCond(recv.Type()) {
		return fn.Name(), site.Common().Args[0]
	}
	return "", nil
}

func isCond(t types.Type) bool {
	if ptr, ok := types.Unalias(t).(*types.Pointer); ok {
		t = ptr.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Name() == "Cond" && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "sync"
}

// condKey names what holds a condition; nil if that isn't in view.
func (p *Package) condKey(v ssa.Value) any {
	if load, ok := v.(*ssa.UnOp); ok {
		v = load.X
	}
	switch v := cellOf(v).(type) {
	case *ssa.FieldAddr:
		field := fieldAt(v.X.Type().Underlying().(*types.Pointer).Elem(), v.Field)
		if field != nil && field.Pkg() == p.Pass.Pkg && (!field.Exported() || p.callers().closed) {
			return field
		}
	case *ssa.Alloc:
		return v
	case *ssa.Call: // sync.NewCond, in a variable that isn't captured
		return v
	case *ssa.Global:
		if v.Object() != nil && !ast.IsExported(v.Name()) {
			return v
		}
	}
	return nil
}

// condWait decides on sync.Cond.Wait: it waits for ever if nobody wakes it, or
// if it stands in a loop that never ends and nobody wakes it to say stop.
func (w waiter) condWait(instr ssa.Instruction, recv ssa.Value) (Wait, bool) {
	wait := Wait{Kind: BlockCond}
	key := w.p.condKey(recv)
	c := w.p.conditions()[key]
	if key == nil || c == nil || c.escapes {
		return wait, false
	}
	if len(c.wakes) == 0 {
		wait.Reason = "nobody wakes it"
		return wait, true
	}
	if !regionOf(instr.Block()).endless(w, true) {
		return wait, false
	}
	for _, wake := range c.wakes {
		if _, deferred := wake.(*ssa.Defer); deferred || w.saysStop(wake) {
			return wait, false
		}
		wait.Steps = append(wait.Steps, Step{wake.Pos(), "it is woken here"})
	}
	wait.Reason = "nobody wakes it to say stop"
	return wait, true
}

// closers are words in the names of functions that end something.
var closers = []string{"close", "stop", "shutdown", "cancel", "exit", "kill", "quit", "abort", "term", "finish", "drain", "done"}

// saysStop reports whether a wake-up may be one that ends the waiter: it comes
// from a function that ends something, or after a context is done.
func (w waiter) saysStop(wake ssa.CallInstruction) bool {
	if w.p.AfterDone(wake) {
		return true
	}
	fn := wake.Parent()
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	name := strings.ToLower(fn.Name())
	for _, word := range closers {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}
