package flow

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// forNothing reports whether what is stored at addr, or in a map, is in a
// struct, map, slice or array of this function that stays in it and of which
// nobody reads that part.
func (p *Package) forNothing(where ssa.Value) bool {
	s := containerSearch{p: p, seen: make(map[ssa.Value]bool)}
	switch where := where.(type) {
	case *ssa.FieldAddr:
		if _, local := where.X.(*ssa.Alloc); !local {
			return false
		}
		s.field = fieldOf(where)
		s.add(where.X)
	case *ssa.IndexAddr:
		switch where.X.(type) {
		case *ssa.Alloc, *ssa.MakeSlice, *ssa.Slice, *ssa.Call, *ssa.Phi:
			s.add(where.X)
		default:
			return false
		}
	case *ssa.MakeMap:
		s.add(where)
	case *ssa.UnOp: // a map in a variable
		cell, local := where.X.(*ssa.Alloc)
		if !local || where.Op != token.MUL {
			return false
		}
		s.add(cell)
	default:
		return false
	}
	for len(s.work) > 0 {
		v := s.work[len(s.work)-1]
		s.work = s.work[:len(s.work)-1]
		if !s.source(v) || !s.unread(v) {
			return false
		}
	}
	return true
}

// containerSearch follows all names of a container.
type containerSearch struct {
	p     *Package
	field *types.Var // the part that matters; nil: all of it
	seen  map[ssa.Value]bool
	work  []ssa.Value
}

func (s *containerSearch) add(v ssa.Value) {
	if !s.seen[v] {
		s.seen[v] = true
		s.work = append(s.work, v)
	}
}

// source reports whether a name can only stand for containers that this
// function made.
func (s *containerSearch) source(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.Phi:
		for _, edge := range v.Edges {
			if !isNilConst(edge) {
				s.add(edge)
			}
		}
	case *ssa.Call:
		for _, arg := range v.Call.Args[:1] { // of append: its elements aren't containers
			if !isNilConst(arg) {
				s.add(arg)
			}
		}
	case *ssa.Slice:
		s.add(v.X)
	case *ssa.UnOp:
		s.add(v.X)
	case *ssa.Alloc:
		for _, ref := range *v.Referrers() {
			if store, ok := ref.(*ssa.Store); ok && store.Addr == v && !isConst(store.Val) && !isElement(v) {
				s.add(store.Val)
			}
		}
	case *ssa.MakeMap, *ssa.MakeSlice, *ssa.FreeVar, *ssa.ChangeType:
	default:
		return false
	}
	return true
}

func isConst(v ssa.Value) bool { _, ok := v.(*ssa.Const); return ok }

// isElement reports whether a variable is a struct or an array itself, which
// holds no other container by reference that matters here.
func isElement(v *ssa.Alloc) bool {
	switch v.Type().Underlying().(*types.Pointer).Elem().Underlying().(type) {
	case *types.Struct, *types.Array:
		return true
	}
	return false
}

// unread reports whether nothing takes the part that matters out by this name,
// and nobody else gets the container by it.
func (s *containerSearch) unread(v ssa.Value) bool {
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.DebugRef, *ssa.BinOp:
		case *ssa.Store:
			if ref.Val == v {
				cell, local := ref.Addr.(*ssa.Alloc)
				if !local {
					return false
				}
				s.add(cell)
			}
		case *ssa.UnOp:
			if ref.Op != token.MUL {
				return false
			}
			s.add(ref)
		case *ssa.FieldAddr:
			if (s.field == nil || fieldOf(ref) == s.field) && !neverLoaded(ref) {
				return false
			}
		case *ssa.Field:
			st, ok := ref.X.Type().Underlying().(*types.Struct)
			if !ok || s.field == nil || st.Field(ref.Field).Origin() == s.field {
				return false
			}
		case *ssa.IndexAddr:
			if !neverLoaded(ref) {
				return false
			}
		case *ssa.MapUpdate:
			if ref.Key == v || ref.Value == v {
				return false
			}
		case *ssa.Lookup:
			if !ref.CommaOk || slices.ContainsFunc(*ref.Referrers(), isFirst) {
				return false
			}
		case *ssa.Slice, *ssa.Phi, *ssa.ChangeType:
			s.add(ref.(ssa.Value))
		case *ssa.Call:
			if !s.call(ref, v) {
				return false
			}
		case *ssa.MakeClosure:
			fn := ref.Fn.(*ssa.Function)
			for i, bound := range ref.Bindings {
				if bound == v && i < len(fn.FreeVars) {
					s.add(fn.FreeVars[i])
				}
			}
		default:
			return false
		}
	}
	return true
}

