package flow

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// ContextUseKind says what code does with a context.
type ContextUseKind uint8

const (
	UsePassed   ContextUseKind = iota // an argument of a call, or the receiver of an unknown method
	UseDone                           // ctx.Done()
	UseErr                            // ctx.Err(), context.Cause(ctx)
	UseDeadline                       // ctx.Deadline()
	UseValue                          // ctx.Value(k)
	UseDerived                        // another context is made from it
	UseStored                         // in a field, an element, a map, a global variable
	UseReturned
	UseSent
)

// ContextUse is one place that does something with a context.
type ContextUse struct {
	Instr ssa.Instruction
	Arg   int // of UsePassed and UseDerived: which of the call's Args; -1: the receiver of an interface's method
	Kind  ContextUseKind
}

// CancelSite is one place that calls the CancelFunc of a context, has it
// called by somebody, or hands it on.
type CancelSite struct {
	Instr    ssa.Instruction
	Body     *ssa.Function
	Deferred bool // when Body, or the function that Body is deferred in, ends
	Launched bool // in a goroutine
	Calls    bool // certainly calls it; else it may be kept, or called sometimes
}

// mentions is all that one declared function does with contexts.
type mentions struct {
	uses  map[*Context][]ContextUse
	sites map[*Context][]CancelSite
	order []*Context // those with uses, in source order
	made  []*Context // those with a CancelFunc

	derived []*Context
	calls   []*ssa.Call // that yield a context
}

// ContextUses returns what the function that makes c, with its literals, does
// with it, in source order. A use of a joined context is one of each option.
func (p *Package) ContextUses(c *Context) []ContextUse {
	if m := p.mentionsOf(c.Func(p)); m != nil {
		return m.uses[c]
	}
	return nil
}

// CancelSites returns the places that call c's CancelFunc or hand it on.
func (p *Package) CancelSites(c *Context) []CancelSite {
	if m := p.mentionsOf(c.Func(p)); m != nil {
		return m.sites[c]
	}
	return nil
}

// ContextsIn returns the contexts that f does something with, but not the
// joined ones.
func (p *Package) ContextsIn(f *Func) []*Context {
	if m := p.mentionsOf(f); m != nil {
		return m.order
	}
	return nil
}

// Func is the declared function that c comes into, nil if there is none.
func (c *Context) Func(p *Package) *Func {
	if c.Call != nil {
		return p.Of(c.Call.Parent())
	}
	if c.Value == nil {
		return nil
	}
	return p.Of(c.Value.Parent())
}

func (p *Package) mentionsOf(f *Func) *mentions {
	if f == nil {
		return nil
	}
	t := p.tree()
	m := t.mentions[f]
	if m != nil {
		return m
	}
	m = &mentions{uses: make(map[*Context][]ContextUse), sites: make(map[*Context][]CancelSite)}
	t.mentions[f] = m
	cancels := make(map[ssa.Value]*Context)
	for _, body := range f.Bodies {
		for _, block := range body.Blocks {
			for _, instr := range block.Instrs {
				t.mentionsIn(m, cancels, instr)
			}
		}
	}
	for _, body := range f.Bodies {
		for _, block := range body.Blocks {
			for _, instr := range block.Instrs {
				if site, ok := instr.(ssa.CallInstruction); ok && len(cancels) > 0 {
					t.cancelsIn(m, cancels, site)
				}
			}
		}
	}
	return m
}

func (m *mentions) add(c *Context, use ContextUse) {
	if c == nil {
		return
	}
	for _, option := range c.Options {
		m.add(option, use)
	}
	if c.Kind != ContextJoined && m.uses[c] == nil {
		m.order = append(m.order, c)
	}
	m.uses[c] = append(m.uses[c], use)
}

// mentionsIn records the uses of contexts in one instruction.
func (t *tree) mentionsIn(m *mentions, cancels map[ssa.Value]*Context, instr ssa.Instruction) {
	add := func(v ssa.Value, kind ContextUseKind) {
		if v != nil && isContextual(v) {
			m.add(t.node(v), ContextUse{Instr: instr, Kind: kind})
		}
	}
	switch instr := instr.(type) {
	case ssa.CallInstruction:
		t.callMentions(m, instr)
		if call, ok := instr.(*ssa.Call); ok {
			t.resultNodes(m, cancels, call)
		}
	case *ssa.Store:
		if !isCell(instr.Addr) {
			add(instr.Val, UseStored)
		} else if _, known := t.rootOf(instr.Parent(), instr.Addr).(*ssa.Alloc); !known {
			add(instr.Val, UseStored)
		}
	case *ssa.MapUpdate:
		add(instr.Value, UseStored)
		add(instr.Key, UseStored)
	case *ssa.Send:
		add(instr.X, UseSent)
	case *ssa.Return:
		for _, r := range instr.Results {
			add(r, UseReturned)
		}
	case *ssa.Select:
		for _, s := range instr.States {
			add(s.Send, UseSent)
		}
	}
}

// resultNodes makes the nodes of a call that derives contexts, so that its
// CancelFunc is known.
func (t *tree) resultNodes(m *mentions, cancels map[ssa.Value]*Context, call *ssa.Call) {
	note := func(v ssa.Value) {
		c := t.node(v)
		if c == nil || c.Call != call {
			return
		}
		if c.Kind == ContextDerived {
			m.derived = append(m.derived, c)
		}
		if c.Cancel != nil {
			cancels[c.Cancel] = c
			m.made = append(m.made, c)
		}
	}
	if !yieldsContext(call) {
		return
	}
	m.calls = append(m.calls, call)
	if IsContext(call.Type()) {
		note(call)
	}
	for _, ref := range *call.Referrers() {
		if e, ok := ref.(*ssa.Extract); ok && IsContext(e.Type()) {
			note(e)
		}
	}
}

