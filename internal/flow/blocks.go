package flow

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"log/slog"
	"runtime/debug"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// mostBlocks bounds the operations that a summary names, deepest the calls
// down to them: far away from an operation much decides whether it is reached.
const (
	mostBlocks = 4
	deepest    = 2
)

// summariseBlocks adds to each summary the operations on which a call of the
// function can wait for ever, callees before callers.
func (p *Package) summariseBlocks(components [][]*Func) {
	for _, component := range components {
		if p.Interrupted() {
			return
		}
		for range len(component) {
			changed := false
			for _, f := range component {
				if f.Obj == nil {
					continue
				}
				blocks := p.blocksOf(f)
				s := p.summaries[p.key(f.Obj)]
				if s == nil {
					if len(blocks) == 0 {
						continue
					}
					s = new(Summary)
					p.summaries[p.key(f.Obj)] = s
				}
				if len(blocks) != len(s.Blocks) {
					s.Blocks, changed = blocks, true
				}
			}
			if !changed {
				break
			}
		}
	}
}

func (p *Package) blocksOf(f *Func) (blocks []Block) {
	if f.tooLarge {
		return nil
	}
	defer func() {
		if r := recover(); r != nil {
			lost := fmt.Sprintf("flow: %s: panic: %v", f.Obj.FullName(), r)
			slog.Error("the engine failed on a function", "what", lost, "stack", string(debug.Stack()))
			p.Lost = append(p.Lost, lost)
		}
	}()
	for _, wait := range p.Waits(f.SSA) {
		if len(blocks) == mostBlocks {
			break
		}
		if wait.Inner != nil {
			if len(wait.Inner.Path) >= deepest {
				continue
			}
			inner := *wait.Inner
			name := Callee(wait.Instr.(ssa.CallInstruction).Common()).Name()
			inner.Path = append([]string{name}, inner.Path...)
			blocks = append(blocks, inner)
			continue
		}
		posn := p.Position(wait.Pos)
		file := posn.Filename[strings.LastIndexAny(posn.Filename, `/\`)+1:] // the same on every machine
		blocks = append(blocks, Block{
			Kind: wait.Kind, Operation: p.Operation(wait), Position: Position{file, posn.Line, posn.Column}, pos: wait.Pos,
			Reason: wait.Reason, Handed: wait.Handed, Kept: wait.Kept, Lost: wait.Lost, local: &wait,
		})
	}
	return blocks
}

// call decides on a call: it waits for ever if its callee does by its summary.
func (w waiter) call(call *ssa.Call) (Wait, bool) {
	fn := Callee(call.Common())
	if w.p.userBlocks(fn) {
		inner := Block{Kind: BlockCall, Operation: "return from " + fn.Name()}
		return Wait{Kind: BlockCall, Inner: &inner, Reason: fmt.Sprintf("the configuration lists %s as blocking", fn.Name())}, true
	}
	if fns, _ := w.g.world.callees(call.Common()); call.Call.IsInvoke() && len(fns) == 1 {
		fn, _ = fns[0].Object().(*types.Func)
	}
	s := w.p.SummaryOf(fn)
	if s == nil || len(s.Blocks) == 0 || isStandard(fn.Pkg()) {
		return Wait{}, false
	}
	var found Wait
	for _, inner := range s.Blocks {
		wait := Wait{Kind: BlockCall, Inner: &inner, Reason: fmt.Sprintf("%s can wait for ever to %s", fn.Name(), inner.Operation)}
		if inner.local != nil {
			local, ok := w.given(call, *inner.local)
			if !ok {
				continue
			}
			wait.Makes, wait.Outnumbered, wait.Lost = local.Makes, local.Outnumbered, local.Lost
			wait.Paced, wait.Served = local.Paced, local.Served
			inner.Reason = local.Reason
		}
		step := Step{inner.pos, "it waits here"}
		if found.Inner == nil {
			found = wait
		} else {
			step.Message = "it can wait here, too"
		}
		if inner.pos.IsValid() {
			found.Steps = append(found.Steps, step)
		}
	}
	return found, found.Inner != nil
}

// given decides on a send in a callee anew, for the channel that this call
// hands to it.
func (w waiter) given(call *ssa.Call, inner Wait) (Wait, bool) {
	send, ok := inner.Instr.(*ssa.Send)
	if !ok {
		return inner, true
	}
	param, ok := send.Chan.(*ssa.Parameter)
	args := call.Call.Args
	if !ok || w.g.world.callee(call.Common()) != send.Parent() || len(args) != len(send.Parent().Params) {
		return inner, true
	}
	for i, p := range send.Parent().Params {
		if p == param {
			return w.send(&chanOp{instr: send, state: -1}, w.g.channelOf(args[i]))
		}
	}
	return inner, true
}

// Operation says what a wait does, for messages: "receive from s.jobs".
func (p *Package) Operation(wait Wait) string {
	switch wait.Kind {
	case BlockSend:
		return "send to " + p.channelName(wait)
	case BlockReceive, BlockRange:
		return "receive from " + p.channelName(wait)
	case BlockCond:
		return "be woken by " + p.channelName(wait)
	case BlockCall:
		if fn := Callee(wait.Instr.(ssa.CallInstruction).Common()); fn != nil {
			return "return from " + fn.Name()
		}
	case BlockSelect:
		return "get a case of its select"
	}
	return "leave an empty select"
}

// channelName is the source text of a wait's channel, if it is short.
func (p *Package) channelName(wait Wait) string {
	if x := p.ChannelExpr(wait); x != nil {
		if name := types.ExprString(x); len(name) <= 40 {
			return name
		}
	}
	if wait.Kind == BlockCond {
		return "a condition"
	}
	return "a channel"
}

// ChannelExpr returns the expression of a wait's channel or condition, nil for
// a wait on more or less than one.
func (p *Package) ChannelExpr(wait Wait) ast.Expr {
	f := p.Of(wait.Instr.Parent())
	if f == nil {
		return nil
	}
	for _, n := range Enclosing(f.File, wait.Pos) {
		switch n := n.(type) {
		case *ast.SendStmt:
			if n.Arrow == wait.Pos {
				return n.Chan
			}
		case *ast.UnaryExpr:
			if n.Op == token.ARROW && n.OpPos == wait.Pos {
				return n.X
			}
		case *ast.RangeStmt:
			if n.For == wait.Pos {
				return n.X
			}
		case *ast.CallExpr:
			if sel, ok := n.Fun.(*ast.SelectorExpr); ok && wait.Kind == BlockCond {
				return sel.X
			}
		}
	}
	return nil
}
