package flow

import (
	"go/types"
	"regexp"

	"golang.org/x/tools/go/ssa"
)

// needOfDeclared says what the implementations of a call's method need that the
// package has which declares the interface: whatever else implements it, it is
// made for those. Those that by their names stand in for others don't count.
func (t *tree) needOfDeclared(call *ssa.CallCommon, param int) ContextNeed {
	named, ok := types.Unalias(call.Value.Type()).(*types.Named)
	if !ok || named.Obj().Pkg() == nil || named.TypeArgs().Len() > 0 {
		return NeedUnknown
	}
	iface, ok := named.Underlying().(*types.Interface)
	if !ok {
		return NeedUnknown
	}
	key := declaredKey{invokeKey{named, call.Method.Name()}, param}
	if need, ok := t.declared[key]; ok {
		return need
	}
	if t.pending[key] {
		return NeedUnknown // what only wraps others of its kind shows nothing
	}
	t.pending[key] = true
	defer delete(t.pending, key)
	need, found := NeedNothing, false
	for fn := range implementationsIn(named.Obj().Pkg(), iface, call.Method.Name()) {
		if fn == nil || param >= fn.Signature().Params().Len() {
			found = false
			break
		}
		if name := fn.Signature().Params().At(param).Name(); name == "_" || name == "" {
			found = true
			continue
		}
		if need = need.stronger(t.needOfFunc(fn, param+1)); need.Hears() {
			break
		}
		found = found || !standsIn.MatchString(types.TypeString(fn.Signature().Recv().Type(), nameOnly))
	}
	if !found {
		need = NeedUnknown
	}
	if named.Obj().Pkg() != t.p.Pass.Pkg { // else the needs of one may still rest on those of another
		t.declared[key] = need
	}
	return need
}

func nameOnly(*types.Package) string { return "" }

// needOfFunc says what a function needs of the context in a parameter.
func (t *tree) needOfFunc(fn *types.Func, param int) ContextNeed {
	if f := t.p.byObj[fn.Origin()]; f != nil {
		if param >= len(f.SSA.Params) {
			return NeedUnknown
		}
		if t.pending[f.SSA.Params[param]] {
			return NeedUnknown
		}
		return t.needOf(f.SSA.Params[param])
	}
	return t.p.SummaryOf(fn).ContextNeed(param)
}

// declaredKey is a parameter of a method of an interface.
type declaredKey struct {
	invokeKey
	param int
}

// standsIn matches the names of types that do nothing, or what a test wants, in
// the place of others.
var standsIn = regexp.MustCompile(`(?i)no_?op|fake|mock|stub|dummy|null|discard|test`)
