package flow

import (
	"go/types"
	"slices"
)

// onlyHere reports whether only types of this package can satisfy an
// interface: it has a method that others can't declare.
func onlyHere(t types.Type, pkg *types.Package) bool {
	iface, ok := t.Underlying().(*types.Interface)
	if !ok {
		return false
	}
	for m := range iface.Methods() {
		if !m.Exported() && m.Pkg() == pkg {
			return true
		}
	}
	return false
}

// implementations returns the methods by that name of all types in view that
// satisfy an interface.
func (h *holders) implementations(t types.Type, method *types.Func) []*types.Func {
	iface, ok := t.Underlying().(*types.Interface)
	if !ok {
		return nil
	}
	key := methodOn{iface, method}
	if known, ok := h.impls[key]; ok {
		return known
	}
	var out []*types.Func
	for _, candidate := range h.satisfying(iface) {
		obj, _, _ := types.LookupFieldOrMethod(candidate, true, method.Pkg(), method.Name())
		if fn, ok := obj.(*types.Func); ok && !slices.Contains(out, fn.Origin()) {
			out = append(out, fn.Origin())
		}
	}
	h.impls[key] = out
	return out
}

// satisfying lists the types in view that implement an interface.
func (h *holders) satisfying(iface *types.Interface) []types.Type {
	if known, ok := h.satisfy[iface]; ok {
		return known
	}
	var out []types.Type
	for _, candidate := range h.inView() {
		if types.Implements(candidate, iface) {
			out = append(out, candidate)
		}
	}
	h.satisfy[iface] = out
	return out
}

// inView lists pointers to the named types with methods of this package, and
// the exported ones of its imports.
func (h *holders) inView() []types.Type {
	if h.types != nil {
		return h.types
	}
	for _, pkg := range append([]*types.Package{h.p.Pass.Pkg}, h.p.Pass.Pkg.Imports()...) {
		for _, name := range pkg.Scope().Names() {
			obj, ok := pkg.Scope().Lookup(name).(*types.TypeName)
			if !ok || obj.IsAlias() || pkg != h.p.Pass.Pkg && !obj.Exported() {
				continue
			}
			named, ok := obj.Type().(*types.Named)
			if !ok || types.IsInterface(named) || named.TypeParams().Len() > 0 || named.NumMethods() == 0 && !embeds(named) {
				continue
			}
			h.types = append(h.types, types.NewPointer(named))
		}
	}
	return h.types
}

func embeds(named *types.Named) bool {
	s, ok := named.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for f := range s.Fields() {
		if f.Embedded() {
			return true
		}
	}
	return false
}