// call reports whether a call that takes the container leaves alone what is
// in it.
func (s *containerSearch) call(call *ssa.Call, v ssa.Value) bool {
	if b, ok := call.Call.Value.(*ssa.Builtin); ok {
		switch b.Name() {
		case "len", "cap", "delete", "clear":
			return true
		case "append":
			s.add(call)
			return true
		}
		return false
	}
	for i, arg := range call.Call.Args {
		if arg == v && !s.p.prints(call.Common(), i, 0) {
			return false
		}
	}
	return call.Call.Value != v
}

// isFirst reports whether an instruction takes the first part of a tuple.
func isFirst(instr ssa.Instruction) bool {
	extract, ok := instr.(*ssa.Extract)
	return ok && extract.Index == 0
}

// neverLoaded reports whether an address serves to store only, or what is
// loaded is compared and no more.
func neverLoaded(addr ssa.Value) bool {
	for _, ref := range *addr.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store:
			if ref.Addr != addr {
				return false
			}
		case *ssa.UnOp:
			for _, use := range *ref.Referrers() {
				if _, compared := use.(*ssa.BinOp); !compared {
					return false
				}
			}
		case *ssa.DebugRef:
		default:
			return false
		}
	}
	return true
}

// prints reports whether all that a callee does with variadic argument i is
// to print it: nobody calls a function that is printed.
func (p *Package) prints(call *ssa.CallCommon, i, depth int) bool {
	fn := Callee(call)
	sig := call.Signature()
	if call.IsInvoke() || !sig.Variadic() || i != len(call.Args)-1 || depth > 4 {
		return false
	}
	if fn != nil && fn.Pkg() != nil {
		switch fn.Pkg().Path() {
		case "fmt", "log", "log/slog", "testing":
			return true
		}
	}
	callee := p.callers().callee(call)
	if callee == nil || i >= len(callee.Params) {
		return false
	}
	for _, ref := range *callee.Params[i].Referrers() {
		inner, ok := ref.(ssa.CallInstruction)
		if !ok || !p.prints(inner.Common(), len(inner.Common().Args)-1, depth+1) || inner.Common().Args[len(inner.Common().Args)-1] != callee.Params[i] {
			return false
		}
	}
	return true
}

// flagAt is the value that a variable of type bool certainly has at the end of
// a block, where only its own function assigns to it.
func flagAt(block *ssa.BasicBlock, cell *ssa.Alloc) (value, ok bool) {
	if basic, isBasic := cell.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Basic); !isBasic || basic.Kind() != types.Bool {
		return false, false
	}
	for _, ref := range *cell.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store, *ssa.UnOp, *ssa.DebugRef:
		case *ssa.MakeClosure:
			for i, bound := range ref.Bindings {
				if bound == cell && assigns(ref.Fn.(*ssa.Function), i) {
					return false, false
				}
			}
		default:
			return false, false
		}
	}
	var values [2]bool
	certain := true
	seen := make(map[*ssa.BasicBlock]bool)
	var back func(b *ssa.BasicBlock)
	back = func(b *ssa.BasicBlock) {
		if seen[b] {
			return
		}
		seen[b] = true
		for i := len(b.Instrs) - 1; i >= 0; i-- {
			switch instr := b.Instrs[i].(type) {
			case *ssa.Store:
				if instr.Addr != cell {
					continue
				}
				k, isConst := instr.Val.(*ssa.Const)
				if !isConst {
					certain = false
					return
				}
				values[btoi(k.Value.String() == "true")] = true
				return
			case *ssa.Alloc:
				if instr == cell {
					values[0] = true
					return
				}
			}
		}
		for _, pred := range b.Preds {
			back(pred)
		}
	}
	back(block)
	return values[1], certain && values[0] != values[1]
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
