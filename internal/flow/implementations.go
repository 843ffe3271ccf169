package flow

import (
	"go/types"
	"iter"

	"golang.org/x/tools/go/ssa"
)

// invokeKey is a method of an interface.
type invokeKey struct {
	iface  *types.Named
	method string
}

// callees returns the bodies of this package that a call can run. It is
// complete where the call is static, or calls a method of an interface that
// only this package implements.
func (w *world) callees(call *ssa.CallCommon) (fns []*ssa.Function, complete bool) {
	if fn := w.callee(call); fn != nil {
		return []*ssa.Function{fn}, true
	}
	if !call.IsInvoke() {
		return nil, false
	}
	named, ok := types.Unalias(call.Value.Type()).(*types.Named)
	if !ok || named.Obj().Pkg() != w.p.Pass.Pkg || named.TypeArgs().Len() > 0 {
		return nil, false
	}
	fns = w.implementations(named, call.Method.Name())
	return fns, len(fns) > 0 && (w.closed || !named.Obj().Exported())
}

// implementations are the methods by which the types of this package
// implement a method of an interface.
func (w *world) implementations(iface *types.Named, method string) []*ssa.Function {
	key := invokeKey{iface, method}
	if fns, ok := w.impls[key]; ok {
		return fns
	}
	var fns []*ssa.Function
	for _, m := range w.methodsBehind(key) {
		if f := w.p.byObj[m]; f != nil {
			fns = append(fns, f.SSA)
		}
	}
	w.impls[key] = fns
	return fns
}

// methodsBehind are the methods that implementations finds.
func (w *world) methodsBehind(key invokeKey) []*types.Func {
	if known, ok := w.p.views.own[key]; ok {
		return known
	}
	var out []*types.Func
	under := key.iface.Underlying().(*types.Interface)
	scope := w.p.Pass.Pkg.Scope()
	for _, name := range scope.Names() {
		obj, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || obj.IsAlias() || types.IsInterface(obj.Type()) {
			continue
		}
		if named, ok := obj.Type().(*types.Named); !ok || named.TypeParams().Len() > 0 {
			continue
		}
		if !types.Implements(types.NewPointer(obj.Type()), under) {
			continue
		}
		m, _, _ := types.LookupFieldOrMethod(types.NewPointer(obj.Type()), true, w.p.Pass.Pkg, key.method)
		if fn, ok := m.(*types.Func); ok {
			out = append(out, fn.Origin())
		}
	}
	w.p.views.own[key] = out
	return out
}

// givenTo is what a call gives a parameter of a body that it can run, nil if
// that is the receiver of an interface call.
func givenTo(call *ssa.CallCommon, param int) ssa.Value {
	if call.IsInvoke() {
		param--
	}
	if param < 0 || param >= len(call.Args) {
		return nil
	}
	return call.Args[param]
}

// implementationsIn yields, for each type of a package that implements an
// interface, its method of that name; nil where that isn't known.
func implementationsIn(pkg *types.Package, iface *types.Interface, method string) iter.Seq[*types.Func] {
	return func(yield func(*types.Func) bool) {
		scope := pkg.Scope()
		for _, name := range scope.Names() {
			obj, ok := scope.Lookup(name).(*types.TypeName)
			if !ok || obj.IsAlias() || types.IsInterface(obj.Type()) {
				continue
			}
			t, ok := obj.Type().(*types.Named)
			if !ok || t.TypeParams().Len() > 0 || !types.Implements(types.NewPointer(t), iface) {
				continue
			}
			m, _, _ := types.LookupFieldOrMethod(types.NewPointer(t), true, pkg, method)
			impl, _ := m.(*types.Func)
			if !yield(impl) {
				return
			}
		}
	}
}
