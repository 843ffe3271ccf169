package flow

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// findOverwrite decides whether a store of an obligation overwrites an older
// one: in a loop, or because the function around it runs more than once on the
// same object. It needs that nobody on the way looks at what was there.
func (p *Package) findOverwrite(o Obligation, store *ssa.Store, place *types.Var) {
	if len(p.strandedFrom(o, func(v *types.Var) bool { return v == place })) == 0 {
		return // called in another way
	}
	var base ssa.Value
	if field, ok := store.Addr.(*ssa.FieldAddr); ok {
		base = field.X
	}
	if _, element := store.Addr.(*ssa.IndexAddr); element {
		return // of which one isn't known
	}
	if loop := regionOf(store.Block()); loop != nil {
		if loop.steady(base) && p.steadyParent(o, loop) && !p.loopTouches(loop, place) {
			p.stranding.found = append(p.stranding.found, Strand{Kind: StrandLoop, Store: store, Place: place, Made: o})
		}
		return
	}
	fn := store.Parent()
	own := base == nil || len(fn.Params) > 0 && base == fn.Params[0] && fn.Signature.Recv() != nil
	if fn.Parent() != nil || !own || p.touches(fn, place) || base != nil && p.filledOnce(store.Block(), base) {
		return
	}
	if again := p.calledMore(fn, base != nil, place); len(again) > 0 {
		p.stranding.found = append(p.stranding.found, Strand{Kind: StrandCalledMore, Store: store, Place: place, Made: o, Again: again})
	}
}

// steady reports whether a value is the same in all turns of the loop; nil is
// the base of a package variable.
func (r *region) steady(v ssa.Value) bool {
	switch v := v.(type) {
	case nil, *ssa.Parameter, *ssa.FreeVar, *ssa.Global:
		return true
	case *ssa.UnOp:
		if cell, ok := v.X.(*ssa.Alloc); ok { // a variable that is captured
			return onlyStored(cell) != nil && !r.has(cell.Block())
		}
		if _, outer := v.X.(*ssa.FreeVar); outer {
			return onlyStored(cellOf(v.X)) != nil
		}
		return !r.has(v.Block())
	case *ssa.Alloc:
		return !r.has(v.Block()) && !r.refills(v)
	case ssa.Instruction:
		return !r.has(v.Block())
	}
	return false
}

// refills reports whether a turn of the loop puts another value into a whole
// variable.
func (r *region) refills(cell *ssa.Alloc) bool {
	return slices.ContainsFunc(*cell.Referrers(), func(ref ssa.Instruction) bool {
		store, ok := ref.(*ssa.Store)
		return ok && store.Addr == ssa.Value(cell) && r.has(store.Block())
	})
}

// steadyParent reports whether the context that the obligation's derives from
// isn't made anew in each turn: it may end with the turn.
func (p *Package) steadyParent(o Obligation, loop *region) bool {
	for _, arg := range o.Call.Call.Args {
		if !IsContext(arg.Type()) {
			continue
		}
		origin := p.Origin(arg)
		if origin.Root && len(origin.Via) <= 1 {
			continue
		}
		for _, via := range origin.Via {
			if loop.has(via.Block()) {
				return false
			}
		}
		if load, ok := origin.Value.(*ssa.UnOp); ok {
			if field, ok := load.X.(*ssa.FieldAddr); ok && loop.steady(field.X) {
				continue
			}
		}
		if origin.Value == nil || !origin.Root && !loop.steady(origin.Value) {
			return false
		}
	}
	return true
}

// loopTouches reports whether something in the loop, or something that it
// calls, reads the place.
func (p *Package) loopTouches(loop *region, place *types.Var) bool {
	for block := range loop.blocks {
		for _, instr := range block.Instrs {
			if p.instrTouches(instr, place) {
				return true
			}
		}
	}
	return false
}

// touches reports whether a function, or what it leads to in this package,
// reads the place.
func (p *Package) touches(fn *ssa.Function, place *types.Var) bool {
	seen := make(map[*ssa.Function]bool)
	var leads func(fn *ssa.Function) bool
	leads = func(fn *ssa.Function) bool {
		if seen[fn] {
			return false
		}
		seen[fn] = true
		m := p.mentionedBy(fn)
		return m.reads[place] || slices.ContainsFunc(m.functions, leads)
	}
	return leads(fn)
}

// mentioned is what a body reads and whom it mentions.
type mentioned struct {
	reads     map[*types.Var]bool // fields and package variables
	functions []*ssa.Function
}

func (p *Package) mentionedBy(fn *ssa.Function) *mentioned {
	if m := p.stranding.mentioned[fn]; m != nil {
		return m
	}
	m := &mentioned{reads: make(map[*types.Var]bool)}
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			if place := readPlace(instr); place != nil {
				m.reads[place] = true
			}
			for _, other := range p.mentions(instr) {
				if !slices.Contains(m.functions, other) {
					m.functions = append(m.functions, other)
				}
			}
		}
	}
	if p.stranding.mentioned == nil {
		p.stranding.mentioned = make(map[*ssa.Function]*mentioned)
	}
	p.stranding.mentioned[fn] = m
	return m
}

func (p *Package) instrTouches(instr ssa.Instruction, place *types.Var) bool {
	if reads(instr, place) {
		return true
	}
	return slices.ContainsFunc(p.mentions(instr), func(fn *ssa.Function) bool { return p.touches(fn, place) })
}

