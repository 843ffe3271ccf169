package flow

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// Fate is what becomes of an obligation on the paths from where it is made.
type Fate struct {
	Lost []Exit // where a path ends and nobody has called it or taken it over, the shortest path first

	// What happens to it on some path.
	Called   bool
	Deferred bool
	Launched bool // called by, or handed to, a new goroutine
	Kept     bool // returned, stored, sent, or passed to a function that may keep it

	Cut bool // the budget ran out: Lost is incomplete
}

// ExitKind says how a path ends.
type ExitKind uint8

const (
	ExitReturn    ExitKind = iota // a return statement, or the end of the body
	ExitOverwrite                 // the variable gets the next obligation
)

// Exit is the end of a path on which an obligation is lost.
type Exit struct {
	Kind  ExitKind
	Pos   token.Pos
	Block *ssa.BasicBlock
	Path  []Branch // the branches taken since the obligation was made

	// NoTurn: the path goes past a loop of which each turn would have
	// discharged the obligation.
	NoTurn bool

	// Done: on the path the context was found to be done, and with it all that
	// a call would have freed.
	Done bool
}

// Branch is one decision on a path.
type Branch struct {
	If    *ssa.If
	Taken bool // whether the condition held
}

// FateOf follows result i of call through the function that makes the call.
// With feasible set, paths that decide one unchanged condition in two ways
// are left out.
func (p *Package) FateOf(call *ssa.Call, result int, feasible bool) Fate {
	f := newFollower(p, call.Parent(), feasible)
	f.source, f.result = call, result
	var st state
	if _, tuple := call.Type().(*types.Tuple); !tuple {
		st.held = set{call}
	}
	st.armed, st.exposed = f.before(call)
	if feasible {
		st.decided = f.dominatingDecisions(call)
	}
	f.follow(call.Block(), indexOf(call)+1, st)
	return f.fate
}

// followFrom follows a value that the function holds at its entry: a
// parameter, or a captured variable.
func (p *Package) followFrom(fn *ssa.Function, v ssa.Value) Fate {
	f := newFollower(p, fn, false)
	f.follow(fn.Blocks[0], 0, state{held: set{v}})
	return f.fate
}

// use condenses a fate into what callers need to know.
func (f Fate) use() ParamUse {
	switch {
	case f.Cut:
		return UseUnknown
	case f.Launched:
		return UseLaunched
	case f.Kept:
		return UseKept
	case (f.Called || f.Deferred) && len(f.Lost) == 0:
		return UseCalled
	case f.Called || f.Deferred:
		return UseSometimes
	}
	return UseDropped
}

// useKey names a parameter or a captured variable of a function body.
type useKey struct {
	fn       *ssa.Function
	index    int
	captured bool
}

func (p *Package) paramUses(fn *ssa.Function) []ParamUse {
	var uses []ParamUse
	for i, param := range fn.Params {
		if _, ok := param.Type().Underlying().(*types.Signature); ok {
			for len(uses) < i {
				uses = append(uses, UseUnknown)
			}
			uses = append(uses, p.paramUse(fn, i))
		}
	}
	return uses
}

// paramUse says what a body does with its parameter i, receivers first.
func (p *Package) paramUse(fn *ssa.Function, i int) ParamUse {
	if i >= len(fn.Params) || len(fn.Blocks) == 0 {
		return UseUnknown
	}
	return p.useOf(useKey{fn, i, false}, fn.Params[i])
}

// capturedUse says what a literal does with the variable that it captures as
// its i-th.
func (p *Package) capturedUse(fn *ssa.Function, i int) ParamUse {
	if i >= len(fn.FreeVars) || len(fn.Blocks) == 0 {
		return UseUnknown
	}
	return p.useOf(useKey{fn, i, true}, fn.FreeVars[i])
}

func (p *Package) useOf(key useKey, v ssa.Value) ParamUse {
	use, ok := p.uses[key]
	if !ok {
		p.uses[key] = UseDropped // what a recursive use adds
		use = p.followFrom(key.fn, v).use()
		p.uses[key] = use
	}
	return use
}

// ArgumentUse says what the callee does with a func value that a call gives it
// as argument i (an index of Args).
func (p *Package) ArgumentUse(call *ssa.CallCommon, i int) ParamUse { return p.argumentUse(call, i) }

// argumentUse says what the callee does with argument i of a call.
func (p *Package) argumentUse(call *ssa.CallCommon, i int) ParamUse {
	if call.IsInvoke() {
		return p.SummaryOf(call.Method).Param(i + 1)
	}
	if obj := Callee(call); obj != nil {
		use := p.SummaryOf(obj).Param(i)
		if use == UseUnknown && i < len(call.Args) && types.IsInterface(call.Args[i].Type()) && obj.Pkg() == p.Pass.Pkg {
			if fn := p.byObj[obj]; fn != nil {
				return p.paramUse(fn.SSA, i) // a func value in an interface
			}
		}
		return use
	}
	if fn := call.StaticCallee(); fn != nil {
		return p.paramUse(fn, i)
	}
	return UseUnknown
}

func indexOf(instr ssa.Instruction) int {
	for i, other := range instr.Block().Instrs {
		if other == instr {
			return i
		}
	}
	return -1
}

// ReturnPos is where a return leaves the function: the statement, or the
// closing brace.
func ReturnPos(ret *ssa.Return) token.Pos {
	if ret.Pos().IsValid() {
		return ret.Pos()
	}
	switch syntax := ret.Parent().Syntax().(type) {
	case *ast.FuncDecl:
		return syntax.Body.Rbrace
	case *ast.FuncLit:
		return syntax.Body.Rbrace
	case *ast.RangeStmt: // the body of a range over a function
		return syntax.Body.Rbrace
	}
	return ret.Parent().Pos()
}
