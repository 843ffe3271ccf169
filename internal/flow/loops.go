package flow

import (
	"go/ast"
	"go/constant"
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// DeafLoop is a loop that goes on once the contexts around it are done:
// without end, or until something else succeeds.
type DeafLoop struct {
	Stmt   ast.Stmt    // an *ast.ForStmt without condition or an *ast.RangeStmt over a ticker
	Fails  []*ssa.Call // calls under a context whose failure doesn't leave the loop, though their success does
	Ends   string      // the error by which one of them leaves, if its success doesn't: "io.EOF"
	Polls  []*ssa.Call // as Fails, but the calls take no context
	Repeat Repeat      // what it does in each turn, the most telling
	At     ssa.Instruction
	Waits  bool // it sleeps, ticks or waits for a channel in a turn: it doesn't spin
}

// Repeat is what a loop repeats.
type Repeat uint8

const (
	RepeatNothing Repeat = iota // nothing that reaches out of the function's own state
	RepeatOutside               // a call on the outside world: files, network, processes
	RepeatContext               // a call that takes a context
	RepeatReceive               // an operation on a channel
	RepeatTick                  // a receive from a ticker or timer
	RepeatSleep                 // time.Sleep
)

// DeafLoops returns the endless loops of body with no exit that depends on a
// context, in source order. Whatever else leaves a loop (a channel, a flag, a
// count, the end of data) makes it none of them.
func (p *Package) DeafLoops(body *ssa.Function) []DeafLoop {
	stmts := endlessStmts(p, body)
	if len(stmts) == 0 {
		return nil
	}
	var out []DeafLoop
	for _, l := range naturalLoops(body) {
		stmt := l.stmt(stmts)
		if stmt == nil {
			continue
		}
		s := &loopSearch{p: p, w: waiter{p: p, g: p.channels()}, loop: l}
		if deaf, ok := s.deaf(); ok {
			deaf.Stmt = stmt
			out = append(out, deaf)
		}
	}
	slices.SortFunc(out, func(a, b DeafLoop) int { return int(a.Stmt.Pos() - b.Stmt.Pos()) })
	return out
}

// endlessStmts maps the loops in the syntax of body, without those in
// literals, to whether they have no condition.
func endlessStmts(p *Package, body *ssa.Function) map[ast.Stmt]bool {
	var block *ast.BlockStmt
	switch syntax := body.Syntax().(type) {
	case *ast.FuncDecl:
		block = syntax.Body
	case *ast.FuncLit:
		block = syntax.Body
	case *ast.RangeStmt: // the body of a range over a function
		block = syntax.Body
	}
	if block == nil {
		return nil
	}
	stmts := make(map[ast.Stmt]bool)
	some := false
	ast.Inspect(block, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ForStmt:
			endless := n.Cond == nil
			if n.Cond != nil {
				v := p.Pass.TypesInfo.Types[n.Cond].Value
				endless = v != nil && constant.BoolVal(v)
			}
			stmts[n] = endless
			some = some || endless
		case *ast.RangeStmt:
			t := p.Pass.TypesInfo.TypeOf(n.X)
			stmts[n] = t != nil && isChan(t)
			some = some || stmts[n]
		}
		return true
	})
	if !some {
		return nil
	}
	return stmts
}

// loopSearch looks for ways out of one loop.
type loopSearch struct {
	p    *Package
	w    waiter
	loop *naturalLoop

	polls  bool // calls that take no context fail as well
	fails  []*ssa.Call
	ends   string
	wins   bool // success leaves as well
	polled []*ssa.Call
	shut   []*ssa.BasicBlock        // where success leads
	turn   map[*ssa.BasicBlock]bool // blocks of the turns that go on
}

