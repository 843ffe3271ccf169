package flow

import (
	"go/ast"
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// EndKind says what lets a goroutine go on to its end.
type EndKind uint8

const (
	EndCondition EndKind = iota // a condition that says nothing of a signal
	EndDone                     // a context is done
	EndReceived                 // a value comes on a channel, or the channel is closed
	EndClosed                   // a channel is closed
	EndSent                     // somebody receives what is sent
	EndTimer                    // time passes
	EndFailed                   // a call fails
	EndSucceeded                // a call succeeds
	EndReturned                 // a call returns that waits for something
	EndTookLong                 // a call returns that can take long
	EndOutOfView                // a call returns of which nothing is known
)

// End is one thing that lets a goroutine go.
type End struct {
	Kind EndKind
	Name string    // the context, the channel or what is called, as its source has it; may be empty
	Ctx  string    // of a call: the context that it works under, or watches
	Pos  token.Pos // where, in the body that was asked about
	Via  string    // the function that it calls there, if the place is inside of that
	Lost bool      // of EndClosed: nobody in view closes it
}

// Hold is one place at which a goroutine stays until one of its Ends comes; a
// loop has none if nothing lets it go.
type Hold struct {
	Pos  token.Pos
	Loop bool
	Ends []End
	Via  string

	order token.Pos // what is evaluated earlier comes first
}

// Ending is what ends a goroutine: it passes one hold after the other, as far
// as its path comes by them, and returns.
type Ending struct {
	Known bool // its body is in view
	Holds []Hold
	Cut   bool // there are more holds

	Never  bool // no path returns
	Exits  bool // of those that never return: it ends with the process
	Panics bool // of those that never return: it can panic, or leave by runtime.Goexit
}

// mostHolds bounds the places that an Ending names.
const mostHolds = 8

// EndingOf says what ends the goroutine of a launch.
func (p *Package) EndingOf(l Launch) Ending {
	if l.Body == nil {
		return p.endingOutOfView(l.Site)
	}
	out := p.endingOf(l.Body, 0)
	if _, isGo := l.Site.(*ssa.Go); isGo {
		out = p.asCalled(out, l.Site, l.Body)
	}
	return out
}

// endingKey names a body and how deep in calls it was come by: what lies
// deeper isn't looked at.
type endingKey struct {
	body  *ssa.Function
	depth int
}

// endingOf computes what ends a body, once.
func (p *Package) endingOf(body *ssa.Function, depth int) Ending {
	key := endingKey{body, depth}
	if known, ok := p.endings[key]; ok {
		return known
	}
	if p.endings == nil {
		p.endings = make(map[endingKey]Ending)
	}
	f := p.Of(body)
	if f == nil || f.tooLarge {
		return Ending{}
	}
	e := &ender{p: p, w: waiter{p: p, g: p.channels()}, body: body, syntax: p.SyntaxOf(f), depth: depth}
	e.reach()
	e.findLoops()
	out := Ending{Known: true, Never: !e.returns}
	if out.Never {
		out.Exits, out.Panics = e.dies()
	}
	e.holds()
	slices.SortStableFunc(e.found, func(a, b Hold) int { return int(a.order - b.order) })
	out.Holds, out.Cut = bounded(e.found)
	p.endings[key] = out
	return out
}

// bounded leaves out holds where there are too many, those first that tell the
// least.
func bounded(holds []Hold) (kept []Hold, cut bool) {
	for _, kind := range []EndKind{EndOutOfView, EndTookLong} {
		for i := len(holds) - 1; i >= 0 && len(holds) > mostHolds; i-- {
			if ends := holds[i].Ends; len(ends) == 1 && ends[0].Kind == kind {
				holds, cut = slices.Delete(holds, i, i+1), true
			}
		}
	}
	if len(holds) > mostHolds {
		return slices.Clip(holds[:mostHolds]), true
	}
	return holds, cut
}

// ender finds out what ends one body.
type ender struct {
	p       *Package
	w       waiter
	body    *ssa.Function
	syntax  *Syntax
	depth   int
	reached map[*ssa.BasicBlock]bool
	stuck   []*ssa.BasicBlock // those that end in an empty select
	returns bool
	loops   []*endlessLoop
	found   []Hold
}

// endlessLoop is an outermost loop of which nobody counts the turns.
type endlessLoop struct {
	*naturalLoop
	pos token.Pos
}

// reach finds the blocks that control can come to, by branches that can be
// taken.
func (e *ender) reach() {
	e.reached = map[*ssa.BasicBlock]bool{e.body.Blocks[0]: true}
	work := []*ssa.BasicBlock{e.body.Blocks[0]}
	for len(work) > 0 {
		block := work[len(work)-1]
		work = work[:len(work)-1]
		if _, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return); ok {
			e.returns = true
		}
		if slices.ContainsFunc(block.Instrs, isForever) {
			e.stuck = append(e.stuck, block)
			continue
		}
		for i, succ := range block.Succs {
			if !e.reached[succ] && !e.shut(block, i) {
				e.reached[succ] = true
				work = append(work, succ)
			}
		}
	}
}

// isForever reports whether an instruction is a select without cases.
func isForever(instr ssa.Instruction) bool {
	sel, ok := instr.(*ssa.Select)
	return ok && sel.Blocking && len(sel.States) == 0
}

// shut reports whether successor i of a block is never taken, for sure: it
// waits for the close of a channel of a clock.
func (e *ender) shut(block *ssa.BasicBlock, i int) bool {
	branch, ok := block.Instrs[len(block.Instrs)-1].(*ssa.If)
	if !ok || block.Succs[0] == block.Succs[1] {
		return false
	}
	cond, taken := stripNot(branch.Cond, i == 0)
	closed, ok := cond.(*ssa.Extract)
	if !ok || closed.Index != 1 || taken {
		return false
	}
	receive, ok := closed.Tuple.(*ssa.UnOp)
	return ok && receive.Op == token.ARROW && e.isClock(receive.X)
}

