package flow

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// cells is what a declared function, with its literals, does with the
// variables that live in memory because a literal captures them.
type cells struct {
	makers  map[*ssa.Function][]*ssa.MakeClosure
	stores  map[ssa.Value][]*ssa.Store // by the variable of the outermost function
	escaped map[ssa.Value]bool         // somebody else has the address
}

// cellsOf indexes a function on first use.
func (t *tree) cellsOf(f *Func) *cells {
	if c := t.cells[f]; c != nil {
		return c
	}
	c := &cells{makers: make(map[*ssa.Function][]*ssa.MakeClosure), stores: make(map[ssa.Value][]*ssa.Store), escaped: make(map[ssa.Value]bool)}
	t.cells[f] = c
	for _, body := range f.Bodies { // outer ones first
		for _, block := range body.Blocks {
			for _, instr := range block.Instrs {
				if mk, ok := instr.(*ssa.MakeClosure); ok {
					lit := mk.Fn.(*ssa.Function)
					c.makers[lit] = append(c.makers[lit], mk)
				}
			}
		}
	}
	for _, body := range f.Bodies {
		for _, fv := range body.FreeVars {
			c.collect(t, body, fv)
		}
		for _, block := range body.Blocks {
			for _, instr := range block.Instrs {
				if cell, ok := instr.(*ssa.Alloc); ok {
					c.collect(t, body, cell)
				}
			}
		}
	}
	return c
}

func (c *cells) collect(t *tree, body *ssa.Function, cell ssa.Value) {
	root := t.rootOf(body, cell)
	for _, ref := range *cell.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store:
			if ref.Addr == cell {
				c.stores[root] = append(c.stores[root], ref)
			}
			if ref.Val == cell {
				c.escaped[root] = true
			}
		case *ssa.UnOp, *ssa.DebugRef:
		case *ssa.MakeClosure:
			if t.p.bySSA[ref.Fn.(*ssa.Function)] == nil {
				c.escaped[root] = true
			}
		default:
			c.escaped[root] = true
		}
	}
}

// rootOf follows a captured variable to the function that declares it.
func (t *tree) rootOf(body *ssa.Function, cell ssa.Value) ssa.Value {
	for {
		fv, ok := cell.(*ssa.FreeVar)
		if !ok {
			return cell
		}
		makers := t.makers(fv.Parent())
		i := slices.Index(fv.Parent().FreeVars, fv)
		if len(makers) == 0 || i < 0 {
			return cell
		}
		cell = makers[0].Bindings[i]
	}
}

// makers are the places that make a literal.
func (t *tree) makers(lit *ssa.Function) []*ssa.MakeClosure {
	f := t.p.Of(lit)
	if f == nil {
		return nil
	}
	return t.cellsOf(f).makers[lit]
}

// id numbers values and assignments.
func (t *tree) id(v any) int {
	id, ok := t.ids[v]
	if !ok {
		id = len(t.ids) + 1
		t.ids[v] = id
	}
	return id
}

// reaching returns the assignments that a load of a local variable can see;
// false if they aren't all known. None means that it is still nil.
func (t *tree) reaching(load *ssa.UnOp) ([]*ssa.Store, bool) {
	body := load.Parent()
	root := t.rootOf(body, load.X)
	f := t.p.Of(body)
	if _, ok := root.(*ssa.Alloc); !ok || f == nil {
		return nil, false
	}
	c := t.cellsOf(f)
	if c.escaped[root] {
		return nil, false
	}
	if len(c.stores[root]) <= 1 {
		return c.stores[root], true
	}
	w := &reachingWalk{t: t, c: c, root: root, seen: make(map[*ssa.BasicBlock]bool)}
	w.before(load)
	w.elsewhere(body)
	slices.SortFunc(w.found, func(a, b *ssa.Store) int { return slices.Index(c.stores[root], a) - slices.Index(c.stores[root], b) })
	return w.found, true
}

// reachingWalk looks backwards for the assignments of one variable.
type reachingWalk struct {
	t     *tree
	c     *cells
	root  ssa.Value
	seen  map[*ssa.BasicBlock]bool // left by their ends
	found []*ssa.Store
	outer map[*ssa.Function]bool // literals whose makers have been looked at
}

func (w *reachingWalk) add(s *ssa.Store) {
	if !slices.Contains(w.found, s) {
		w.found = append(w.found, s)
	}
}

// before finds the assignments that are in force when instr runs.
func (w *reachingWalk) before(instr ssa.Instruction) {
	block := instr.Block()
	if w.within(block, indexOf(instr)) {
		return
	}
	w.preds(block)
}

func (w *reachingWalk) preds(block *ssa.BasicBlock) {
	if len(block.Preds) == 0 || block == block.Parent().Blocks[0] {
		w.entry(block.Parent())
	}
	for _, pred := range block.Preds {
		if !w.seen[pred] {
			w.seen[pred] = true
			if !w.within(pred, len(pred.Instrs)) {
				w.preds(pred)
			}
		}
	}
}