func (s *loopSearch) deaf() (DeafLoop, bool) {
	if s.listens() || s.demands() || s.endsByName() || s.p.AfterDone(s.loop.head.Instrs[0]) {
		return DeafLoop{}, false
	}
	if s.leaves() {
		s.polls = true
		if s.leaves() {
			return DeafLoop{}, false
		}
	}
	if !s.successLeaves() {
		s.fails, s.ends, s.wins, s.polled = nil, "", false, nil
	}
	d := DeafLoop{Fails: s.fails, Polls: s.polled}
	if !s.wins {
		d.Ends = s.ends
	}
	d.Repeat, d.At, d.Waits = s.repeats()
	if d.Repeat == RepeatNothing || len(d.Polls) > 0 && d.Repeat < RepeatTick {
		return DeafLoop{}, false
	}
	return d, true
}

// demands reports whether each turn ends the test if a call that it makes with
// a context fails.
func (s *loopSearch) demands() bool {
	within := func(call *ssa.Call) bool { return s.loop.blocks[call.Block()] && s.p.takesContext(call) }
	for block := range s.loop.blocks {
		if !s.loop.eachTurn(block) {
			continue
		}
		for _, instr := range block.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			err := Demanded(call.Common())
			if err == nil {
				continue
			}
			var calls []*ssa.Call
			if s.outcome(err, &calls, make(map[ssa.Value]bool)) && slices.ContainsFunc(calls, within) {
				return true
			}
		}
	}
	return false
}

// endsByName reports whether a turn calls a function value that by its name
// doesn't return, like a Fatalf that somebody set.
func (s *loopSearch) endsByName() bool {
	for block := range s.loop.blocks {
		for _, instr := range block.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			load, ok := call.Call.Value.(*ssa.UnOp)
			if !ok {
				continue
			}
			name := load.X.Name()
			if field, ok := load.X.(*ssa.FieldAddr); ok {
				name = fieldOf(field).Name()
			}
			switch name {
			case "Fatal", "Fatalf", "Fatalln", "FailNow", "Exit":
				return true
			}
		}
	}
	return false
}

// listens reports whether a turn looks at a context in any way: what becomes
// of that is for other rules.
func (s *loopSearch) listens() bool {
	for block := range s.loop.blocks {
		for _, instr := range block.Instrs {
			switch instr := instr.(type) {
			case *ssa.Call:
				if isErrOfContext(instr) || isDoneChan(instr) {
					return true
				}
			case *ssa.UnOp:
				if instr.Op == token.ARROW && s.w.g.channelOf(instr.X).outside == fromDone {
					return true
				}
			case *ssa.Select:
				for _, st := range instr.States {
					if s.w.g.channelOf(st.Chan).outside == fromDone {
						return true
					}
				}
			}
		}
	}
	return false
}

// leaves looks for a way out of the loop from its head.
func (s *loopSearch) leaves() bool {
	s.fails, s.ends, s.wins, s.polled, s.shut, s.turn = nil, "", false, nil, nil, map[*ssa.BasicBlock]bool{s.loop.head: true}
	work := []*ssa.BasicBlock{s.loop.head}
	for len(work) > 0 {
		block := work[len(work)-1]
		work = work[:len(work)-1]
		for i, succ := range block.Succs {
			if s.turn[succ] || s.closed(block, i) {
				continue
			}
			if !s.loop.blocks[succ] {
				if !panics(succ) || ofError(block, i) {
					return true
				}
				continue
			}
			s.turn[succ] = true
			work = append(work, succ)
		}
	}
	return false
}

// ofError reports whether successor i of a block is taken where an error isn't
// nil, or isn't the one that is expected.
func ofError(block *ssa.BasicBlock, i int) bool {
	branch, ok := block.Instrs[len(block.Instrs)-1].(*ssa.If)
	if !ok {
		return false
	}
	cond, taken := stripNot(branch.Cond, i == 0)
	_, _, ok = told(cond, !taken)
	return ok
}

