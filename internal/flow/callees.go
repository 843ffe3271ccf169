package flow

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// holders says which functions and which dynamic types the variables of a
// package can hold: its fields, globals, locals, maps and parameters.
type holders struct {
	p    *Package
	held map[any][]ssa.Value // by *types.Var for fields, else by the ssa.Value
	*views
}

// holders collects the stores of the package on first use.
func (p *Package) holders() *holders {
	if p.heldBy != nil {
		return p.heldBy
	}
	h := &holders{p: p, held: make(map[any][]ssa.Value), views: p.views}
	p.heldBy = h
	for _, body := range p.bodies() {
		h.collect(body)
	}
	if init := p.SSA.Func("init"); init != nil {
		h.collect(init)
	}
	return h
}

func (h *holders) collect(body *ssa.Function) {
	for _, block := range body.Blocks {
		for _, instr := range block.Instrs {
			switch instr := instr.(type) {
			case *ssa.Store:
				if callable(instr.Val.Type()) || isMapType(instr.Val.Type()) {
					h.store(instr.Addr, instr.Val)
				}
			case *ssa.MapUpdate:
				if callable(instr.Value.Type()) {
					for _, m := range h.containers(instr.Map) {
						h.held[m] = append(h.held[m], instr.Value)
					}
				}
			}
		}
	}
}

func callable(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Signature, *types.Interface:
		return true
	}
	return false
}

func isMapType(t types.Type) bool {
	_, ok := t.Underlying().(*types.Map)
	return ok
}

func (h *holders) store(addr, v ssa.Value) {
	if key := h.holder(addr); key != nil {
		h.held[key] = append(h.held[key], v)
	}
}

// holder names what an address stands for: a field by its declaration, so
// that all values of the struct count as one.
func (h *holders) holder(addr ssa.Value) any {
	switch addr := addr.(type) {
	case *ssa.FieldAddr:
		return fieldVar(addr.X.Type(), addr.Field)
	case *ssa.Global, *ssa.Alloc:
		return addr
	case *ssa.FreeVar:
		if cell, ok := cellOf(addr).(*ssa.Alloc); ok {
			return cell
		}
	case *ssa.IndexAddr:
		if cell, ok := addr.X.(*ssa.Alloc); ok {
			return cell
		}
	}
	return nil
}

func fieldVar(t types.Type, i int) *types.Var {
	if ptr, ok := t.Underlying().(*types.Pointer); ok {
		t = ptr.Elem()
	}
	if s, ok := t.Underlying().(*types.Struct); ok {
		return s.Field(i).Origin()
	}
	return nil
}

// containers names the map that v is: where it was made, or what holds it.
func (h *holders) containers(v ssa.Value) []any {
	switch v := v.(type) {
	case *ssa.MakeMap:
		out := []any{v}
		for _, ref := range *v.Referrers() {
			if store, ok := ref.(*ssa.Store); ok && store.Val == v {
				if key := h.holder(store.Addr); key != nil {
					out = append(out, key)
				}
			}
		}
		return out
	case *ssa.UnOp:
		if key := h.holder(v.X); key != nil && v.Op == token.MUL {
			return []any{key}
		}
	}
	return nil
}

// closed reports whether only this package can fill a holder.
func (h *holders) closed(key any) bool {
	switch key := key.(type) {
	case *ssa.Alloc, *ssa.MakeMap:
		return true
	case *ssa.Global:
		return key.Pkg == h.p.SSA && !ast.IsExported(key.Name())
	case *types.Var:
		return key.Pkg() == h.p.Pass.Pkg && !key.Exported()
	}
	return false
}

// Callees returns what a call can reach: the functions of this package by
// their bodies, and all that are declared by their objects. It is complete
// where nobody out of view can add to them: a call of a known function, method
// value or literal; of a variable, field, map or parameter that only this
// package fills; of an interface that only types in view can satisfy.
func (p *Package) Callees(call *ssa.CallCommon) (fns []*ssa.Function, objs []*types.Func, complete bool) {
	r := &resolution{h: p.holders(), seen: make(map[any]bool), complete: true}
	if call.IsInvoke() {
		r.invoke(call)
	} else {
		r.value(call.Value)
	}
	return r.fns, r.objs, r.complete && len(r.fns)+len(r.objs) > 0
}

// resolution is the search for the callees of one call.
type resolution struct {
	h        *holders
	seen     map[any]bool
	fns      []*ssa.Function
	objs     []*types.Func
	complete bool
}

func (r *resolution) add(fn *ssa.Function) {
	p := r.h.p
	if fn.Origin() != nil {
		fn = fn.Origin()
	}
	if d := p.declared(fn); d != nil {
		fn = d
	}
	if p.bySSA[fn] != nil && !slices.Contains(r.fns, fn) {
		r.fns = append(r.fns, fn)
	}
	if obj, ok := fn.Object().(*types.Func); ok && !slices.Contains(r.objs, obj.Origin()) {
		r.objs = append(r.objs, obj.Origin())
	}
}

