package flow

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// HeldFunc says that a package variable holds a function of its package, from
// its initialiser on, and that the package stores no other one in it.
type HeldFunc struct {
	Var string
	Key string // of the function
}

// heldFuncs lists what the package's exported variables hold.
func (p *Package) heldFuncs() []HeldFunc {
	var out []HeldFunc
	for _, name := range slices.Sorted(maps.Keys(p.SSA.Members)) {
		g, ok := p.SSA.Members[name].(*ssa.Global)
		if !ok || !ast.IsExported(name) {
			continue
		}
		if obj := p.heldFunc(g); obj != nil && obj.Pkg() == p.Pass.Pkg {
			out = append(out, HeldFunc{name, funcKey(obj)})
		}
	}
	return out
}

// heldFunc is the one function that a variable of this package holds, or nil.
func (p *Package) heldFunc(g *ssa.Global) *types.Func {
	held := slices.Compact(slices.Clone(p.holders().held[g]))
	if len(held) != 1 {
		return nil
	}
	v := held[0]
	if change, ok := v.(*ssa.ChangeType); ok {
		v = change.X
	}
	fn, ok := v.(*ssa.Function)
	if !ok {
		return nil
	}
	obj, _ := fn.Object().(*types.Func)
	return obj
}

// needOfHeld says what the function needs of a context that is called through
// a package variable.
func (p *Package) needOfHeld(v ssa.Value, arg int) ContextNeed {
	load, ok := v.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return NeedUnknown
	}
	g, ok := load.X.(*ssa.Global)
	if !ok || g.Object() == nil {
		return NeedUnknown
	}
	pkg := g.Object().Pkg()
	if pkg == p.Pass.Pkg {
		obj := p.heldFunc(g)
		switch {
		case obj == nil:
			return NeedUnknown
		case onlyTells(obj):
			return NeedValues
		}
		return p.SummaryOf(obj).ContextNeed(arg)
	}
	fact := p.factOf(pkg)
	i, ok := slices.BinarySearchFunc(fact.Held, g.Name(), func(h HeldFunc, name string) int { return strings.Compare(h.Var, name) })
	if !ok {
		return NeedUnknown
	}
	key := fact.Held[i].Key
	if tells(pkg.Path(), key[strings.LastIndexByte(key, '.')+1:]) {
		return NeedValues
	}
	return fact.lookup(key).ContextNeed(arg)
}

// StoredIn returns the values that are stored in a package variable. They are
// all where nobody else can store in it: it isn't exported, and its address is
// not taken. What tests store doesn't count.
func (p *Package) StoredIn(g *ssa.Global) (stored []ssa.Value, all bool) {
	if g.Pkg != p.SSA || ast.IsExported(g.Name()) {
		return nil, false
	}
	for _, body := range p.bodies() {
		if f := p.Of(body); f != nil && f.isTest {
			continue
		}
		for _, block := range body.Blocks {
			for _, instr := range block.Instrs {
				if store, ok := instr.(*ssa.Store); ok && store.Addr == g {
					stored = append(stored, store.Val)
					continue
				}
				if load, ok := instr.(*ssa.UnOp); ok && load.Op == token.MUL {
					continue
				}
				for _, op := range instr.Operands(nil) {
					if *op == ssa.Value(g) {
						return nil, false
					}
				}
			}
		}
	}
	return stored, true
}
