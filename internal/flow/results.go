package flow

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// IsCancelFunc reports whether t is context.CancelFunc or
// context.CancelCauseFunc: a result of this type is an obligation.
func IsCancelFunc(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return false
	}
	obj := named.Obj()
	return inContextPackage(obj) && (obj.Name() == "CancelFunc" || obj.Name() == "CancelCauseFunc")
}

// IsContext reports whether t is context.Context.
func IsContext(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return false
	}
	obj := named.Obj()
	return inContextPackage(obj) && obj.Name() == "Context"
}

// Makers returns the calls of a body that yield a CancelFunc, whether that is
// owed a call or not.
func (p *Package) Makers(body *ssa.Function) []*ssa.Call {
	if known, ok := p.makers[body]; ok {
		return known
	}
	var out []*ssa.Call
	for _, block := range body.Blocks {
		for _, instr := range block.Instrs {
			if call, ok := instr.(*ssa.Call); ok && yieldsCancel(call.Call.Signature()) {
				out = append(out, call)
			}
		}
	}
	p.makers[body] = out
	return out
}

func yieldsCancel(sig *types.Signature) bool {
	for v := range sig.Results().Variables() {
		if IsCancelFunc(v.Type()) {
			return true
		}
	}
	return false
}

// Obligations returns the indices of the results of a call that are owed a
// call: those of a CancelFunc type, unless the callee is known to return one
// that does nothing or that somebody else holds.
func (p *Package) Obligations(call *ssa.CallCommon) []int {
	results := call.Signature().Results()
	var out []int
	for i := range results.Len() {
		if !IsCancelFunc(results.At(i).Type()) {
			continue
		}
		switch p.resultKind(call, i) {
		case ResultByType, ResultFresh, ResultMixed:
			out = append(out, i)
		}
	}
	return out
}

// HeldElsewhere reports whether somebody else may hold the cancel function that
// a call returns as result i, and call it in the end.
func (p *Package) HeldElsewhere(call *ssa.CallCommon, i int) bool {
	return p.resultKind(call, i) == ResultMixed
}

func (p *Package) resultKind(call *ssa.CallCommon, i int) ResultKind {
	if obj := Callee(call); obj != nil {
		if _, generic := types.Unalias(obj.Origin().Signature().Results().At(i).Type()).(*types.TypeParam); generic {
			return ResultShared // a container gives out what it holds
		}
		return p.SummaryOf(obj).Result(i)
	}
	if fn := call.StaticCallee(); fn != nil && len(fn.Blocks) > 0 { // a literal
		return p.resultKindOf(fn, i)
	}
	return ResultByType
}

func (p *Package) resultKinds(fn *ssa.Function) []ResultKind {
	var out []ResultKind
	results := fn.Signature.Results()
	for i := range results.Len() {
		if IsCancelFunc(results.At(i).Type()) {
			for len(out) < i {
				out = append(out, ResultByType)
			}
			out = append(out, p.resultKindOf(fn, i))
		}
	}
	return out
}

// resultKindOf joins the kinds of what each return of fn returns as result i.
func (p *Package) resultKindOf(fn *ssa.Function, i int) ResultKind {
	joined, any := ResultNoop, false
	for _, block := range fn.Blocks {
		if len(block.Instrs) == 0 {
			continue
		}
		ret, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return)
		if !ok || i >= len(ret.Results) || isNilConst(ret.Results[i]) {
			continue
		}
		kind := p.valueKind(ret.Results[i], make(map[ssa.Value]bool))
		if (kind == ResultFresh || kind == ResultByType) && calledByGoroutine(ret.Results[i]) {
			kind = ResultMixed
		}
		if (kind == ResultFresh || kind == ResultByType) && (storedAway(bare(ret.Results[i]), 1) || givenToHook(bare(ret.Results[i]), ret)) {
			kind = ResultShared
		}
		switch {
		case !any:
			joined = kind
		default:
			joined = joinKinds(joined, kind)
		}
		any = true
	}
	if !any {
		return ResultByType
	}
	return joined
}

// joinKinds is the kind of what is of one kind on some ways and of another on
// others.
func joinKinds(a, b ResultKind) ResultKind {
	has := func(k ResultKind) bool { return a == k || b == k }
	switch {
	case a == b:
		return a
	case has(ResultMixed), has(ResultShared) && (has(ResultFresh) || has(ResultByType)):
		return ResultMixed
	case has(ResultFresh):
		return ResultFresh
	case has(ResultByType):
		return ResultByType
	}
	return ResultShared
}

// nilResults returns the cancel functions among fn's results that some return
// sets to nil, itself or by passing on what a callee returned.
func (p *Package) nilResults(fn *ssa.Function) []int {
	var out []int
	results := fn.Signature.Results()
	for i := range results.Len() {
		if !IsCancelFunc(results.At(i).Type()) {
			continue
		}
		for _, block := range fn.Blocks {
			if len(block.Instrs) == 0 {
				continue
			}
			ret, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return)
			if ok && i < len(ret.Results) && p.mayBeNil(ret.Results[i], make(map[ssa.Value]bool)) {
				out = append(out, i)
				break
			}
		}
	}
	return out
}

func (p *Package) mayBeNil(v ssa.Value, seen map[ssa.Value]bool) bool {
	if seen[v] {
		return false
	}
	seen[v] = true
	switch v := v.(type) {
	case *ssa.Const:
		return v.IsNil()
	case *ssa.ChangeType:
		return p.mayBeNil(v.X, seen)
	case *ssa.Phi:
		for _, edge := range v.Edges {
			if p.mayBeNil(edge, seen) {
				return true
			}
		}
	case *ssa.Extract:
		call, ok := v.Tuple.(*ssa.Call)
		return ok && p.ResultMayBeNil(call.Common(), v.Index)
	case *ssa.Call:
		return p.ResultMayBeNil(v.Common(), 0)
	case *ssa.UnOp: // a variable or field that may never have been set
		return v.Op == token.MUL
	}
	return false
}