// value resolves a func value.
func (r *resolution) value(v ssa.Value) {
	if r.seen[v] {
		return
	}
	r.seen[v] = true
	switch v := v.(type) {
	case *ssa.Function:
		r.add(v)
	case *ssa.MakeClosure:
		if fn := v.Fn.(*ssa.Function); strings.HasSuffix(fn.Name(), "$bound") && len(v.Bindings) == 1 && types.IsInterface(v.Bindings[0].Type()) {
			if obj, ok := fn.Object().(*types.Func); ok {
				r.method(v.Bindings[0], obj)
				return
			}
		}
		r.add(v.Fn.(*ssa.Function))
	case *ssa.ChangeType:
		r.value(v.X)
	case *ssa.Const: // nil
	case *ssa.Phi:
		for _, edge := range v.Edges {
			r.value(edge)
		}
	default:
		r.through(v, r.value)
	}
}

// through resolves what a variable, field, map or parameter holds.
func (r *resolution) through(v ssa.Value, next func(ssa.Value)) {
	switch v := v.(type) {
	case *ssa.UnOp:
		if key := r.h.holder(v.X); v.Op == token.MUL && key != nil {
			r.holder(key, next)
			return
		}
	case *ssa.Field:
		if key := fieldVar(v.X.Type(), v.Field); key != nil {
			r.holder(key, next)
			return
		}
	case *ssa.Extract:
		if lookup, ok := v.Tuple.(*ssa.Lookup); ok && v.Index == 0 {
			r.through(lookup, next)
			return
		}
		if each, ok := v.Tuple.(*ssa.Next); ok && v.Index == 2 {
			if over, ok := each.Iter.(*ssa.Range); ok {
				r.container(over.X, next)
				return
			}
		}
	case *ssa.Lookup:
		r.container(v.X, next)
		return
	case *ssa.FreeVar:
		if bound := bindingOf(v); bound != nil {
			next(bound)
			return
		}
	case *ssa.Parameter:
		r.parameter(v, next)
		return
	}
	r.complete = false
}

func (r *resolution) container(m ssa.Value, next func(ssa.Value)) {
	keys := r.h.containers(m)
	if len(keys) == 0 {
		r.complete = false
	}
	for _, key := range keys {
		r.holder(key, next)
	}
}

func (r *resolution) holder(key any, next func(ssa.Value)) {
	if r.seen[key] {
		return
	}
	r.seen[key] = true
	if !r.h.closed(key) {
		r.complete = false
	}
	for _, v := range r.h.held[key] {
		if m, ok := v.(*ssa.MakeMap); ok {
			r.holder(m, next)
			continue
		}
		next(v)
	}
}

func (r *resolution) parameter(param *ssa.Parameter, next func(ssa.Value)) {
	fn := param.Parent()
	world := r.h.p.callers()
	at := slices.Index(fn.Params, param)
	if !world.known(fn) || at < 0 || len(world.sites[fn]) == 0 {
		r.complete = false
		return
	}
	for _, site := range world.sites[fn] {
		if at < len(site.Common().Args) {
			next(site.Common().Args[at])
		}
	}
}

// invoke resolves a call through an interface: by what its receiver is known
// to hold, else by all types in view.
func (r *resolution) invoke(call *ssa.CallCommon) { r.method(call.Value, call.Method) }

func (r *resolution) method(recv ssa.Value, method *types.Func) {
	r.dynamic(recv, method)
	if r.complete {
		return
	}
	r.fns, r.objs = nil, nil
	for _, impl := range r.h.implementations(recv.Type(), method) {
		if f := r.h.p.byObj[impl]; f != nil {
			r.fns = append(r.fns, f.SSA)
		}
		r.objs = append(r.objs, impl)
	}
	r.complete = onlyHere(recv.Type(), r.h.p.Pass.Pkg)
}

// dynamic resolves the types that an interface value can hold.
func (r *resolution) dynamic(v ssa.Value, method *types.Func) {
	if r.seen[v] {
		return
	}
	r.seen[v] = true
	next := func(v ssa.Value) { r.dynamic(v, method) }
	switch v := v.(type) {
	case *ssa.MakeInterface:
		obj, _, _ := types.LookupFieldOrMethod(v.X.Type(), true, method.Pkg(), method.Name())
		fn, ok := obj.(*types.Func)
		if !ok || types.IsInterface(v.X.Type()) {
			r.complete = false
			return
		}
		if f := r.h.p.byObj[fn.Origin()]; f != nil {
			r.add(f.SSA)
		} else {
			r.objs = append(r.objs, fn.Origin())
		}
	case *ssa.ChangeInterface:
		next(v.X)
	case *ssa.Const:
	case *ssa.Phi:
		for _, edge := range v.Edges {
			next(edge)
		}
	default:
		r.through(v, next)
	}
}