// reads reports whether an instruction takes something else than an address to
// store to from the place.
func reads(instr ssa.Instruction, place *types.Var) bool {
	read := readPlace(instr)
	return read != nil && read == place
}

// readPlace is the field or package variable that an instruction reads.
func readPlace(instr ssa.Instruction) *types.Var {
	switch instr := instr.(type) {
	case *ssa.FieldAddr:
		if !onlyStoredTo(instr) {
			return fieldOf(instr)
		}
	case *ssa.Field:
		if s, ok := instr.X.Type().Underlying().(*types.Struct); ok {
			return s.Field(instr.Field).Origin()
		}
	case *ssa.UnOp:
		if global, ok := instr.X.(*ssa.Global); ok {
			v, _ := global.Object().(*types.Var)
			return v
		}
	}
	return nil
}

// mentions are the functions of this package that an instruction can call or
// takes as values: static callees, literals, and for a call through an
// interface the methods of that name.
func (p *Package) mentions(instr ssa.Instruction) []*ssa.Function {
	var out []*ssa.Function
	var operands [8]*ssa.Value
	for _, operand := range instr.Operands(operands[:0]) {
		fn, ok := (*operand).(*ssa.Function)
		if !ok {
			continue
		}
		if fn.Origin() != nil {
			fn = fn.Origin()
		}
		if d := p.declared(fn); d != nil {
			fn = d
		}
		if p.bySSA[fn] != nil {
			out = append(out, fn)
		}
	}
	if site, ok := instr.(ssa.CallInstruction); ok && site.Common().IsInvoke() {
		out = append(out, p.placeIndex().methods[site.Common().Method.Name()]...)
	}
	return out
}

// calledMore returns calls of fn, outside of tests, by which it runs more than
// once: one in a loop, or two on one object of which one comes after the other
// or that stand in two methods of it. None of them if somebody there looks at
// the place.
func (p *Package) calledMore(fn *ssa.Function, method bool, place *types.Var) []ssa.CallInstruction {
	var own []ssa.CallInstruction
	for _, site := range p.callers().sites[fn] {
		if f := p.Of(site.Parent()); f == nil || f.IsTest() {
			continue
		}
		var recv ssa.Value
		if method {
			if recv = receiverOf(site.Common()); recv == nil {
				continue // a method value: nobody knows which object it is of
			}
		}
		if loop := regionOf(site.Block()); loop != nil {
			if loop.steady(recv) && !p.loopTouches(loop, place) {
				return []ssa.CallInstruction{site}
			}
			continue
		}
		caller := site.Parent()
		same := recv == nil || caller.Signature.Recv() != nil && len(caller.Params) > 0 && recv == caller.Params[0]
		if same && !p.touches(caller, place) {
			own = append(own, site)
		}
	}
	for i, first := range own {
		for _, second := range own[i+1:] {
			if first.Parent() != second.Parent() || reaches(first.Block(), second.Block()) || first.Block() == second.Block() || reaches(second.Block(), first.Block()) {
				return []ssa.CallInstruction{first, second}
			}
		}
	}
	return nil
}

// filledOnce reports whether a block runs only while a field of the same
// object is nil or false, which the function then fills and nothing in the
// package empties again.
func (p *Package) filledOnce(block *ssa.BasicBlock, base ssa.Value) bool {
	for b := block; b.Idom() != nil; b = b.Idom() {
		branch, ok := b.Idom().Instrs[len(b.Idom().Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		for i, succ := range b.Idom().Succs {
			if len(succ.Preds) != 1 || !succ.Dominates(block) {
				continue
			}
			cond, taken := stripNot(branch.Cond, i == 0)
			if field := emptyField(cond, taken, base); field != nil && p.neverEmptied(field, succ) {
				return true
			}
		}
	}
	return false
}

// emptyField is the field of base that a condition finds to be nil or false.
func emptyField(cond ssa.Value, taken bool, base ssa.Value) *types.Var {
	if compare, ok := cond.(*ssa.BinOp); ok {
		if !isNilConst(compare.Y) || (compare.Op == token.EQL) != taken || compare.Op != token.EQL && compare.Op != token.NEQ {
			return nil
		}
		cond = compare.X
	} else if taken {
		return nil
	}
	load, ok := cond.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return nil
	}
	addr, ok := load.X.(*ssa.FieldAddr)
	if !ok || addr.X != base {
		return nil
	}
	return fieldOf(addr)
}

// neverEmptied reports whether a field that only this package can set is
// filled behind a block, and never emptied.
func (p *Package) neverEmptied(field *types.Var, behind *ssa.BasicBlock) bool {
	if field.Exported() || field.Pkg() != p.Pass.Pkg {
		return false
	}
	fills := false
	for _, body := range p.bodies() {
		for _, block := range body.Blocks {
			for _, instr := range block.Instrs {
				addr, ok := instr.(*ssa.FieldAddr)
				if !ok || fieldOf(addr) != field {
					continue
				}
				for _, ref := range *addr.Referrers() {
					store, ok := ref.(*ssa.Store)
					if !ok {
						continue
					}
					if isNilConst(store.Val) {
						return false
					}
					if value, ok := constantBool(store.Val); ok && !value {
						return false
					}
					fills = fills || body == behind.Parent() && behind.Dominates(store.Block())
				}
			}
		}
	}
	return fills
}
