package flow

import (
	"go/types"
	"maps"
	"regexp"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// SiblingSuffixes end the names of functions that take a context beside others
// that don't.
var SiblingSuffixes = []string{"Context", "WithContext", "Ctx", "WithCtx"}

// ContextSibling returns the method of the same type, or the function of the
// same package, that is fn with a context before its parameters, and maybe
// options behind them; nil if this package can call none.
func (p *Package) ContextSibling(fn *types.Func) *types.Func {
	for _, suffix := range SiblingSuffixes {
		if strings.HasSuffix(fn.Name(), suffix) {
			return nil
		}
	}
	recv := fn.Signature().Recv()
	for _, suffix := range SiblingSuffixes {
		var obj types.Object
		if recv != nil {
			obj, _, _ = types.LookupFieldOrMethod(recv.Type(), true, fn.Pkg(), fn.Name()+suffix)
		} else if fn.Pkg() != nil {
			obj = fn.Pkg().Scope().Lookup(fn.Name() + suffix)
		}
		sibling, ok := obj.(*types.Func)
		if ok && (sibling.Exported() || sibling.Pkg() == p.Pass.Pkg) && sameButContext(fn.Signature(), sibling.Signature()) {
			return sibling
		}
	}
	return nil
}

// sameButContext reports whether long is short with a context before its
// parameters, and maybe options behind them.
func sameButContext(short, long *types.Signature) bool {
	more := long.Params().Len() - short.Params().Len()
	options := more == 2 && long.Variadic() && !short.Variadic()
	if !options && (more != 1 || long.Variadic() != short.Variadic()) || !IsContext(long.Params().At(0).Type()) {
		return false
	}
	for i := range short.Params().Len() {
		if !types.Identical(short.Params().At(i).Type(), long.Params().At(i+1).Type()) {
			return false
		}
	}
	return types.Identical(short.Results(), long.Results())
}

// contextless reports whether a call waits for the outside world under a root
// that it makes itself, or is given a request with such a root, though there is
// a form that takes a context.
func (p *Package) contextless(call *ssa.Call) bool {
	fn := Callee(call.Common())
	switch {
	case fn == nil:
		return false
	case fn.Pkg() != nil && contextlessPackages[fn.Pkg().Path()] && contextless[fn.FullName()]:
		return true
	case fn.Name() == "Do" && fn.FullName() == "(*net/http.Client).Do":
		return len(call.Call.Args) == 2 && isBareRequest(call.Call.Args[1])
	case call.Call.IsInvoke() || fn.Pkg() == nil || isStandard(fn.Pkg()) || takesPart(fn) || onlyTells(fn) || encodes.MatchString(fn.Name()):
		return false
	}
	if s := p.SummaryOf(fn); s == nil || len(s.Roots) == 0 {
		return false // it may have a context of its receiver's
	}
	sibling := p.ContextSibling(fn)
	if sibling == nil {
		return false
	}
	param := 0
	if sibling.Signature().Recv() != nil {
		param = 1
	}
	// Who hands its context on to nobody knows whom, and isn't seen to wait, may
	// well only compute: a validator with the functions that it was given.
	need := p.SummaryOf(sibling).ContextNeed(param)
	return need.Hears() && (need != NeedUnknown || p.CallMayBlock(call.Common()))
}

// encodes matches what by its name only turns values into bytes, or back.
var encodes = regexp.MustCompile(`^(Encode|Decode|Marshal|Unmarshal|Format|Parse|Render)`)

var contextlessPackages = packagesOf(maps.Keys(contextless))

// isBareRequest reports whether a request is one of http.NewRequest, as it
// came.
func isBareRequest(v ssa.Value) bool {
	result, ok := v.(*ssa.Extract)
	if !ok {
		return false
	}
	call, ok := result.Tuple.(*ssa.Call)
	return ok && calleeName(call) == "net/http.NewRequest"
}
