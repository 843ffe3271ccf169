package flow

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// Launch is a place that starts a goroutine.
type Launch struct {
	Site ssa.CallInstruction // the go statement, or the call that launches its argument
	Body *ssa.Function       // what runs in it; of this package
}

// InLoop reports whether the launch can be made more than once by one run of
// its function.
func (l Launch) InLoop() bool { return inLoop(l.Site.Block()) }

// Launched returns the places of this package that run body in a goroutine.
func (p *Package) Launched(body *ssa.Function) []Launch { return p.launches()[body] }

// launches indexes the launches of the package by what they run.
func (p *Package) launches() map[*ssa.Function][]Launch {
	if p.launched != nil {
		return p.launched
	}
	p.launched = make(map[*ssa.Function][]Launch)
	for _, f := range p.Funcs {
		for _, body := range f.Bodies {
			for _, block := range body.Blocks {
				for _, instr := range block.Instrs {
					site, ok := instr.(ssa.CallInstruction)
					if !ok {
						continue
					}
					for _, fn := range p.launchedBy(site) {
						p.launched[fn] = append(p.launched[fn], Launch{site, fn})
					}
				}
			}
		}
	}
	return p.launched
}

// launchedBy returns the functions of this package that a call runs in new
// goroutines.
func (p *Package) launchedBy(site ssa.CallInstruction) []*ssa.Function {
	common := site.Common()
	if _, ok := site.(*ssa.Go); ok {
		if common.IsInvoke() {
			return nil
		}
		if fn := p.bodyOf(common.Value); fn != nil {
			return []*ssa.Function{fn}
		}
		return nil
	}
	var out []*ssa.Function
	summary := p.SummaryOf(Callee(common))
	if summary == nil {
		return nil
	}
	offset := 0
	if common.IsInvoke() {
		offset = 1 // the receiver isn't among the arguments
	}
	for i, arg := range common.Args {
		if summary.Param(i+offset) == UseLaunched {
			if fn := p.bodyOf(arg); fn != nil {
				out = append(out, fn)
			}
		}
	}
	return out
}

// bodyOf returns the function of this package that a func value certainly is:
// a literal, a declared function or method, or a variable that holds one of
// them and nothing else.
func (p *Package) bodyOf(v ssa.Value) *ssa.Function {
	for range 8 { // bounds chains of conversions and variables
		switch x := v.(type) {
		case *ssa.Function:
			if x.Origin() != nil {
				x = x.Origin()
			}
			if p.bySSA[x] != nil {
				return x
			}
			return p.declared(x)
		case *ssa.MakeClosure:
			v = x.Fn
		case *ssa.ChangeType:
			v = x.X
		case *ssa.UnOp:
			if x.Op != token.MUL {
				return nil
			}
			v = onlyStored(cellOf(x.X))
		default:
			return nil
		}
	}
	return nil
}

// declared returns the method or function behind a synthetic wrapper (a
// method value, a method expression).
func (p *Package) declared(wrapper *ssa.Function) *ssa.Function {
	if obj, ok := wrapper.Object().(*types.Func); ok && wrapper.Synthetic != "" {
		if f := p.byObj[obj.Origin()]; f != nil {
			return f.SSA
		}
	}
	return nil
}

// cellOf follows captured variables to the variable of the enclosing
// function.
func cellOf(addr ssa.Value) ssa.Value {
	for {
		fv, ok := addr.(*ssa.FreeVar)
		if !ok {
			return addr
		}
		bound := bindingOf(fv)
		if bound == nil {
			return addr
		}
		addr = bound
	}
}

// Binding returns what a literal captures as fv, nil for wrappers.
func Binding(fv *ssa.FreeVar) ssa.Value { return bindingOf(fv) }

// bindingOf returns what a literal captures as fv, nil for wrappers.
func bindingOf(fv *ssa.FreeVar) ssa.Value {
	lit := fv.Parent()
	outer := lit.Parent()
	if outer == nil {
		return nil
	}
	index := -1
	for i, v := range lit.FreeVars {
		if v == fv {
			index = i
		}
	}
	for _, block := range outer.Blocks {
		for _, instr := range block.Instrs {
			if mk, ok := instr.(*ssa.MakeClosure); ok && mk.Fn == lit && index >= 0 {
				return mk.Bindings[index]
			}
		}
	}
	return nil
}

// onlyStored returns the one value that is ever stored in a local variable.
func onlyStored(cell ssa.Value) ssa.Value {
	alloc, ok := cell.(*ssa.Alloc)
	if !ok {
		return nil
	}
	var stored ssa.Value
	for _, ref := range *alloc.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store:
			if ref.Addr != alloc || stored != nil {
				return nil
			}
			stored = ref.Val
		case *ssa.MakeClosure:
			// A literal that captures the variable may assign it as well.
			for i, b := range ref.Bindings {
				if b == alloc && assigns(ref.Fn.(*ssa.Function), i) {
					return nil
				}
			}
		case *ssa.UnOp, *ssa.DebugRef:
		default:
			return nil
		}
	}
	return stored
}

// assigns reports whether a literal stores in its captured variable i, or
// hands its address on.
func assigns(lit *ssa.Function, i int) bool {
	for _, ref := range *lit.FreeVars[i].Referrers() {
		switch ref := ref.(type) {
		case *ssa.UnOp, *ssa.DebugRef:
		case *ssa.MakeClosure:
			for j, b := range ref.Bindings {
				if b == lit.FreeVars[i] && assigns(ref.Fn.(*ssa.Function), j) {
					return true
				}
			}
		default:
			return true
		}
	}
	return false
}
