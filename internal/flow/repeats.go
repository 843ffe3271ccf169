package flow

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// repeats says what the turns that go on do.
func (s *loopSearch) repeats() (most Repeat, at ssa.Instruction, waits bool) {
	for _, block := range s.loop.head.Parent().Blocks { // in source order, more or less
		if !s.turn[block] {
			continue
		}
		for _, instr := range block.Instrs {
			r := s.repeat(instr)
			if r > most || r == most && r != RepeatNothing && instr.Pos() < at.Pos() {
				most, at = r, instr
			}
			waits = waits || r >= RepeatReceive
		}
	}
	return most, at, waits
}

func (s *loopSearch) repeat(instr ssa.Instruction) Repeat {
	switch instr := instr.(type) {
	case *ssa.Send:
		return RepeatReceive
	case *ssa.UnOp:
		if instr.Op == token.ARROW {
			return s.channelRepeat(instr.X)
		}
	case *ssa.Select:
		if !instr.Blocking {
			return RepeatNothing
		}
		most := RepeatReceive
		for _, st := range instr.States {
			most = max(most, s.channelRepeat(st.Chan))
		}
		return most
	case *ssa.Call:
		fn := Callee(instr.Common())
		switch {
		case Is(fn, "time.Sleep"):
			return RepeatSleep
		case s.p.takesContext(instr):
			if isLogging(fn) {
				return RepeatNothing
			}
			return RepeatContext
		case s.p.reachesOut(instr.Common()):
			return RepeatOutside
		}
		if method, _ := condCall(instr); method == "Wait" {
			return RepeatReceive
		}
	}
	return RepeatNothing
}

func (s *loopSearch) channelRepeat(ch ssa.Value) Repeat {
	switch s.w.g.channelOf(ch).outside {
	case fromTicker, fromTimer:
		return RepeatTick
	}
	return RepeatReceive
}

// Signals reports whether a loop waits for signals of the operating system.
func (p *Package) Signals(l DeafLoop) bool {
	switch at := l.At.(type) {
	case *ssa.UnOp:
		return carriesSignals(at.X.Type())
	case *ssa.Select:
		for _, st := range at.States {
			if carriesSignals(st.Chan.Type()) {
				return true
			}
		}
	}
	return false
}

// isLogging reports whether a function that takes a context only reads values
// from it, by its package.
func isLogging(fn *types.Func) bool {
	return fn != nil && fn.Pkg() != nil && (fn.Pkg().Path() == "log/slog" || inContextPackage(fn))
}

// takesContext reports whether a call is made under a live context: it takes
// one, or what was made from one (a request, a stream), or is a literal that
// captures one.
func (p *Package) takesContext(call *ssa.Call) bool {
	common := call.Common()
	if common.IsInvoke() && p.fromContext(common.Value, 0) {
		return true
	}
	if mk, ok := common.Value.(*ssa.MakeClosure); ok {
		for _, b := range mk.Bindings {
			if p.fromContext(b, 0) {
				return true
			}
		}
	}
	for _, arg := range common.Args {
		if p.fromContext(arg, 0) {
			return true
		}
	}
	return false
}

// fromContext reports whether a value is a context that isn't detached, or
// was made from one.
func (p *Package) fromContext(v ssa.Value, depth int) bool {
	const deepest = 6
	if depth > deepest || v == nil {
		return false
	}
	if _, ok := v.(*ssa.Alloc); !ok && IsContextLike(v.Type()) {
		o := p.Origin(v)
		if o.Root || o.Value == nil {
			return false
		}
		switch x := o.Value.(type) {
		case *ssa.Parameter:
			return true
		case *ssa.FreeVar:
			if bound := bindingOf(x); bound != nil {
				return p.fromContext(bound, depth+1)
			}
		case *ssa.UnOp:
			if x.Op != token.MUL {
				return false
			}
			switch addr := cellOf(x.X).(type) {
			case *ssa.FieldAddr:
				return true
			case *ssa.Alloc:
				return p.fromContext(onlyStored(addr), depth+1)
			}
		case *ssa.Call:
			return p.givesContext(x, depth)
		case *ssa.Extract:
			if call, ok := x.Tuple.(*ssa.Call); ok {
				return p.givesContext(call, depth)
			}
		}
		return false
	}
	switch v := v.(type) {
	case *ssa.MakeInterface:
		return p.fromContext(v.X, depth+1)
	case *ssa.ChangeInterface:
		return p.fromContext(v.X, depth+1)
	case *ssa.ChangeType:
		return p.fromContext(v.X, depth+1)
	case *ssa.Parameter:
		return isRequest(v.Type())
	case *ssa.Extract:
		if call, ok := v.Tuple.(*ssa.Call); ok {
			return p.madeFromContext(call, v.Type(), depth)
		}
	case *ssa.Call:
		return p.madeFromContext(v, v.Type(), depth)
	case *ssa.UnOp:
		if v.Op == token.MUL {
			if cell, ok := cellOf(v.X).(*ssa.Alloc); ok {
				return p.fromContext(onlyStored(cell), depth+1)
			}
		}
	case *ssa.Alloc:
		if _, isPtr := v.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Struct); isPtr {
			return false
		}
		return p.fromContext(onlyStored(v), depth+1)
	}
	return false
}