func (e *ender) isClock(ch ssa.Value) bool {
	from := e.w.g.channelOf(ch).outside
	return from == fromTicker || from == fromTimer
}

// dies says how a body ends that never returns.
func (e *ender) dies() (exits, panics bool) {
	for block := range e.reached {
		if _, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Panic); !ok || slices.Contains(e.stuck, block) {
			continue
		}
		var last *ssa.CallCommon
		for _, instr := range block.Instrs {
			if call, ok := instr.(*ssa.Call); ok {
				last = call.Common()
			}
		}
		switch s := e.noReturn(block, last); {
		case s == nil:
			panics = true
		case s.Exits:
			exits = true
		default:
			if fn := e.p.bodyOf(last.Value); fn == nil {
				panics = true
			} else if sub := e.below(fn); sub.Panics || !sub.Known {
				panics = true
			}
		}
	}
	return exits && !panics, panics
}

// noReturn is the summary of the call behind which a block ends, nil if it
// ends by a panic of its own.
func (e *ender) noReturn(block *ssa.BasicBlock, last *ssa.CallCommon) *Summary {
	if last == nil || panics(block) {
		return nil
	}
	if s := e.p.SummaryOf(Callee(last)); s != nil && s.NoReturn {
		return s
	}
	return nil
}

// below is the ending of a function that the body calls.
func (e *ender) below(fn *ssa.Function) Ending {
	const deepest = 3
	if e.depth == deepest {
		return Ending{}
	}
	return e.p.endingOf(fn, e.depth+1)
}

// findLoops finds the outermost loops that aren't counted.
func (e *ender) findLoops() {
	loops := naturalLoops(e.body)
	stmts := loopStmts(e.body)
	for _, l := range slices.Backward(loops) { // outer ones first
		if !e.reached[l.head] || slices.ContainsFunc(e.loops, func(o *endlessLoop) bool { return o.blocks[l.head] }) {
			continue
		}
		stmt := l.around(stmts)
		if e.counted(stmt) {
			continue
		}
		pos := token.NoPos
		if stmt != nil {
			pos = stmt.Pos()
		} else if first, _ := l.span(); first.IsValid() {
			pos = first
		}
		e.loops = append(e.loops, &endlessLoop{l, pos})
	}
}

// counted reports whether a loop goes over something finite, or counts.
func (e *ender) counted(stmt ast.Stmt) bool {
	switch stmt := stmt.(type) {
	case *ast.RangeStmt:
		t := e.p.Pass.TypesInfo.TypeOf(stmt.X)
		return t != nil && !isChan(t)
	case *ast.ForStmt:
		return stmt.Cond != nil && stmt.Post != nil
	}
	return false
}

// loopStmts are the loops in the syntax of a body, without those in literals.
func loopStmts(body *ssa.Function) []ast.Stmt {
	var stmts []ast.Stmt
	if syntax := body.Syntax(); syntax != nil {
		ast.Inspect(syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return ast.Node(n) == syntax
			case *ast.ForStmt:
				stmts = append(stmts, n)
			case *ast.RangeStmt:
				if ast.Node(n) != syntax { // the body of a range over a function
					stmts = append(stmts, n)
				}
			}
			return true
		})
	}
	return stmts
}

// around is the innermost of the statements that hold the whole loop.
func (l *naturalLoop) around(stmts []ast.Stmt) ast.Stmt {
	first, last := l.span()
	var innermost ast.Stmt
	for _, stmt := range stmts {
		if first.IsValid() && stmt.Pos() <= first && last < stmt.End() && (innermost == nil || stmt.Pos() > innermost.Pos()) {
			innermost = stmt
		}
	}
	return innermost
}

// holds collects the places that the body can be held at: its endless loops,
// and what waits outside of them.
func (e *ender) holds() {
	for _, l := range e.loops {
		e.found = append(e.found, Hold{Pos: l.pos, Loop: true, Ends: e.exits(l), order: l.pos})
	}
	for _, block := range e.body.Blocks {
		if !e.reached[block] || slices.ContainsFunc(e.loops, func(l *endlessLoop) bool { return l.blocks[block] }) {
			continue
		}
		for _, instr := range block.Instrs {
			e.instr(instr)
		}
	}
}

func (e *ender) hold(pos, order token.Pos, ends ...End) {
	e.found = append(e.found, Hold{Pos: pos, Ends: ends, order: order})
}

// instr adds what one instruction outside of endless loops waits for.
func (e *ender) instr(instr ssa.Instruction) {
	switch instr := instr.(type) {
	case *ssa.UnOp:
		if instr.Op == token.ARROW {
			e.hold(instr.Pos(), instr.Pos(), e.received(instr.X, instr.Pos()))
		}
	case *ssa.Send:
		order := instr.Pos()
		if send := e.syntax.sends[instr.Pos()]; send != nil {
			order = send.End() // the value comes first
		}
		e.hold(instr.Pos(), order, End{Kind: EndSent, Name: e.syntax.channel(instr.Pos()), Pos: instr.Pos()})
	case *ssa.Select:
		if !instr.Blocking {
			return
		}
		var ends []End
		for _, st := range instr.States {
			ends = append(ends, e.state(st))
		}
		e.hold(instr.Pos(), instr.Pos(), ends...)
	case *ssa.Call, *ssa.Defer:
		e.call(instr.(ssa.CallInstruction))
	}
}
