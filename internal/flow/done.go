package flow

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// AfterDone reports whether instr runs only once a context is done: on every
// path to it there is a receive from a context's Done, the select case of
// one, or the branch that a look at its error chose. A literal that is made
// there, or given to context.AfterFunc, runs after done as a whole.
func (p *Package) AfterDone(instr ssa.Instruction) bool {
	fn := instr.Parent()
	if p.doneBefore(fn, instr) {
		return true
	}
	outer := fn.Parent()
	if outer == nil {
		return false
	}
	for _, block := range outer.Blocks {
		for _, maker := range block.Instrs {
			if makes(maker, fn) {
				return afterFunc(maker) || p.AfterDone(maker)
			}
		}
	}
	return false
}

// MayFollowDone reports whether some path to instr learns that a context is
// done before it, so that who wants to do work there wants another context.
func (p *Package) MayFollowDone(instr ssa.Instruction) bool {
	for _, block := range instr.Parent().Blocks {
		for i, in := range block.Instrs {
			if receivesDone(in) && (reaches(block, instr.Block()) || slices.Contains(block.Instrs[i:], instr)) {
				return true
			}
		}
		for i, succ := range block.Succs {
			if edgeSaysDone(block, succ, i) && (succ == instr.Block() || reaches(succ, instr.Block())) {
				return true
			}
		}
	}
	outer := instr.Parent().Parent()
	if outer == nil {
		return false
	}
	for _, block := range outer.Blocks {
		for _, maker := range block.Instrs {
			if makes(maker, instr.Parent()) {
				return afterFunc(maker) || p.MayFollowDone(maker)
			}
		}
	}
	return false
}

// makes reports whether instr makes, or uses, the literal.
func makes(instr ssa.Instruction, lit *ssa.Function) bool {
	if mk, ok := instr.(*ssa.MakeClosure); ok {
		return mk.Fn == lit
	}
	for _, op := range instr.Operands(nil) {
		if *op == lit {
			return true
		}
	}
	return false
}

// afterFunc reports whether a literal's maker is, or feeds, a call of
// context.AfterFunc.
func afterFunc(maker ssa.Instruction) bool {
	isAfterFunc := func(instr ssa.Instruction) bool {
		call, ok := instr.(ssa.CallInstruction)
		return ok && AfterFunc(call)
	}
	if isAfterFunc(maker) {
		return true
	}
	if mk, ok := maker.(*ssa.MakeClosure); ok {
		for _, ref := range *mk.Referrers() {
			if isAfterFunc(ref) {
				return true
			}
		}
	}
	return false
}

// doneBefore solves "a context is done on every path" forward over the blocks
// of fn, from the optimistic side, and answers for instr.
func (p *Package) doneBefore(fn *ssa.Function, instr ssa.Instruction) bool {
	block := instr.Block()
	if p.enteredDone(fn)[block.Index] {
		return true
	}
	for _, in := range block.Instrs {
		if in == instr {
			return false
		}
		if receivesDone(in) {
			return true
		}
	}
	return false
}

// enteredDone says of each block whether some context is done on all ways into
// it.
func (p *Package) enteredDone(fn *ssa.Function) []bool {
	if known, ok := p.entered[fn]; ok {
		return known
	}
	entered := make([]bool, len(fn.Blocks))
	left := make([]bool, len(fn.Blocks))
	for i, block := range fn.Blocks {
		entered[i] = len(block.Preds) > 0
		left[i] = true
	}
	learns := make([]bool, len(fn.Blocks))
	for i, block := range fn.Blocks {
		for _, in := range block.Instrs {
			learns[i] = learns[i] || receivesDone(in)
		}
	}
	for changed := true; changed; {
		changed = false
		for i, block := range fn.Blocks {
			in := entered[i]
			for j, pred := range block.Preds {
				in = in && (left[pred.Index] || edgeSaysDone(pred, block, j))
			}
			out := in || learns[i]
			if in != entered[i] || out != left[i] {
				entered[i], left[i], changed = in, out, true
			}
		}
	}
	if p.entered == nil {
		p.entered = make(map[*ssa.Function][]bool)
	}
	p.entered[fn] = entered
	return entered
}

// edgeSaysDone reports whether control passes from pred to block only when a
// context is done. Both successors may be one block; the edge's number among
// block's predecessors tells which is meant.
func edgeSaysDone(pred, block *ssa.BasicBlock, j int) bool {
	if len(pred.Instrs) == 0 {
		return false
	}
	branch, ok := pred.Instrs[len(pred.Instrs)-1].(*ssa.If)
	if !ok || pred.Succs[0] == pred.Succs[1] {
		return false
	}
	return saysDone(branch.Cond, pred.Succs[0] == block)
}

