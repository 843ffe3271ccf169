package rule

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/internal/callsites"
	"github.com/ctxls/ctxls/internal/flow"
)

// ContextEnds is the premise that a live context may be done while the program
// goes on, and, unless it matters beside the function in a goroutine, before the
// function returns. There is none where the package shows that it may, nor of a
// function that another module may call through an interface.
func (p *Pass) ContextEnds(ctx flow.LiveContext, beside bool) []callsites.Premise {
	if p.Func.Obj == nil || ctx.Kind == flow.LiveRequest || p.Flow.SeenToEnd(p.Func, ctx) || p.dispatched(p.Func.Obj) {
		return nil
	}
	premise := p.premise(callsites.ContextEnds, p.Func, ctx.Expr)
	premise.Beside = beside
	return []callsites.Premise{premise}
}

// GoesOn is the premise that the program may go on when the functions have
// returned that start a goroutine. There is none if several do.
func (p *Pass) GoesOn(launches []flow.Launch) []callsites.Premise {
	var starter *flow.Func
	for _, l := range launches {
		f := p.Flow.Of(l.Site.Parent())
		if f == nil || f.Obj == nil || starter != nil && starter != f {
			return nil
		}
		starter = f
	}
	if starter == nil || p.dispatched(starter.Obj) {
		return nil
	}
	return []callsites.Premise{p.premise(callsites.GoesOn, starter, "")}
}

// Listens is the premise that what a call of an interface's method reaches
// makes something of the context that it is given. There is none where a type of
// another module may implement the interface: none of its methods is about a type
// of this one.
func (p *Pass) Listens(call *ssa.CallCommon) []callsites.Premise {
	if !call.IsInvoke() || call.Method.Pkg() == nil {
		return nil
	}
	iface, ok := call.Value.Type().Underlying().(*types.Interface)
	if !ok || !slices.ContainsFunc(slices.Collect(iface.Methods()), func(m *types.Func) bool { return p.ownTypes(m.Signature()) }) {
		return nil
	}
	params := call.Method.Signature().Params()
	for i := range params.Len() {
		if flow.IsContext(params.At(i).Type()) {
			return []callsites.Premise{{
				Kind: callsites.Listens, File: p.fileOf(p.Func), Package: call.Method.Pkg().Path(), Name: call.Method.Name(),
				Param: i, Params: typeNames(call.Method.Signature()),
			}}
		}
	}
	return nil
}

// ownTypes reports whether a signature names a type of the module.
func (p *Pass) ownTypes(sig *types.Signature) bool {
	for _, tuple := range []*types.Tuple{sig.Params(), sig.Results()} {
		for v := range tuple.Variables() {
			t := types.Unalias(v.Type())
			for {
				if ptr, ok := t.(*types.Pointer); ok {
					t = types.Unalias(ptr.Elem())
				} else if slice, ok := t.(*types.Slice); ok {
					t = types.Unalias(slice.Elem())
				} else {
					break
				}
			}
			if named, ok := t.(*types.Named); ok && named.Obj().Pkg() != nil && p.Flow.SameModule(named.Obj().Pkg().Path()) {
				return true
			}
		}
	}
	return false
}

// dispatched reports whether a method implements an interface of a package of
// another module that this one imports: who calls it there isn't in view.
func (p *Pass) dispatched(method *types.Func) bool {
	recv := method.Signature().Recv()
	if recv == nil || !method.Exported() {
		return false
	}
	t := recv.Type()
	if _, ok := types.Unalias(t).(*types.Pointer); !ok {
		t = types.NewPointer(t)
	}
	for _, imported := range p.Pkg.Imports() {
		if p.Flow.SameModule(imported.Path()) {
			continue
		}
		scope := imported.Scope()
		for _, name := range scope.Names() {
			obj, ok := scope.Lookup(name).(*types.TypeName)
			if !ok || !obj.Exported() {
				continue
			}
			iface, ok := obj.Type().Underlying().(*types.Interface)
			if ok && iface.NumMethods() > 0 && slices.ContainsFunc(slices.Collect(iface.Methods()), func(m *types.Func) bool { return m.Name() == method.Name() }) && types.Implements(t, iface) {
				return true
			}
		}
	}
	return false
}

func (p *Pass) premise(kind callsites.Kind, f *flow.Func, name string) callsites.Premise {
	return callsites.Premise{Kind: kind, File: p.fileOf(f), Function: f.Name(), Name: name}
}

func (p *Pass) fileOf(f *flow.Func) string { return p.Fset.File(f.File.FileStart).Name() }

// typeNames are the types of parameters as a premise has them.
func typeNames(sig *types.Signature) string {
	var names []string
	for v := range sig.Params().Variables() {
		name := types.TypeString(v.Type(), func(*types.Package) string { return "" })
		if slice, ok := v.Type().(*types.Slice); ok && sig.Variadic() && len(names) == sig.Params().Len()-1 {
			name = "..." + types.TypeString(slice.Elem(), func(*types.Package) string { return "" })
		}
		names = append(names, name)
	}
	return strings.ReplaceAll(strings.Join(names, ","), "interface{}", "any")
}