// closed reports whether successor i of a block isn't taken once the context
// is done: a call that takes it fails then.
func (s *loopSearch) closed(block *ssa.BasicBlock, i int) bool {
	branch, ok := block.Instrs[len(block.Instrs)-1].(*ssa.If)
	if !ok || block.Succs[0] == block.Succs[1] {
		return false
	}
	cond, taken := stripNot(branch.Cond, i == 0)
	if k, ok := cond.(*ssa.Const); ok && k.Value != nil {
		return constant.BoolVal(k.Value) != taken
	}
	if s.w.neverTaken(cond, taken) {
		return true
	}
	err, end, ok := told(cond, taken)
	if !ok || !s.fail(err, end) {
		return false
	}
	s.shut = append(s.shut, block.Succs[i])
	return true
}

// successLeaves reports whether the branches that a done context shuts lead out
// of the loop, within the turn.
func (s *loopSearch) successLeaves() bool {
	seen := map[*ssa.BasicBlock]bool{s.loop.head: true}
	work := slices.Clone(s.shut)
	for len(work) > 0 {
		block := work[len(work)-1]
		work = work[:len(work)-1]
		switch {
		case seen[block] || panics(block):
			continue
		case !s.loop.blocks[block]:
			return true
		}
		seen[block] = true
		work = append(work, block.Succs...)
	}
	return false
}

// fail reports whether an error comes from calls that all fail once the
// context is done, with another error than the one that is named (empty: none), and
// remembers them.
func (s *loopSearch) fail(err ssa.Value, end string) bool {
	var calls []*ssa.Call
	if !s.outcome(err, &calls, make(map[ssa.Value]bool)) || len(calls) == 0 {
		return false
	}
	under := 0
	for _, call := range calls {
		switch {
		case !s.loop.blocks[call.Block()]:
			return false
		case s.p.takesContext(call):
			if s.p.endsWell(call, 0) {
				return false
			}
			under++
		case !s.polls || end != "" || !s.p.reachesOut(call.Common()):
			return false
		}
	}
	list := &s.fails
	if under < len(calls) {
		list = &s.polled
	}
	for _, call := range calls {
		if !slices.Contains(*list, call) {
			*list = append(*list, call)
		}
	}
	if end == "" {
		s.wins = true
	} else {
		s.ends = end
	}
	return true
}

// outcome collects the calls of which err is a result.
func (s *loopSearch) outcome(err ssa.Value, calls *[]*ssa.Call, seen map[ssa.Value]bool) bool {
	if seen[err] {
		return true
	}
	seen[err] = true
	switch v := err.(type) {
	case *ssa.Call:
		*calls = append(*calls, v)
		return true
	case *ssa.Extract:
		call, ok := v.Tuple.(*ssa.Call)
		if ok {
			*calls = append(*calls, call)
		}
		return ok
	case *ssa.Phi:
		for _, edge := range v.Edges {
			if !s.outcome(edge, calls, seen) {
				return false
			}
		}
		return true
	case *ssa.UnOp:
		if v.Op != token.MUL {
			return false
		}
		if stored := storedBefore(v); stored != nil {
			return s.outcome(stored, calls, seen)
		}
	}
	return false
}

// Loaded returns the value that a load certainly reads, as far as the blocks
// that lead to it alone tell; v itself where it is no such load.
func Loaded(v ssa.Value) ssa.Value {
	if load, ok := v.(*ssa.UnOp); ok && load.Op == token.MUL {
		if _, local := load.X.(*ssa.Alloc); local {
			if stored := storedBefore(load); stored != nil {
				return stored
			}
		}
	}
	return v
}

// storedBefore returns what the variable that a load reads was given last, if
// that is in the same block, or in the blocks that lead to it alone.
func storedBefore(load *ssa.UnOp) ssa.Value {
	block, at := load.Block(), indexOf(load)
	for range 4 {
		for i := at - 1; i >= 0; i-- {
			if store, ok := block.Instrs[i].(*ssa.Store); ok && store.Addr == load.X {
				return store.Val
			}
		}
		if len(block.Preds) != 1 {
			return nil
		}
		block = block.Preds[0]
		at = len(block.Instrs)
	}
	return nil
}
