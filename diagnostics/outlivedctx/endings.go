package outlivedctx

import (
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/internal/flow"
)

// ending is a context that ends when the launcher returns.
type ending struct {
	ctx       *flow.Context
	request   bool      // it is that of the request that the launcher serves
	made      token.Pos // where it is made
	cancelled token.Pos // the deferred call, if there is one
}

// endings lists the contexts that end when the launcher returns.
func (g *goroutine) endings() []ending {
	var out []ending
	p := g.pass.Flow
	handler := p.IsHandlerBody(g.launcher)
	for _, c := range p.ContextsIn(g.pass.Func) {
		if e, ok := g.cancelled(c); ok {
			out = append(out, e)
		} else if handler && g.ofRequest(c) {
			out = append(out, ending{ctx: c, request: true})
		}
	}
	return out
}

// cancelled reports whether the launcher makes c, and cancels it as it
// returns: by a defer, or on every path from the launch.
func (g *goroutine) cancelled(c *flow.Context) (ending, bool) {
	if c.Cancel == nil || c.Call == nil || c.Call.Parent() != g.launcher {
		return ending{}, false
	}
	e := ending{ctx: c, made: c.Call.Pos()}
	sites := g.pass.Flow.CancelSites(c)
	for _, site := range sites {
		if !site.Calls || site.Launched {
			continue
		}
		d, ok := site.Instr.(*ssa.Defer)
		if !ok || d.Parent() != g.launcher { // in a literal: is that deferred here?
			d = deferOf(g.launcher, site.Body)
			if d != nil && !always(site.Instr.Parent(), sites) {
				continue // the literal decides
			}
		}
		if d != nil && (dominates(d, g.launch.Site) || sameBlockAfter(g.launch.Site, d)) {
			e.cancelled = d.Pos()
			return e, true
		}
	}
	returns := 0
	for _, ret := range returnsAfter(g.launch.Site) {
		if !g.pass.Flow.DoneAt(c, ret) {
			return ending{}, false
		}
		returns++
	}
	return e, returns > 0
}

// always reports whether a literal calls the cancel function on each way, at
// one of the sites. That there is one counts as known.
func always(lit *ssa.Function, sites []flow.CancelSite) bool {
	cancels := make(map[*ssa.BasicBlock]bool)
	for _, site := range sites {
		if site.Calls && site.Instr.Parent() == lit {
			cancels[site.Instr.Block()] = true
		}
	}
	seen := make(map[*ssa.BasicBlock]bool)
	work := []*ssa.BasicBlock{lit.Blocks[0]}
	for len(work) > 0 {
		block := work[len(work)-1]
		work = work[:len(work)-1]
		if seen[block] || cancels[block] {
			continue
		}
		seen[block] = true
		next := block.Succs
		switch last := block.Instrs[len(block.Instrs)-1].(type) {
		case *ssa.Return:
			return false
		case *ssa.If:
			if compare, ok := last.Cond.(*ssa.BinOp); ok && flow.IsCancelFunc(compare.X.Type()) {
				next = next[:1]
				if compare.Op == token.EQL {
					next = block.Succs[1:]
				}
			}
		}
		work = append(work, next...)
	}
	return true
}

// deferOf returns the defer of the launcher that runs a literal.
func deferOf(launcher, lit *ssa.Function) *ssa.Defer {
	for _, block := range launcher.Blocks {
		for _, instr := range block.Instrs {
			d, ok := instr.(*ssa.Defer)
			if !ok {
				continue
			}
			switch v := d.Call.Value.(type) {
			case *ssa.MakeClosure:
				if v.Fn == lit {
					return d
				}
			case *ssa.Function:
				if v == lit {
					return d
				}
			}
		}
	}
	return nil
}

func dominates(a, b ssa.Instruction) bool {
	if a.Block() != b.Block() {
		return a.Block().Dominates(b.Block())
	}
	return index(a) < index(b)
}

// sameBlockAfter reports whether b follows a with nothing between them that
// could leave.
func sameBlockAfter(a, b ssa.Instruction) bool {
	return a.Block() == b.Block() && index(a) < index(b)
}

func index(instr ssa.Instruction) int {
	for i, other := range instr.Block().Instrs {
		if other == instr {
			return i
		}
	}
	return -1
}