// saysDone reports whether a condition that came out as taken means that a
// context is done.
func saysDone(cond ssa.Value, taken bool) bool {
	for {
		not, ok := cond.(*ssa.UnOp)
		if !ok || not.Op != token.NOT {
			break
		}
		cond, taken = not.X, !taken
	}
	switch cond := cond.(type) {
	case *ssa.Call:
		return taken && asksForCancel(cond)
	case *ssa.BinOp:
		if cond.Op != token.EQL && cond.Op != token.NEQ {
			return false
		}
		if sel, i := dispatch(cond); sel != nil {
			return taken && i >= 0 && i < len(sel.States) && sel.States[i].Dir == types.RecvOnly && isDoneChan(sel.States[i].Chan)
		}
		equal := taken == (cond.Op == token.EQL)
		for _, pair := range [][2]ssa.Value{{cond.X, cond.Y}, {cond.Y, cond.X}} {
			x, y := pair[0], pair[1]
			switch {
			case isNilConst(y) && isErrOfContext(x):
				return !equal
			case isCancelError(y), isCancelCode(y):
				return equal
			}
		}
	}
	return false
}

// receivesDone reports whether instr is a plain receive from a context's Done.
func receivesDone(instr ssa.Instruction) bool {
	recv, ok := instr.(*ssa.UnOp)
	return ok && recv.Op == token.ARROW && isDoneChan(recv.X)
}

// IsDone reports whether v is the Done channel of a context.
func IsDone(v ssa.Value) bool { return isDoneChan(v) }

// DoneOf is the context whose Done method returned v; nil where v is something
// else, or that isn't told.
func (p *Package) DoneOf(v ssa.Value) *Context {
	call, ok := v.(*ssa.Call)
	if !ok || !isDoneChan(v) {
		return nil
	}
	return p.ContextOf(argument(call.Common(), 0))
}

// isDoneChan reports whether v is certainly what the Done method of a context
// returned.
func isDoneChan(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.Call:
		callee := Callee(v.Common())
		if callee == nil || callee.Name() != "Done" {
			return false
		}
		recv := callee.Signature().Recv()
		return recv != nil && HasContextMethods(recv.Type()) && isDoneSignature(callee.Signature())
	case *ssa.ChangeType:
		return isDoneChan(v.X)
	case *ssa.UnOp:
		if v.Op != token.MUL {
			return false
		}
		if cell, ok := cellOf(v.X).(*ssa.Alloc); ok {
			only := onlyStore(cell)
			return only != nil && isDoneChan(only)
		}
	case *ssa.FreeVar:
		return isDoneChan(cellOf(v))
	}
	return false
}

// isErrOfContext reports whether v is ctx.Err() or context.Cause(ctx).
func isErrOfContext(v ssa.Value) bool {
	call, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	callee := Callee(call.Common())
	if callee == nil {
		return false
	}
	if recv := callee.Signature().Recv(); recv != nil {
		return callee.Name() == "Err" && HasContextMethods(recv.Type())
	}
	return InContext(callee, "Cause")
}

// isCancelError reports whether v is context.Canceled or DeadlineExceeded.
func isCancelError(v ssa.Value) bool {
	if mk, ok := v.(*ssa.MakeInterface); ok {
		v = mk.X
	}
	load, ok := v.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return false
	}
	global, ok := load.X.(*ssa.Global)
	if !ok || !inContextPackage(global.Object()) {
		return false
	}
	return global.Name() == "Canceled" || global.Name() == "DeadlineExceeded"
}

// isCancelCode reports whether v is gRPC's codes.Canceled or DeadlineExceeded.
func isCancelCode(v ssa.Value) bool {
	k, ok := v.(*ssa.Const)
	if !ok || k.Value == nil || types.TypeString(k.Type(), nil) != "google.golang.org/grpc/codes.Code" {
		return false
	}
	code, _ := constant.Int64Val(k.Value)
	const canceled, deadlineExceeded = 1, 4
	return code == canceled || code == deadlineExceeded
}

// asksForCancel recognises errors.Is(err, context.Canceled) and house
// functions that by name and type answer the same.
func asksForCancel(call *ssa.Call) bool {
	callee := Callee(call.Common())
	if callee == nil {
		return false
	}
	args := call.Call.Args
	if callee.Name() == "Is" && len(args) == 2 {
		return isCancelError(args[1])
	}
	for _, arg := range args {
		if isErrOfContext(arg) {
			return true // errors.Is(ctx.Err(), …), isTimeout(ctx.Err())
		}
	}
	name := strings.ToLower(callee.Name())
	return strings.Contains(name, "cancel") && len(args) == 1 && types.Identical(args[0].Type(), types.Universe.Lookup("error").Type())
}
