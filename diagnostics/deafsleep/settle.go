package deafsleep

import (
	"go/token"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

// settles reports whether a sleep is the last that a function does which can
// fail and, on each way from here, doesn't take long any more: what was done
// before has to come to rest, and an early end would call it a failure.
func settles(pass *rule.Pass, sleep *ssa.Call) bool {
	fn := sleep.Parent()
	results := fn.Signature.Results()
	if results.Len() == 0 || !flow.IsErrorType(results.At(results.Len()-1).Type()) {
		return false
	}
	block := sleep.Block()
	if failed(block) || !follows(pass, sleep) {
		return false // it holds up the error, or is all that is done
	}
	if !quick(pass, block.Instrs[slices.Index(block.Instrs, ssa.Instruction(sleep))+1:]) {
		return false
	}
	seen := make(map[*ssa.BasicBlock]bool)
	todo := slices.Clone(block.Succs)
	for len(todo) > 0 {
		b := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		switch {
		case b == block:
			return false // it polls
		case seen[b]:
			continue
		case !quick(pass, b.Instrs):
			return false
		}
		seen[b] = true
		todo = append(todo, b.Succs...)
	}
	return true
}

// follows reports whether a call that takes long, and can fail, was made on each
// way to a sleep.
func follows(pass *rule.Pass, sleep *ssa.Call) bool {
	for b := sleep.Block(); b != nil; b = b.Idom() {
		for _, instr := range b.Instrs {
			if instr == sleep {
				break
			}
			if call, ok := instr.(*ssa.Call); ok {
				results := call.Call.Signature().Results()
				if results.Len() > 0 && flow.IsErrorType(results.At(results.Len()-1).Type()) && pass.Flow.LatencyOf(&call.Call) != flow.LatencyNone {
					return true
				}
			}
		}
	}
	return false
}

// failed reports whether a block is only reached where an error isn't nil.
func failed(block *ssa.BasicBlock) bool {
	for b := block; b.Idom() != nil; b = b.Idom() {
		branch, ok := b.Idom().Instrs[len(b.Idom().Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		test, ok := branch.Cond.(*ssa.BinOp)
		if !ok || !flow.IsErrorType(test.X.Type()) {
			continue
		}
		if test.Op == token.NEQ && b.Idom().Succs[0] == b || test.Op == token.EQL && b.Idom().Succs[1] == b {
			return len(b.Preds) == 1
		}
	}
	return false
}

// quick reports whether instructions neither take long nor hand anything to
// another goroutine.
func quick(pass *rule.Pass, instrs []ssa.Instruction) bool {
	for _, instr := range instrs {
		switch instr := instr.(type) {
		case *ssa.Call:
			fn := flow.Callee(&instr.Call)
			if (fn == nil || !flow.OnlyTells(fn)) && pass.Flow.LatencyOf(&instr.Call) != flow.LatencyNone {
				return false
			}
		case *ssa.Go, *ssa.Send, *ssa.Select, *ssa.Defer, *ssa.Panic:
			return false
		case *ssa.UnOp:
			if instr.Op == token.ARROW {
				return false
			}
		}
	}
	return true
}

// ender matches the names of functions that end something that runs.
var ender = regexp.MustCompile(`^(?i:shut_?down|stop|quit|close|exit|terminate|kill|tear_?down|disconnect|leave)(All|Gracefully|Now|With[A-Z]\w*)?$`)

// endsSomething reports whether the function by its name ends something: its
// sleeps give what it ends the time to.
func endsSomething(pass *rule.Pass) bool {
	name := pass.Func.Name()
	return ender.MatchString(name[strings.LastIndexByte(name, '.')+1:])
}