// givesContext reports whether a call that returns a context takes one, or
// something that has one.
func (p *Package) givesContext(call *ssa.Call, depth int) bool {
	if call.Call.IsInvoke() {
		return true // a getter
	}
	for _, arg := range call.Call.Args {
		if isRequest(arg.Type()) || isTestingTB(arg.Type()) || p.fromContext(arg, depth+1) {
			return true
		}
	}
	return false
}

// madeFromContext reports whether a call made under a context makes a thing
// that ends with it: a stream, a request, a process. A connection or a
// listener doesn't, whatever it was opened under.
func (p *Package) madeFromContext(call *ssa.Call, t types.Type, depth int) bool {
	switch types.TypeString(t, nil) {
	case "*os/exec.Cmd", "*database/sql.Rows", "*database/sql.Row", "*database/sql.Tx":
	default:
		method := methodOf(t, "Context")
		if method == nil || method.Signature().Params().Len() > 0 || method.Signature().Results().Len() != 1 || !IsContext(method.Signature().Results().At(0).Type()) {
			return false
		}
	}
	for _, arg := range call.Call.Args {
		if p.fromContext(arg, depth+1) {
			return true
		}
	}
	return false
}

// endsWell reports whether a function of this package returns a nil error
// where it finds its context done: whoever waits for its success then stops.
func (p *Package) endsWell(call *ssa.Call, depth int) bool {
	const deepest = 3
	fn := p.callers().callee(call.Common())
	if fn == nil || depth > deepest {
		return false
	}
	for _, block := range fn.Blocks {
		ret, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return)
		if !ok || len(ret.Results) == 0 {
			continue
		}
		err := ret.Results[len(ret.Results)-1]
		for _, v := range alternatives(err) {
			inner, isCall := v.(*ssa.Call)
			if e, ok := v.(*ssa.Extract); ok {
				inner, isCall = e.Tuple.(*ssa.Call)
			}
			switch {
			case isNilConst(v):
				if p.AfterDone(ret) {
					return true
				}
			case isCall && inner != call && isError(err.Type()):
				if p.takesContext(inner) && p.endsWell(inner, depth+1) {
					return true
				}
			}
		}
	}
	return false
}

// alternatives are the values that v can be, through one join.
func alternatives(v ssa.Value) []ssa.Value {
	if phi, ok := v.(*ssa.Phi); ok {
		return phi.Edges
	}
	return []ssa.Value{v}
}

// outside lists, for packages of the standard library, with what the names of
// functions and methods begin that reach out of the process.
var outside = map[string][]string{
	"os": {
		"Chmod", "Chtimes", "Create", "FindProcess", "Link", "Lstat", "Mkdir", "Open", "Read", "Remove", "Rename", "Start", "Stat", "Symlink",
		"Sync", "Truncate", "Wait", "Write",
	},
	"os/exec":      {"CombinedOutput", "LookPath", "Output", "Run", "Start", "Wait"},
	"net":          {"Accept", "Dial", "Listen", "Lookup", "Read", "Resolve", "Write"},
	"net/http":     {"Do", "Get", "Head", "ListenAndServe", "Post", "RoundTrip", "Serve"},
	"net/rpc":      {"Accept", "Call", "Dial", "Serve"},
	"net/smtp":     {"Dial", "SendMail"},
	"crypto/tls":   {"Dial", "Handshake", "Listen", "Read", "Write"},
	"database/sql": {"Begin", "Commit", "Exec", "Ping", "Prepare", "Query"},
}

// reachesOut reports whether a call reaches out of the process: by a function
// that is known to, or by one of this package that calls one.
func (p *Package) reachesOut(call *ssa.CallCommon) bool {
	fn := Callee(call)
	if fn == nil || fn.Pkg() == nil {
		return false
	}
	if body := p.callers().callee(call); body != nil {
		return p.bodyReachesOut(body)
	}
	return slices.ContainsFunc(outside[fn.Pkg().Path()], func(name string) bool { return strings.HasPrefix(fn.Name(), name) })
}

func (p *Package) bodyReachesOut(fn *ssa.Function) bool {
	if known, ok := p.outside[fn]; ok {
		return known
	}
	if p.outside == nil {
		p.outside = make(map[*ssa.Function]bool)
	}
	p.outside[fn] = false // ends recursion
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			if call, ok := instr.(*ssa.Call); ok && p.reachesOut(call.Common()) {
				p.outside[fn] = true
				return true
			}
		}
	}
	return false
}