// ResultMayBeNil reports whether the cancel function that a call returns as
// result i can be nil. Of an unknown callee it is assumed where another
// result could say so.
func (p *Package) ResultMayBeNil(call *ssa.CallCommon, i int) bool {
	if obj := Callee(call); obj != nil && !call.IsInvoke() {
		s := p.SummaryOf(obj)
		return s != nil && slices.Contains(s.Nil, i)
	}
	for v := range call.Signature().Results().Variables() {
		if !IsCancelFunc(v.Type()) && !IsContext(v.Type()) {
			return true
		}
	}
	return false
}

// valueKind classifies one returned cancel function.
func (p *Package) valueKind(v ssa.Value, seen map[ssa.Value]bool) ResultKind {
	if seen[v] {
		return ResultNoop // what a cycle adds
	}
	seen[v] = true
	switch v := v.(type) {
	case *ssa.ChangeType:
		return p.valueKind(v.X, seen)
	case *ssa.Function:
		if doesNothing(v) {
			return ResultNoop
		}
	case *ssa.MakeClosure:
		if fn, ok := v.Fn.(*ssa.Function); ok && doesNothing(fn) {
			return ResultNoop
		}
		return ResultByType
	case *ssa.Extract:
		if call, ok := v.Tuple.(*ssa.Call); ok {
			return p.passedOn(call, v.Index)
		}
		if lookedUp(v) {
			return ResultShared
		}
	case *ssa.Call:
		return p.passedOn(v, 0)
	case *ssa.Phi:
		joined := ResultNoop
		for _, edge := range v.Edges {
			if isNilConst(edge) {
				continue
			}
			joined = joinKinds(joined, p.valueKind(edge, seen))
		}
		return joined
	case *ssa.UnOp:
		if v.Op != token.MUL {
			return ResultByType
		}
		switch addr := v.X.(type) {
		case *ssa.Alloc:
			return p.resultVariable(addr, seen)
		case *ssa.FieldAddr:
			if alloc, local := addr.X.(*ssa.Alloc); !local || lookedUp(onlyStore(alloc)) {
				return ResultShared
			}
		case *ssa.Global, *ssa.IndexAddr:
			return ResultShared
		}
	case *ssa.Lookup:
		return ResultShared
	case *ssa.Field:
		if lookedUp(v.X) {
			return ResultShared
		}
	}
	return ResultByType
}

// resultVariable classifies what a named result holds, which is a variable in
// memory where something is deferred.
func (p *Package) resultVariable(cell *ssa.Alloc, seen map[ssa.Value]bool) ResultKind {
	joined, found := ResultNoop, false
	for _, ref := range *cell.Referrers() {
		store, ok := ref.(*ssa.Store)
		if !ok || store.Addr != cell {
			continue
		}
		if load, ok := store.Val.(*ssa.UnOp); ok && load.X == cell {
			continue // return name
		}
		if !isNilConst(store.Val) {
			joined, found = joinKinds(joined, p.valueKind(store.Val, seen)), true
		}
	}
	if !found {
		return ResultByType
	}
	return joined
}

// lookedUp reports whether a value comes out of a map.
func lookedUp(v ssa.Value) bool {
	if extract, ok := v.(*ssa.Extract); ok {
		v = extract.Tuple
	}
	_, ok := v.(*ssa.Lookup)
	return ok
}

// passedOn is the kind of an obligation that comes straight out of a call.
func (p *Package) passedOn(call *ssa.Call, i int) ResultKind {
	if fn := call.Call.StaticCallee(); fn != nil {
		for i, arg := range call.Call.Args {
			if IsCancelFunc(arg.Type()) && i < len(fn.Params) && storedAway(fn.Params[i], 3) {
				return ResultShared
			}
		}
	}
	if kind := p.resultKind(call.Common(), i); kind != ResultByType {
		return kind
	}
	return ResultFresh
}

// doesNothing reports whether a body calls nothing and stores nothing.
func doesNothing(fn *ssa.Function) bool {
	if len(fn.Blocks) != 1 {
		return false
	}
	for _, instr := range fn.Blocks[0].Instrs {
		switch instr.(type) {
		case *ssa.Return, *ssa.DebugRef:
		default:
			return false
		}
	}
	return true
}

func isNilConst(v ssa.Value) bool {
	c, ok := v.(*ssa.Const)
	return ok && c.IsNil()
}

// derivations finds from which parameter each context among fn's results is
// made, where all returns agree.
func (p *Package) derivations(fn *ssa.Function) []Derivation {
	var out []Derivation
	results := fn.Signature.Results()
	for i := range results.Len() {
		if !IsContext(results.At(i).Type()) {
			continue
		}
		var joined *Derivation
		agree := true
		for _, block := range fn.Blocks {
			if len(block.Instrs) == 0 {
				continue
			}
			ret, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return)
			if !ok || i >= len(ret.Results) || isNilConst(ret.Results[i]) {
				continue
			}
			origin := p.Origin(ret.Results[i])
			d, ok := origin.derivation(fn, i)
			if !ok || joined != nil && joined.Param != d.Param {
				agree = false
				break
			}
			if joined != nil {
				d.Cancels = d.Cancels && joined.Cancels
			}
			joined = &d
		}
		if agree && joined != nil {
			out = append(out, *joined)
		}
	}
	return out
}
