package flow

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// groups says which expressions of a package can stand for one group of
// goroutines: a sync.WaitGroup, an errgroup.Group, or a type of the same make.
// What flows into each other is one class; fields stand for that field of all
// values of their type.
type groups struct {
	p       *Package
	parents map[any]any  // union-find
	outside map[any]bool // classes that code out of view has, by their representative
	types   map[types.Type]bool
}

// groups classes the groups of the package on first use.
func (p *Package) groups() *groups {
	if p.joining.groups != nil {
		return p.joining.groups
	}
	g := &groups{p: p, parents: make(map[any]any), outside: make(map[any]bool), types: make(map[types.Type]bool)}
	p.joining.groups = g
	for _, body := range p.bodies() {
		for _, block := range body.Blocks {
			for _, instr := range block.Instrs {
				g.scan(instr)
			}
		}
	}
	return g
}

// isGroup reports whether t, or what it points to, is a type of groups: it has
// a Wait without parameters, and either a Done or a method that takes a
// function.
func (g *groups) isGroup(t types.Type) bool {
	known, ok := g.types[t]
	if !ok {
		known = isGroupType(t)
		g.types[t] = known
	}
	return known
}

func isGroupType(t types.Type) bool {
	t = types.Unalias(t)
	for range 2 {
		if ptr, ok := t.(*types.Pointer); ok {
			t = types.Unalias(ptr.Elem())
		}
	}
	named, ok := t.(*types.Named)
	if !ok {
		return false
	}
	// A method set is costly, and most types have no Wait.
	if wait, _, _ := types.LookupFieldOrMethod(named, true, nil, "Wait"); wait == nil {
		return false
	}
	var methods *types.MethodSet
	if types.IsInterface(named) {
		methods = types.NewMethodSet(named)
	} else {
		methods = types.NewMethodSet(types.NewPointer(named))
	}
	waits, starts := false, false
	for sel := range methods.Methods() {
		sig := sel.Obj().(*types.Func).Signature()
		switch sel.Obj().Name() {
		case "Wait":
			waits = sig.Params().Len() == 0
		case "Done":
			starts = starts || sig.Params().Len() == 0 && sig.Results().Len() == 0
		default:
			for v := range sig.Params().Variables() {
				if _, ok := v.Type().Underlying().(*types.Signature); ok {
					starts = true
				}
			}
		}
	}
	return waits && starts
}

// class returns the representative of the class of v; nil where v isn't
// followed.
func (g *groups) class(v ssa.Value) any { return g.find(g.key(v)) }

// key names the place that v stands for.
func (g *groups) key(v ssa.Value) any {
	for range 16 { // bounds chains of loads and conversions
		switch x := v.(type) {
		case *ssa.UnOp:
			v = x.X
		case *ssa.FreeVar:
			cell := cellOf(x)
			if cell == x {
				return x
			}
			v = cell
		case *ssa.FieldAddr:
			if field := fieldAt(types.Unalias(x.X.Type()).Underlying().(*types.Pointer).Elem(), x.Field); field != nil {
				return field
			}
			return x
		case *ssa.Field:
			if field := fieldAt(x.X.Type(), x.Field); field != nil {
				return field
			}
			return x
		case *ssa.IndexAddr:
			v = x.X
		case *ssa.Lookup:
			v = x.X
		case *ssa.MakeInterface:
			v = x.X
		case *ssa.ChangeType:
			v = x.X
		case *ssa.ChangeInterface:
			v = x.X
		case *ssa.Slice:
			v = x.X
		case *ssa.Call:
			if fn := g.p.callers().callee(x.Common()); fn != nil {
				return resultKey{fn, 0}
			}
			return x
		case *ssa.Extract:
			if call, ok := x.Tuple.(*ssa.Call); ok {
				if fn := g.p.callers().callee(call.Common()); fn != nil {
					return resultKey{fn, x.Index}
				}
			}
			return x
		default:
			return v
		}
	}
	return v
}

func (g *groups) find(key any) any {
	for {
		parent, ok := g.parents[key]
		if !ok {
			return key
		}
		key = parent
	}
}

func (g *groups) union(a, b any) {
	a, b = g.find(a), g.find(b)
	if a == b {
		return
	}
	g.parents[a] = b
	g.outside[b] = g.outside[b] || g.outside[a]
}

func (g *groups) leaves(v ssa.Value) { g.outside[g.class(v)] = true }

// reachesOut reports whether code out of view has a group of the class.
func (g *groups) reachesOut(class any) bool {
	if g.outside[class] {
		return true
	}
	switch key := class.(type) {
	case *types.Var:
		return key.Pkg() != g.p.Pass.Pkg || key.Exported() && !g.p.callers().closed
	case *ssa.Global:
		return ast.IsExported(key.Name()) && !g.p.callers().closed
	case *ssa.Parameter:
		return !g.p.callers().known(key.Parent())
	case *ssa.Alloc, resultKey:
		return false
	case *ssa.Call, *ssa.Extract:
		return false // made by a constructor out of view
	}
	return true
}

func (g *groups) scan(instr ssa.Instruction) {
	switch instr := instr.(type) {
	case *ssa.Store:
		if g.isGroup(instr.Val.Type()) {
			g.union(g.key(instr.Val), g.key(instr.Addr))
		}
	case *ssa.Phi:
		if g.isGroup(instr.Type()) {
			for _, edge := range instr.Edges {
				if !isNilConst(edge) {
					g.union(g.key(edge), any(instr))
				}
			}
		}
	case *ssa.MapUpdate:
		if g.isGroup(instr.Value.Type()) {
			g.union(g.key(instr.Value), g.key(instr.Map))
		}
	case *ssa.Send:
		if g.isGroup(instr.X.Type()) {
			g.leaves(instr.X)
		}
	case *ssa.Return:
		for i, v := range instr.Results {
			if !isNilConst(v) && g.isGroup(v.Type()) {
				g.union(g.key(v), resultKey{instr.Parent(), i})
				if !g.p.callers().known(instr.Parent()) {
					g.leaves(v)
				}
			}
		}
	case ssa.CallInstruction:
		g.call(instr.Common())
	}
}

// call joins arguments with parameters; those of a callee out of view leave.
func (g *groups) call(common *ssa.CallCommon) {
	callee := g.p.callers().callee(common)
	if callee == nil {
		callee = g.p.bodyOf(common.Value)
	}
	if callee != nil && len(callee.Params) != len(common.Args) {
		callee = nil // a wrapper of a method
	}
	for i, arg := range common.Args {
		if isNilConst(arg) || !g.isGroup(arg.Type()) {
			continue
		}
		switch {
		case callee != nil:
			g.union(g.key(arg), any(callee.Params[i]))
			if !g.p.callers().known(callee) {
				g.outside[g.class(arg)] = true
			}
		case i == 0 && common.Signature().Recv() != nil:
			// a method of the group itself
		default:
			g.leaves(arg)
		}
	}
}
