package rule

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/internal/callsites"
	"github.com/ctxls/ctxls/internal/flow"
)

// ContextEnds is the premise that a live context may be done while the program
// goes on. There is none where the package shows that it may.
func (p *Pass) ContextEnds(ctx flow.LiveContext) []callsites.Premise {
	if p.Func.Obj == nil || ctx.Kind == flow.LiveRequest || p.Flow.SeenToEnd(p.Func, ctx) {
		return nil
	}
	return []callsites.Premise{p.premise(callsites.ContextEnds, p.Func, ctx.Expr)}
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
	if starter == nil {
		return nil
	}
	return []callsites.Premise{p.premise(callsites.GoesOn, starter, "")}
}

// Listens is the premise that what a call of an interface's method reaches
// makes something of the context that it is given.
func (p *Pass) Listens(call *ssa.CallCommon) []callsites.Premise {
	if !call.IsInvoke() || call.Method.Pkg() == nil {
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
	return strings.Join(names, ",")
}