// within looks at the first n instructions of a block, the last one first,
// and reports whether one of them decides.
func (w *reachingWalk) within(block *ssa.BasicBlock, n int) bool {
	for i := n - 1; i >= 0; i-- {
		switch instr := block.Instrs[i].(type) {
		case *ssa.Store:
			if w.t.rootOf(block.Parent(), instr.Addr) == w.root {
				w.add(instr)
				return true
			}
		case *ssa.Alloc:
			if instr == w.root {
				return true // a new one, still nil
			}
		}
	}
	return false
}

// entry finds what a captured variable holds when a literal begins: what it
// held where the literal was made, what the function that made it assigns
// later, and what the literal itself left in it when it ran before.
func (w *reachingWalk) entry(body *ssa.Function) {
	if w.root.Parent() == body || w.outer[body] {
		return
	}
	if w.outer == nil {
		w.outer = make(map[*ssa.Function]bool)
	}
	w.outer[body] = true
	for _, mk := range w.c.makers[body] {
		w.before(mk)
		if !runsAtOnce(mk) {
			w.after(mk)
		}
		if runsOnce(mk) {
			continue
		}
		for _, s := range w.c.stores[w.root] {
			if s.Parent() == body {
				w.add(s)
			}
		}
	}
}

// after adds the assignments in mk's own function that can follow it.
func (w *reachingWalk) after(mk *ssa.MakeClosure) {
	block := mk.Block()
	ahead := from(block, func(b *ssa.BasicBlock) []*ssa.BasicBlock { return b.Succs })
	for _, instr := range block.Instrs[indexOf(mk)+1:] {
		if s, ok := instr.(*ssa.Store); ok && !ahead[block] && w.t.rootOf(block.Parent(), s.Addr) == w.root {
			w.add(s)
		}
	}
	for _, s := range w.c.stores[w.root] {
		if s.Parent() == mk.Parent() && ahead[s.Block()] {
			w.add(s)
		}
	}
}

// elsewhere adds the assignments in literals that can run at any time, as
// seen from body.
func (w *reachingWalk) elsewhere(body *ssa.Function) {
	around := func(fn *ssa.Function) bool {
		for b := body; b != nil; b = b.Parent() {
			if b == fn {
				return true
			}
		}
		return false
	}
	for _, s := range w.c.stores[w.root] {
		if !around(s.Parent()) {
			w.add(s)
		}
	}
}

// runsAtOnce reports whether a literal is called where it is made.
func runsAtOnce(mk *ssa.MakeClosure) bool {
	refs := *mk.Referrers()
	if len(refs) != 1 {
		return false
	}
	call, ok := refs[0].(*ssa.Call)
	return ok && call.Block() == mk.Block() && (call.Call.Value == mk || isYield(mk))
}

// runsOnce reports whether a literal runs at most once each time it is made.
func runsOnce(mk *ssa.MakeClosure) bool {
	refs := *mk.Referrers()
	if len(refs) != 1 || isYield(mk) {
		return false
	}
	site, ok := refs[0].(ssa.CallInstruction)
	return ok && site.Common().Value == mk && !InLoop(mk)
}

// isYield reports whether a literal is the body of a range over a function.
func isYield(mk *ssa.MakeClosure) bool {
	return mk.Fn.(*ssa.Function).Synthetic == "range-over-func yield"
}

// follows reports whether control can get from one instruction to another of
// the same body.
func follows(first, then ssa.Instruction) bool {
	if first.Block() == then.Block() && indexOf(first) < indexOf(then) {
		return true
	}
	return reaches(first.Block(), then.Block())
}

// leaves returns the values that v can be, through branches and variables;
// false if they aren't all known. Nil is left out.
func (t *tree) leaves(v ssa.Value) (leaves []ssa.Value, complete bool) {
	complete = true
	seen := make(map[ssa.Value]bool)
	var visit func(v ssa.Value)
	visit = func(v ssa.Value) {
		v = bare(v)
		if v == nil || seen[v] || isNilConst(v) {
			return
		}
		seen[v] = true
		switch x := v.(type) {
		case *ssa.Phi:
			for _, edge := range x.Edges {
				visit(edge)
			}
			return
		case *ssa.UnOp:
			if x.Op == token.MUL && isCell(x.X) {
				stores, ok := t.reaching(x)
				if !ok {
					complete = false
				}
				for _, s := range stores {
					visit(s.Val)
				}
				if ok {
					return
				}
			}
		}
		leaves = append(leaves, v)
	}
	visit(v)
	return leaves, complete
}

// OnlyValue returns the only value that v can be, without conversions of its
// type, or v itself.
func (p *Package) OnlyValue(v ssa.Value) ssa.Value { return p.tree().one(bare(v)) }

// one returns the only value that v can be, or v itself.
func (t *tree) one(v ssa.Value) ssa.Value {
	if leaves, complete := t.leaves(v); complete && len(leaves) == 1 {
		return leaves[0]
	}
	return v
}