// yieldsContext reports whether a context is among the results of a call.
func yieldsContext(call *ssa.Call) bool {
	results := call.Call.Signature().Results()
	for i := range results.Len() {
		if IsContext(results.At(i).Type()) {
			return true
		}
	}
	return false
}

// isContextual reports whether v is a context, or an interface made of one.
func isContextual(v ssa.Value) bool {
	if mk, ok := v.(*ssa.MakeInterface); ok {
		v = mk.X
	}
	if _, tuple := v.Type().(*types.Tuple); tuple {
		return false
	}
	return IsContextLike(v.Type())
}

// callMentions records the uses of contexts by one call.
func (t *tree) callMentions(m *mentions, site ssa.CallInstruction) {
	call := site.Common()
	callee := t.callee(call)
	if call.IsInvoke() && isContextual(call.Value) {
		m.add(t.node(call.Value), ContextUse{site, -1, methodUse(call.Method)})
	}
	for i, arg := range call.Args {
		if !isContextual(arg) {
			continue
		}
		use := ContextUse{site, i, UsePassed}
		param := i
		if call.IsInvoke() {
			param++
		}
		switch {
		case callee == nil:
		case i == 0 && !call.IsInvoke() && callee.Signature().Recv() != nil:
			use.Kind = methodUse(callee)
		case InContext(callee, "Cause"):
			use.Kind = UseErr
		case t.derives(callee, param):
			use.Kind = UseDerived
		}
		m.add(t.node(arg), use)
	}
}

// derives reports whether a function returns a context that is made from its
// parameter.
func (t *tree) derives(fn *types.Func, param int) bool {
	s := t.p.SummaryOf(fn)
	return s != nil && slices.ContainsFunc(s.Derives, func(d Derivation) bool { return d.Param == param })
}

func methodUse(fn *types.Func) ContextUseKind {
	switch fn.Name() {
	case "Done":
		return UseDone
	case "Err":
		return UseErr
	case "Deadline":
		return UseDeadline
	case "Value":
		return UseValue
	}
	return UsePassed
}

// cancelsIn records what one call does with CancelFuncs.
func (t *tree) cancelsIn(m *mentions, cancels map[ssa.Value]*Context, site ssa.CallInstruction) {
	call := site.Common()
	record := func(v ssa.Value, calls, launched bool) {
		if _, ok := v.Type().Underlying().(*types.Signature); !ok {
			return
		}
		leaves, complete := t.leaves(v)
		for _, leaf := range leaves {
			c := cancels[leaf]
			if c == nil {
				continue
			}
			s := CancelSite{Instr: site, Body: site.Parent(), Calls: calls && complete && len(leaves) == 1, Launched: launched}
			switch site.(type) {
			case *ssa.Defer:
				s.Deferred = true
			case *ssa.Go:
				s.Launched = true
			}
			for body := s.Body; body != nil; body = body.Parent() {
				s.Deferred = s.Deferred || t.runsBy(body, func(site ssa.CallInstruction) bool { _, ok := site.(*ssa.Defer); return ok })
				s.Launched = s.Launched || len(t.p.Launched(body)) > 0
			}
			m.sites[c] = append(m.sites[c], s)
		}
	}
	if !call.IsInvoke() {
		record(call.Value, true, false)
	}
	for i, arg := range call.Args {
		use := t.p.argumentUse(call, i)
		if use != UseDropped {
			record(arg, use == UseCalled, use == UseLaunched)
		}
	}
}

// runsBy reports whether all that is done with a literal is a call of it of
// that kind.
func (t *tree) runsBy(lit *ssa.Function, kind func(ssa.CallInstruction) bool) bool {
	makers := t.makers(lit)
	for _, mk := range makers {
		for _, ref := range *mk.Referrers() {
			site, ok := ref.(ssa.CallInstruction)
			if !ok || site.Common().Value != mk || !kind(site) {
				return false
			}
		}
	}
	return len(makers) > 0
}

// DerivationsIn returns the contexts that f derives from others, whether or
// not it uses them, in source order; not those whose result is thrown away.
func (p *Package) DerivationsIn(f *Func) []*Context {
	if m := p.mentionsOf(f); m != nil {
		return m.derived
	}
	return nil
}

// ReadInLoop reports whether the context that c derives from is read in the
// loop around the derivation, and not once before it.
func (p *Package) ReadInLoop(c *Context) bool {
	around := regionOf(c.Call.Block())
	for _, arg := range c.Call.Call.Args {
		if !IsContext(arg.Type()) {
			continue
		}
		if read, ok := p.OnlyValue(arg).(*ssa.UnOp); ok && read.Parent() == c.Call.Parent() {
			return around.has(read.Block())
		}
	}
	return true
}

// StoresIn reports whether an assignment sets the field, or the package
// variable, that the context c was read from.
func (p *Package) StoresIn(store *ssa.Store, c *Context) bool {
	t := p.tree()
	switch addr := store.Addr.(type) {
	case *ssa.FieldAddr:
		at := place{t.one(addr.X), fieldAt(addr.X.Type().Underlying().(*types.Pointer).Elem(), addr.Field)}
		if t.held[at] != c {
			return false
		}
		base, ok := at.in.(ssa.Instruction)
		return !ok || !follows(store, base) // else another value's in each turn
	case *ssa.Global:
		return addr.Object() != nil && t.held[place{nil, addr.Object()}] == c
	}
	return false
}