// ofRequest reports whether c is the context of the request that the launcher
// serves: a parameter of a gRPC method, the context of the request or of the
// stream that is its parameter.
func (g *goroutine) ofRequest(c *flow.Context) bool {
	switch c.Kind {
	case flow.ContextParam:
		return c.Value.Parent() == g.launcher
	case flow.ContextRequest:
		call, ok := c.Value.(*ssa.Call)
		if !ok {
			return false
		}
		recv := call.Call.Value
		if !call.Call.IsInvoke() {
			recv = call.Call.Args[0]
		}
		param, ok := origin(recv).(*ssa.Parameter)
		return ok && param.Parent() == g.launcher
	}
	return false
}

// origin follows a value through captured variables to what the only
// assignment put there.
func origin(v ssa.Value) ssa.Value {
	for range 8 {
		switch x := v.(type) {
		case *ssa.UnOp:
			if x.Op != token.MUL {
				return v
			}
			v = x.X
		case *ssa.FreeVar:
			bound := binding(x)
			if bound == nil {
				return v
			}
			v = bound
		case *ssa.Alloc:
			var only ssa.Value
			for _, ref := range *x.Referrers() {
				if store, ok := ref.(*ssa.Store); ok && store.Addr == x {
					if only != nil {
						return v
					}
					only = store.Val
				}
			}
			if only == nil {
				return v
			}
			v = only
		default:
			return v
		}
	}
	return v
}

func binding(fv *ssa.FreeVar) ssa.Value {
	lit := fv.Parent()
	if lit.Parent() == nil {
		return nil
	}
	for _, block := range lit.Parent().Blocks {
		for _, instr := range block.Instrs {
			if mk, ok := instr.(*ssa.MakeClosure); ok && mk.Fn == lit {
				for i, v := range lit.FreeVars {
					if v == fv {
						return mk.Bindings[i]
					}
				}
			}
		}
	}
	return nil
}

// returnsAfter lists the returns that can follow an instruction.
func returnsAfter(from ssa.Instruction) []ssa.Instruction {
	var out []ssa.Instruction
	behind(from, func(instr ssa.Instruction) {
		if _, ok := instr.(*ssa.Return); ok {
			out = append(out, instr)
		}
	})
	return out
}

// behind visits the instructions that can run after one, each once.
func behind(from ssa.Instruction, visit func(ssa.Instruction)) {
	seen := make(map[*ssa.BasicBlock]bool)
	work := []*ssa.BasicBlock{}
	scan := func(instrs []ssa.Instruction, block *ssa.BasicBlock) {
		for _, instr := range instrs {
			visit(instr)
		}
		work = append(work, block.Succs...)
	}
	scan(from.Block().Instrs[index(from)+1:], from.Block())
	for len(work) > 0 {
		block := work[len(work)-1]
		work = work[:len(work)-1]
		if !seen[block] {
			seen[block] = true
			scan(block.Instrs, block)
		}
	}
}

// aftermath is what the launcher does after the launch.
type aftermath struct {
	returns bool
	goesOn  bool // it works under the context itself, or waits for something
}

// after looks at what the launcher does after the launch. Where it goes on
// for long, the goroutine may be meant to accompany it.
func (g *goroutine) after(c *flow.Context) aftermath {
	var a aftermath
	p := g.pass.Flow
	behind(g.launch.Site, func(instr ssa.Instruction) {
		switch instr := instr.(type) {
		case *ssa.Return:
			a.returns = true
		case *ssa.Select, *ssa.Send:
			a.goesOn = true
		case *ssa.UnOp:
			a.goesOn = a.goesOn || instr.Op == token.ARROW
		case *ssa.Call:
			fn := flow.Callee(instr.Common())
			if fn != nil && (waits(fn.Name()) || p.SummaryOf(fn) != nil && len(p.SummaryOf(fn).Blocks) > 0) {
				a.goesOn = true
			}
			for i, arg := range instr.Call.Args {
				if !flow.IsContext(arg.Type()) {
					continue
				}
				if p.NeedOf(instr.Common(), i).ServedDead() {
					continue
				}
				for _, used := range p.ContextsOf(arg) {
					a.goesOn = a.goesOn || used.Under(c)
				}
			}
		}
	})
	return a
}

// waits reports whether a function of that name runs for long.
func waits(name string) bool {
	for _, verb := range []string{"Wait", "Serve", "ListenAndServe", "Listen", "Accept", "Run", "Sleep", "Start", "Do", "Loop", "Copy", "Read", "Recv", "Receive", "Exec", "RoundTrip", "ServeHTTP", "Dial"} {
		if strings.HasPrefix(name, verb) {
			return true
		}
	}
	return strings.HasPrefix(name, "run") || strings.HasPrefix(name, "wait") || strings.HasPrefix(name, "serve")
}

func isContext(t types.Type) bool { return flow.IsContextLike(t) }
